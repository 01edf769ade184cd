"""The calendar and the regulations that hold in the whole country, written once however often they are loaded.

What an administrator has since changed is left alone.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import Level, Locality, LocalityKind
from audit.models import Event
from audit.services import record
from deadlines.models import CalendarDay, CalendarYear, DayKind, MeetingType, Obligation, Quantity, Regulation
from deadlines.services import add_calendar_day, add_rule, confirm_year, create_regulation, edit_calendar_day


@dataclass(frozen=True)
class Swap:
    """A working day given off for a weekend day worked instead; number and date stay empty where nobody could read them."""

    off: date
    worked: date
    decision: str = ""
    decided_on: date | None = None


@dataclass(frozen=True)
class DayOff:
    """A day off that the holidays library leaves out."""

    day: date
    name: str
    decision: str = ""
    decided_on: date | None = None


SWAPS = (
    # Tết 2014, of which the library knows 29/1 as a compensatory day, and neither 28/1 nor the two Saturdays. The
    # Prime Minister's consent of December 2013 was read in the press, without its number.
    Swap(date(2014, 1, 28), date(2014, 1, 25)),
    Swap(date(2014, 1, 29), date(2014, 2, 8)),
    Swap(date(2018, 12, 31), date(2019, 1, 5), "6519/VPCP-KGVX", date(2018, 7, 11)),
    Swap(date(2019, 4, 29), date(2019, 5, 4), "6519/VPCP-KGVX", date(2018, 7, 11)),
    Swap(date(2024, 4, 29), date(2024, 5, 4), "2450/VPCP-KGVX", date(2024, 4, 12)),
    Swap(date(2025, 5, 2), date(2025, 4, 26), "6150/TB-BLĐTBXH", date(2024, 12, 3)),
    # The holidays library doesn't know this one.
    Swap(date(2026, 1, 2), date(2026, 1, 10), "12729/VPCP-KGVX", date(2025, 12, 25)),
    Swap(date(2026, 8, 31), date(2026, 8, 22), "9441/TB-BNV", date(2025, 10, 16)),
)
DAYS_OFF = (
    # Compensation for the weekend of 1 and 2 February was 4 and 5 February: the library gives 29 January instead.
    DayOff(date(2014, 2, 5), "Mùng sáu Tết Nguyên Đán (nghỉ bù, khoản 3 Điều 115 Bộ luật Lao động 2012)"),
)

# Each year's days off compared with what was announced for it, and the announcement; the year after the last is open
# until its decisions are out. Where no number stands, the announcement was read in the press, or only the swapped days
# of the library are known.
_SWAPS_OF_THE_LIBRARY = "các ngày hoán đổi khác theo thư viện ngày lễ, chưa đọc được văn bản"
CHECKED = {
    2014: f"nghỉ Tết 28/01–05/02/2014 theo báo chí tháng 12/2013; {_SWAPS_OF_THE_LIBRARY}",
    2015: f"Tờ trình số 89/TTr-LĐTBXH ngày 20/11/2014 (đề xuất); {_SWAPS_OF_THE_LIBRARY}",
    2016: "Thông báo số 4659/TB-LĐTBXH ngày 13/11/2015",
    2017: "Công văn số 9794/VPCP-KGVX ngày 14/11/2016",
    2018: "thông báo nghỉ Tết 14–20/02/2018 đăng trên trang của tỉnh Cà Mau; Công văn số 6519/VPCP-KGVX ngày 11/7/2018",
    2019: "Công văn số 6519/VPCP-KGVX ngày 11/7/2018",
    2020: "thông báo nghỉ Tết 23–29/01/2020 đăng trên trang của Sở Công Thương Đắk Lắk",
    2021: "Thông báo số 4875/TB-LĐTBXH",
    2022: "Thông báo số 119/TB-LĐTBXH",
    2023: "Thông báo số 5034/TB-LĐTBXH",
    2024: "Công văn số 8662/VPCP-KGVX ngày 03/11/2023, Công văn số 2450/VPCP-KGVX ngày 12/4/2024",
    2025: "Công văn số 8726/VPCP-KGVX ngày 26/11/2024, Thông báo số 6150/TB-BLĐTBXH ngày 03/12/2024",
    2026: (
        "Thông báo số 9441/TB-BNV ngày 16/10/2025, Công văn số 12729/VPCP-KGVX ngày 25/12/2025, Công văn số"
        " 3383/BNV-CVL ngày 10/4/2026, Nghị quyết số 28/2026/QH16; đề xuất hoán đổi ngày 23/11 sang 28/11/2026 chưa có"
        " văn bản chấp thuận nên không tính"
    ),
}
# What earlier versions wrote for every year.
_SOURCE_BEFORE = "Bộ luật Lao động; các thông báo nghỉ lễ, Tết và hoán đổi ngày làm việc đã công bố"


def checked_source(year: int) -> str:
    """What the year's days off were compared with, as its confirmation says it."""
    return f"Bộ luật Lao động; {CHECKED[year]}"


@dataclass(frozen=True)
class _Entry:
    day: date
    kind: str
    name: str
    decision_number: str
    decision_date: date | None


def _entries() -> list[_Entry]:
    entries = [_Entry(one.day, DayKind.DAY_OFF, one.name, one.decision, one.decided_on) for one in DAYS_OFF]
    for swap in SWAPS:
        off = f"Nghỉ hoán đổi, làm bù ngày {swap.worked:%d/%m/%Y}"
        worked = f"Làm bù cho ngày nghỉ hoán đổi {swap.off:%d/%m/%Y}"
        entries += [
            _Entry(swap.off, DayKind.DAY_OFF, off, swap.decision, swap.decided_on),
            _Entry(swap.worked, DayKind.WORKING_DAY, worked, swap.decision, swap.decided_on),
        ]
    return entries


@transaction.atomic
def load_calendar() -> int:
    """Adds the days that the library lacks and confirms the checked years; how many rows were new or completed."""
    known = {one.day: one for one in CalendarDay.objects.filter(locality=None)}
    taken_out = _taken_out_by_people()
    changed = 0
    for entry in _entries():
        saved = known.get(entry.day)
        if saved is None:
            if entry.day not in taken_out:
                add_calendar_day(actor=None, **vars(entry))
                changed += 1
        elif entry.decision_date and _is_as_loaded_without_date(saved, entry):
            edit_calendar_day(saved, actor=None, version=saved.version, decision_date=entry.decision_date)
            changed += 1
    return changed + _confirm_checked_years()


def _is_as_loaded_without_date(saved: CalendarDay, entry: _Entry) -> bool:
    """A row of an earlier version that nobody has touched since: all that it lacks is the decision's date."""
    return (
        saved.version == 1
        and saved.decision_date is None
        and (saved.kind, saved.name, saved.decision_number) == (entry.kind, entry.name, entry.decision_number)
    )


def _taken_out_by_people() -> set[date]:
    """Days that somebody removed from the country's calendar, or moved an entry away from."""
    events = Event.objects.filter(target_type=CalendarDay._meta.label_lower).exclude(actor=None)
    removed = events.filter(verb="remove_calendar_day", data__locality="None")
    moved = events.filter(verb="edit_calendar_day", data__has_key="day")
    days = [*removed.values_list("data__day", flat=True), *moved.values_list("data__day__from", flat=True)]
    return {date.fromisoformat(day) for day in days if day}


def _confirm_checked_years() -> int:
    confirmed = {one.year: one for one in CalendarYear.objects.all()}
    changed = 0
    for year in CHECKED:
        saved = confirmed.get(year)
        if saved is None:
            confirm_year(actor=None, year=year, source=checked_source(year))
            changed += 1
        elif saved.confirmed_by_id is None and saved.source == _SOURCE_BEFORE:
            saved.source = checked_source(year)
            saved.save(update_fields=["source"])
            record(
                actor=None, verb="name_year_source", target=saved, sentence=f"đã ghi nguồn đối chiếu lịch năm {year}"
            )
            changed += 1
    return changed


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
