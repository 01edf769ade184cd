"""Localities, meetings and returns that the tests of the figures are made of."""

import itertools
from datetime import date, datetime, time, timedelta

from accounts.models import Locality, LocalityKind, Unit, UnitKind, User
from deadlines.clock import VIETNAM
from feedback.models import Assignment, Opinion, Speech
from meetings.models import Attendance, Field, Meeting
from reports.models import Return, ReturnField, ReturnRow

REFORM = date(2025, 7, 1)
_codes = itertools.count(70000)


def place(parent: Locality | None, name: str, kind: str, **dates) -> Locality:
    made = Locality(name=name, kind=kind, code=str(next(_codes)), **dates)
    if parent is None:
        return Locality.objects.add_root(instance=made)
    return Locality.objects.add_child(Locality.objects.get(pk=parent.pk), instance=made)


def published_places() -> dict[str, Locality]:
    """The five localities of the published figures, with namesakes beside them."""
    country = place(None, "Việt Nam", LocalityKind.COUNTRY)
    hanoi = place(country, "Thành phố Hà Nội", LocalityKind.PROVINCE)
    city = place(country, "Thành phố Hồ Chí Minh", LocalityKind.PROVINCE)
    son_la = place(country, "Tỉnh Sơn La", LocalityKind.PROVINCE)
    binh_phuoc = place(country, "Tỉnh Bình Phước", LocalityKind.PROVINCE, abolished_on=REFORM)
    old = {"abolished_on": REFORM}
    dong_xoai = place(binh_phuoc, "Thành phố Đồng Xoài", LocalityKind.DISTRICT, **old)
    return {
        "country": country,
        "hanoi": hanoi,
        "ba_dinh": place(hanoi, "Quận Ba Đình", LocalityKind.DISTRICT, **old),
        "bac_tu_liem": place(hanoi, "Quận Bắc Từ Liêm", LocalityKind.DISTRICT, **old),
        "new_ba_dinh": place(hanoi, "Phường Ba Đình", LocalityKind.COMMUNE, in_force_from=REFORM),
        "binh_tan": place(city, "Quận Bình Tân", LocalityKind.DISTRICT, **old),
        "new_tan_phu": place(city, "Phường Tân Phú", LocalityKind.COMMUNE, in_force_from=REFORM),
        "son_la": son_la,
        "dong_xoai": dong_xoai,
        "tan_phu": place(dong_xoai, "Phường Tân Phú", LocalityKind.COMMUNE, **old),
        "tien_hung": place(dong_xoai, "Xã Tiến Hưng", LocalityKind.COMMUNE, **old),
    }


def unit_of(locality: Locality, name: str = "") -> Unit:
    unit, _new = Unit.objects.get_or_create(
        locality=locality,
        name=name or f"Ủy ban nhân dân {locality.name}",
        defaults={"kind": UnitKind.PEOPLES_COMMITTEE, "abbreviation": "UBND"},
    )
    return unit


def somebody() -> User:
    user, _new = User.objects.get_or_create(
        username="nguoi-ghi", defaults={"email": "nguoi-ghi@example.vn", "full_name": "Người Ghi"}
    )
    return user


def held_meeting(
    locality: Locality, held_on: date, *, attendance: int | None = None, due_on: date | None = None, **values
) -> Meeting:
    start = datetime.combine(held_on, time(8), tzinfo=VIETNAM)
    meeting = Meeting.objects.create(
        **{
            "topic": f"Đối thoại ngày {held_on:%d/%m/%Y}",
            "host_unit": unit_of(locality),
            "locality": locality,
            "level": locality.level,
            "chair": "Người chủ trì",
            "planned_start": start,
            "planned_end": start + timedelta(hours=3),
            "actual_start": start,
            "actual_end": start + timedelta(hours=3),
            "state": "held",
            "held_on": held_on,
            "conclusion_due_on": due_on or held_on + timedelta(days=14),
            "created_by": somebody(),
            **values,
        }
    )
    if attendance is not None:
        Attendance.objects.create(meeting=meeting, group="residents", number=attendance)
    return meeting


def field(name: str = "Đất đai", above: str | None = "Kinh tế") -> Field:
    parent = Field.objects.get_or_create(name=above)[0] if above else None
    return Field.objects.get_or_create(name=name, defaults={"parent": parent})[0]


def opinions(
    meeting: Meeting, number: int, *, in_field: Field | None = None, state="recorded", **values
) -> list[Opinion]:
    """That many opinions of one speech."""
    first = meeting.opinions.count() + 1
    speech = Speech.objects.create(meeting=meeting, position=first)
    answered_on = meeting.held_on if state in {"answered", "replied"} else None
    return Opinion.objects.bulk_create(
        [
            Opinion(
                **{
                    "meeting": meeting,
                    "speech": speech,
                    "number": first + n,
                    "field": in_field or field(),
                    "text": "Đường xuống cấp",
                    "state": state,
                    "answered_on": answered_on,
                    "recorded_by": somebody(),
                    **values,
                }
            )
            for n in range(number)
        ]
    )


def assignment(opinion: Opinion, department: Unit, due_on: date, **values) -> Assignment:
    return Assignment.objects.create(
        opinion=opinion,
        lead_department=department,
        task="Kiểm tra, trả lời công dân",
        due_on=due_on,
        rule_due_on=due_on,
        assigned_by=somebody(),
        **values,
    )


def given_return(locality: Locality, day_from: date, day_to: date, *, rows=(), fields=(), **totals) -> Return:
    """``rows`` are dicts of ReturnRow values, ``fields`` pairs (name, opinions)."""
    one = Return.objects.create(
        locality=locality, period_from=day_from, period_to=day_to, source="Báo cáo của địa phương", **totals
    )
    ReturnRow.objects.bulk_create([ReturnRow(return_record=one, **row) for row in rows])
    ReturnField.objects.bulk_create(
        [ReturnField(return_record=one, field_name=name, opinions=n, position=i) for i, (name, n) in enumerate(fields)]
    )
    return one
