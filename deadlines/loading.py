"""The calendar and the regulations that hold in the whole country, written once however often they are loaded.

What an administrator has since changed is left alone.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import Level, Locality, LocalityKind
from deadlines.models import CalendarDay, CalendarYear, DayKind, MeetingType, Obligation, Quantity, Regulation
from deadlines.services import add_calendar_day, add_rule, confirm_year, create_regulation


@dataclass(frozen=True)
class Swap:
    """A working day given off for a weekend day worked instead."""

    off: date
    worked: date
    decision: str


SWAPS = (
    Swap(date(2018, 12, 31), date(2019, 1, 5), "6519/VPCP-KGVX"),
    Swap(date(2019, 4, 29), date(2019, 5, 4), "6519/VPCP-KGVX"),
    Swap(date(2024, 4, 29), date(2024, 5, 4), "2450/VPCP-KGVX"),
    Swap(date(2025, 5, 2), date(2025, 4, 26), "6150/TB-BLĐTBXH"),
    # The holidays library doesn't know this one.
    Swap(date(2026, 1, 2), date(2026, 1, 10), "12729/VPCP-KGVX"),
    Swap(date(2026, 8, 31), date(2026, 8, 22), "9441/TB-BNV"),
)

# Compared with the published days off of each year; the year after the last is open until its decisions are out.
CHECKED_YEARS = range(2014, 2027)
CHECKED_SOURCE = "Bộ luật Lao động; các thông báo nghỉ lễ, Tết và hoán đổi ngày làm việc đã công bố"


@transaction.atomic
def load_calendar() -> int:
    """Adds the swapped days and confirms the checked years; how many rows were new."""
    known_days = set(CalendarDay.objects.filter(locality=None).values_list("day", flat=True))
    added = 0
    for swap in SWAPS:
        entries = (
            (swap.off, DayKind.DAY_OFF, f"Nghỉ hoán đổi, làm bù ngày {swap.worked:%d/%m/%Y}"),
            (swap.worked, DayKind.WORKING_DAY, f"Làm bù cho ngày nghỉ hoán đổi {swap.off:%d/%m/%Y}"),
        )
        for day, kind, name in entries:
            if day not in known_days:
                add_calendar_day(actor=None, day=day, kind=kind, name=name, decision_number=swap.decision)
                added += 1
    confirmed = set(CalendarYear.objects.values_list("year", flat=True))
    for year in CHECKED_YEARS:
        if year not in confirmed:
            confirm_year(actor=None, year=year, source=CHECKED_SOURCE)
            added += 1
    return added


# How far a rule has been checked: read on a page or in a transcription, or known from general knowledge alone.
READ = "Đọc trên trang hoặc bản chép lại, chưa đối chiếu văn bản gốc"

# Art. 43 speaks of the commune's dialogue with its residents, not of receptions, voter contacts or a sector's meeting.
DIALOGUES = (MeetingType.PERIODIC, MeetingType.AD_HOC, MeetingType.THEMATIC, MeetingType.LISTENING_SATURDAY)

NATIONAL = (
    {
        "number": "Luật số 72/2025/QH15",
        "title": "Luật Tổ chức chính quyền địa phương",
        "issuer": "Quốc hội",
        "issued_on": date(2025, 6, 16),
        "in_force_from": date(2025, 7, 1),
        "note": (
            "Điều 43: mỗi năm ít nhất một lần, hoặc khi có 10% cử tri yêu cầu, hoặc khi cần thiết, Ủy ban nhân dân cấp xã"
            " đối thoại với Nhân dân; kết quả được thông tin trên phương tiện truyền thông, niêm yết tại trụ sở và gửi"
            " đến trưởng thôn, tổ dân phố. Áp dụng từ khi chính quyền cấp xã mới hoạt động, 01/7/2025."
        ),
        "rules": [
            (Obligation.MEETING_QUOTA, Level.COMMUNE, "", 1, Quantity.PER_YEAR, "Điều 43"),
            *(
                (obligation, Level.COMMUNE, kind, number, Quantity.CALENDAR_DAYS, "Điều 43")
                for obligation, number in (
                    (Obligation.ANNOUNCEMENT, 7),
                    (Obligation.CONCLUSION_NOTICE, 10),
                    (Obligation.PUBLICATION, 10),
                )
                for kind in DIALOGUES
            ),
        ],
    },
    {
        "number": "Luật số 42/2013/QH13",
        "title": "Luật Tiếp công dân",
        "issuer": "Quốc hội",
        "issued_on": date(2013, 11, 25),
        "in_force_from": date(2014, 7, 1),
        "note": "",
        "rules": [(Obligation.REPLY, "", "", 10, Quantity.WORKING_DAYS, "Điều 28")],
    },
    {
        "number": "Quy định số 11-QĐi/TW",
        "title": (
            "Quy định về trách nhiệm của người đứng đầu cấp ủy trong việc tiếp dân, đối thoại trực tiếp với dân và xử lý"
            " những phản ánh, kiến nghị của dân"
        ),
        "issuer": "Bộ Chính trị",
        "issued_on": date(2019, 2, 18),
        "in_force_from": date(2025, 7, 1),
        "note": "Số ngày tiếp dân theo bản sửa đổi năm 2025, sau khi không còn cấp huyện.",
        "rules": [
            (Obligation.RECEPTION_DAYS, Level.PROVINCE, "", 1, Quantity.DAYS_A_MONTH, ""),
            (Obligation.RECEPTION_DAYS, Level.COMMUNE, "", 2, Quantity.DAYS_A_MONTH, ""),
        ],
    },
)


@transaction.atomic
def load_regulations() -> int:
    """Adds the national regulations that are missing, on the country; how many were new."""
    country = Locality.objects.filter(kind=LocalityKind.COUNTRY).first()
    if country is None:
        raise ServiceError(_("Load the localities first: the country that the regulations bind is missing."))
    known = set(Regulation.objects.filter(jurisdiction=country).values_list("number", flat=True))
    added = 0
    for entry in NATIONAL:
        if entry["number"] in known:
            continue
        fields = {name: value for name, value in entry.items() if name != "rules"}
        regulation = create_regulation(actor=None, jurisdiction=country, **fields)
        for obligation, level, kind, number, unit, article in entry["rules"]:
            add_rule(
                regulation,
                actor=None,
                obligation=obligation,
                level=level,
                meeting_type=kind,
                number=number,
                unit=unit,
                article=article,
                source=READ,
            )
        added += 1
    return added
