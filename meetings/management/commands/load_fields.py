"""``manage.py load_fields``: the five fields of the reports, and beneath them the sub-fields they name."""

from django.core.management.base import BaseCommand
from django.db import transaction

from meetings.models import Field

# The names are data of the reports, in the language they are written in.
FIELDS = {
    "Kinh tế": [
        "Đất đai",
        "Bồi thường - giải phóng mặt bằng",
        "Quản lý xây dựng",
        "Quản lý đất đai, trật tự đô thị",
        "Môi trường",
        "Vệ sinh môi trường",
        "Hạ tầng, giao thông, chiếu sáng",
    ],
    "Văn hóa - xã hội": [
        "Chế độ, chính sách",
        "Chính sách cho đối tượng bị ảnh hưởng dịch bệnh Covid-19",
        "Giáo dục và đào tạo",
        "Y tế, an sinh xã hội",
    ],
    "Quốc phòng - an ninh": [
        "An ninh trật tự",
        "An toàn giao thông",
    ],
    "Xây dựng hệ thống chính trị": [
        "Sáp nhập bản, tiểu khu, tổ dân phố",
        "Cải cách hành chính, thái độ phục vụ",
    ],
    "Các vấn đề khác": [],
}


@transaction.atomic
def load_fields() -> int:
    """Adds what is missing; names that an administrator has changed or added stay. Gives the number added."""
    added = 0
    for number, (name, sub_names) in enumerate(FIELDS.items(), start=1):
        top, is_new = Field.objects.get_or_create(name=name, defaults={"position": number * 10})
        added += is_new
        for sub_number, sub_name in enumerate(sub_names, start=1):
            _sub, is_new = Field.objects.get_or_create(
                name=sub_name, defaults={"parent": top, "position": number * 10 + sub_number}
            )
            added += is_new
    return added


class Command(BaseCommand):
    help = "Loads the fields of public life in two levels; safe to run again."

    def handle(self, *args, **options):
        added = load_fields()
        self.stdout.write(f"{added} fields added, {Field.objects.count()} in all.")
