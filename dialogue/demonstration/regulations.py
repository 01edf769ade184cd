"""The regulations that the articles name, each with the limit of ten working days that Bình Tân reports."""

from datetime import date

from accounts.models import Locality
from deadlines.models import Obligation, Quantity, Regulation
from deadlines.services import add_rule, create_regulation
from dialogue.demonstration.people import REFORM
from reports.places import find_locality
from reports.published import locality_of, published

# Bình Tân's article: "chậm nhất là 10 ngày làm việc". The other articles give no number; the demonstration assumes the same.
STATED = "Theo bài viết về quận Bình Tân: chậm nhất 10 ngày làm việc sau buổi tiếp xúc, đối thoại"
ASSUMED = "Mặc định của dữ liệu minh họa theo thực tiễn quận Bình Tân; chưa đối chiếu văn bản gốc"
# The one regulation of a place that carries the limit; rules of the same length twice would only repeat themselves.
CARRIERS = {
    "935-QĐ/TU": STATED,
    "2200-QĐ/TU": ASSUMED,
    "12-QĐi/TU": ASSUMED,
    "116-KH/TU": ASSUMED,
}


# Issued by a province's or centrally run city's Party committee: they bind the whole province, not one district of it.
OF_THE_PROVINCE = {"935-QĐ/TU", "936-QĐ/TU", "994-QĐ/TU", "2405-QĐ/TU", "2200-QĐ/TU", "12-QĐi/TU"}


def _jurisdiction(entry: dict) -> Locality:
    if entry["number"] in OF_THE_PROVINCE:
        return find_locality(entry["locality"]["province"])
    return locality_of(entry)


def load() -> None:
    for entry in published()["regulations"]:
        jurisdiction = _jurisdiction(entry)
        if Regulation.objects.filter(number=entry["number"], jurisdiction=jurisdiction).exists():
            continue  # Two localities of one city name the same decision.
        issued_on = date.fromisoformat(entry["issued_on"]) if entry["issued_on"] else None
        regulation = create_regulation(
            actor=None,
            number=entry["number"],
            title=entry["about"] or "Bài viết không nêu trích yếu",
            issuer=entry["issuer"],
            issued_on=issued_on,
            in_force_from=issued_on or date(2017, 1, 1),
            in_force_to=date.fromordinal(REFORM.toordinal() - 1) if jurisdiction.abolished_on else None,
            jurisdiction=jurisdiction,
        )
        source = CARRIERS.get(entry["number"])
        if source:
            add_rule(
                regulation,
                actor=None,
                obligation=Obligation.CONCLUSION_NOTICE,
                number=10,
                unit=Quantity.WORKING_DAYS,
                source=source,
            )
