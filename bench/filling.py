"""Rows for the measurements: one province with many wards, copied into an empty database past the services.

``MEETINGS_A_WARD`` is what a busy ward holds in four years. Everything is seeded, so two runs measure the same rows.
"""

import io
import json
import random
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.contrib.auth.hashers import make_password
from django.core.management.color import no_style
from django.db import connection
from django.db.models import BigAutoField, Model

from accounts.models import Locality, LocalityKind, Membership, Role, Unit, UnitKind, User
from accounts.text import fold
from deadlines import clock, counting
from deadlines.models import MeetingType, Obligation, Quantity
from deadlines.services import working_calendar
from feedback.models import Assignment, Category, Opinion, OpinionSearch, Speech
from meetings.models import AgendaItem, Attendance, DeadlineSnapshot, Field, Meeting, MeetingSearch, Minutes
from notices.models import Notice

MEETINGS_A_WARD = 200
FIELDS = {
    "Kinh tế": ["Đất đai", "Xây dựng", "Giao thông"],
    "Văn hóa - xã hội": ["Giáo dục", "Y tế", "An sinh xã hội"],
    "An ninh trật tự": ["Phòng cháy", "An toàn giao thông"],
    "Xây dựng Đảng và hệ thống chính trị": [],
    "Vệ sinh môi trường": ["Thu gom rác", "Thoát nước"],
}
MATTERS = [
    "Đề nghị sửa chữa đoạn đường hư hỏng, ngập nước khi mưa lớn trước cổng trường học của khu dân cư",
    "Kiến nghị đẩy nhanh việc cấp giấy chứng nhận quyền sử dụng đất cho các hộ đã nộp hồ sơ từ năm trước",
    "Phản ánh rác thải sinh hoạt chưa được thu gom đúng giờ tại các ngõ nhỏ, gây mất vệ sinh môi trường",
    "Đề nghị lắp thêm đèn chiếu sáng công cộng và camera an ninh trên tuyến đường liên khu",
    "Kiến nghị hỗ trợ các hộ nghèo, cận nghèo sửa chữa nhà ở trước mùa mưa bão",
]
TOPICS = ["công tác quản lý đất đai", "vệ sinh môi trường", "cải cách hành chính", "an sinh xã hội", "xây dựng đô thị"]


class People:
    """Whose sessions are measured: a province's leader, who sees every row, and one ward's clerk."""

    province_leader: User
    ward_clerk: User


def _cell(value) -> str:
    """One value in COPY's text format."""
    if value is None:
        return r"\N"
    if isinstance(value, dict | list):
        value = json.dumps(value)
    text = str(value)
    return text.replace("\\", r"\\").replace("\t", r"\t").replace("\n", r"\n").replace("\r", r"\r")


def _write(rows: Iterable[Model], model: type[Model]) -> list:
    """Copies the rows of a table that was empty; keys count from 1. Ten times as fast as ``bulk_create``."""
    rows, fields = list(rows), model._meta.concrete_fields
    has_own_key = isinstance(model._meta.pk, BigAutoField)
    buffer = io.StringIO()
    for number, row in enumerate(rows, start=1):
        if has_own_key:
            row.pk = number
        buffer.write("\t".join(_cell(field.pre_save(row, add=True)) for field in fields) + "\n")
    buffer.seek(0)
    with connection.cursor() as cursor:
        columns = ", ".join(f'"{field.column}"' for field in fields)
        cursor.copy_expert(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN', buffer)
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)
    return rows


def _person(username: str, unit: Unit, role: str, password: str) -> User:
    user = User(username=username, email=f"{username}@example.vn", full_name="Nguyễn Văn An", password=password)
    user.save()
    Membership.objects.create(user=user, unit=unit, role=role, valid_from=date(2020, 1, 1))
    return user


def _fields() -> list[Field]:
    found = []
    for position, (name, below) in enumerate(FIELDS.items()):
        top = Field.objects.create(name=name, position=position)
        found += [top, *(Field.objects.create(name=one, parent=top, position=i) for i, one in enumerate(below))]
    return found


def _unit(place: Locality, name: str, kind: str, short: str, superior: Unit | None) -> Unit:
    return Unit.objects.create(locality=place, name=name, kind=kind, abbreviation=short, superior=superior)


class Filling:
    """Meetings with speeches, opinions, assignments and notices.

    With ``open_deadlines`` only held meetings without a notice are made, due around today, each with one open
    assignment: what a reminder sweep goes through.
    """

    def __init__(self, meetings: int, *, opinions_each: int = 5, open_deadlines: bool = False, wards: int = 0):
        self.random = random.Random(20260701)
        self.today, self.open_deadlines, self.opinions_each = clock.today(), open_deadlines, opinions_each
        self.people = People()
        self._places(wards or max(2, meetings // MEETINGS_A_WARD))
        self.fields = _fields()
        self.meetings = self._meetings(meetings)
        self._around_the_meetings()
        self.opinions = self._opinions()
        self._assignments()
        if not open_deadlines:
            self._notices()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _places(self, number: int) -> None:
        password = make_password(None)
        country = Locality.objects.add_root(instance=Locality(name="Việt Nam", kind=LocalityKind.COUNTRY, code="VN"))
        province = country.add_child(instance=Locality(name="Tỉnh Đo", kind=LocalityKind.PROVINCE, code="99"))
        committee = _unit(province, "Ủy ban nhân dân tỉnh Đo", UnitKind.PEOPLES_COMMITTEE, "UBND", None)
        self.people.province_leader = _person("lanhdao-tinh", committee, Role.LEADER, password)
        self.wards = []
        for index in range(number):
            name = f"phường Đo {index + 1}"
            parent = Locality.objects.get(pk=province.pk)
            ward = parent.add_child(
                instance=Locality(name=f"P{name[1:]}", kind=LocalityKind.COMMUNE, code=f"99{index:04}")
            )
            host = _unit(ward, f"Ủy ban nhân dân {name}", UnitKind.PEOPLES_COMMITTEE, "UBND", committee)
            office = _unit(ward, "Phòng Kinh tế, Hạ tầng và Đô thị", UnitKind.DEPARTMENT, "KTHT", host)
            clerk = _person(f"vanthu{index}", host, Role.CLERK, password)
            _person(f"lanhdao{index}", host, Role.LEADER, password)
            _person(f"canbo{index}", office, Role.OFFICER, password)
            self.wards.append((ward, host, office, clerk))
        self.people.ward_clerk = self.wards[0][3]

    def _moment(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), tzinfo=clock.VIETNAM)

    def _meetings(self, number: int) -> list[Meeting]:
        rows = []
        for index in range(number):
            ward, host, _office, clerk = self.wards[index % len(self.wards)]
            # Nine of ten lie in the past four years, the rest in the coming months.
            ago = self.random.randint(1, 16) if self.open_deadlines else self.random.randint(-160, 1440)
            day = self.today - timedelta(days=ago)
            meeting = Meeting(
                topic=f"Đối thoại với Nhân dân về {self.random.choice(TOPICS)} (kỳ {index + 1})",
                meeting_type=self.random.choice(MeetingType.values),
                host_unit=host,
                locality=ward,
                chair="Chủ tịch UBND phường",
                place=f"Hội trường {host.name}",
                planned_start=self._moment(day, 8),
                planned_end=self._moment(day, 11),
                expected_attendance=80,
                created_by=clerk,
                state="announced",
                announced_on=day - timedelta(days=7),
            )
            if ago > 0:
                meeting.state, meeting.held_on = "held", day
                meeting.actual_start, meeting.actual_end = meeting.planned_start, meeting.planned_end
                meeting.conclusion_due_on = day + timedelta(days=14)
                if ago > 10 and not self.open_deadlines:
                    meeting.concluded_on = meeting.published_on = min(self.today, day + timedelta(days=12))
            rows.append(meeting)
        return _write(rows, Meeting)

    def _around_the_meetings(self) -> None:
        _write(
            (MeetingSearch(meeting=m, folded=fold(f"{m.topic} {m.place} {m.locality.name}")) for m in self.meetings),
            MeetingSearch,
        )
        titles = ["Tuyên bố lý do", "Nhân dân phát biểu", "Trả lời, kết luận"]
        _write(
            (
                AgendaItem(meeting=m, position=i, title=t, minutes=30)
                for m in self.meetings
                for i, t in enumerate(titles)
            ),
            AgendaItem,
        )
        held = [m for m in self.meetings if m.held_on]
        groups = {"residents": 60, "party_members": 12, "officials": 8}
        _write((Attendance(meeting=m, group=g, number=n) for m in held for g, n in groups.items()), Attendance)
        _write((Minutes(meeting=m, opening="Đúng giờ.", proceedings="Có biên bản.") for m in held), Minutes)
        calendar = working_calendar()
        counts: dict[date, dict] = {}
        for meeting in held:
            if meeting.held_on not in counts:
                counts[meeting.held_on] = counting.count(meeting.held_on, 10, Quantity.WORKING_DAYS, calendar).as_json()
        _write(
            (
                DeadlineSnapshot(
                    meeting=m,
                    obligation=Obligation.CONCLUSION_NOTICE,
                    law="Quy chế đối thoại",
                    number=10,
                    unit=Quantity.WORKING_DAYS,
                    counted_from=m.held_on,
                    due_on=m.conclusion_due_on,
                    working_out=counts[m.held_on],
                )
                for m in held
            ),
            DeadlineSnapshot,
        )

    def _opinions(self) -> list[Opinion]:
        held = [m for m in self.meetings if m.held_on]
        each = 1 if self.open_deadlines else self.opinions_each
        speeches = _write(
            (
                Speech(meeting=m, position=i, speaker=f"Trần Thị Bình {i}", address="Khu dân cư số 1")
                for m in held
                for i in range(1, each + 1)
            ),
            Speech,
        )
        rows = []
        for number, speech in enumerate(speeches):
            state = ("assigned", "answered", "replied", "answered", "replied")[number % 5]
            if self.open_deadlines:
                state = "assigned"
            elif state == "assigned" and (self.today - speech.meeting.held_on).days > 60:
                state = "replied"  # some weeks of work are open, not four years of it
            done = state in {"answered", "replied"}
            rows.append(
                Opinion(
                    meeting=speech.meeting,
                    speech=speech,
                    number=speech.position,
                    category=Category.COMPLAINT if number % 50 == 1 else Category.PETITION,
                    field=self.random.choice(self.fields),
                    text=f"{self.random.choice(MATTERS)} (nội dung {number}).",
                    state="recorded" if number % 50 == 1 else state,
                    answered_on=speech.meeting.held_on if done and number % 50 != 1 else None,
                    answer="Đã trả lời." if done and number % 50 != 1 else "",
                    resolution="done" if done and number % 50 != 1 else "",
                    recorded_by=speech.meeting.created_by,
                )
            )
        opinions = _write(rows, Opinion)
        _write((OpinionSearch(opinion=o, folded=fold(o.text)) for o in opinions), OpinionSearch)
        return opinions

    def _assignments(self) -> None:
        offices = {host.pk: office for _ward, host, office, _clerk in self.wards}
        rows = []
        for opinion in self.opinions:
            if opinion.state not in {"assigned", "replied"}:
                continue
            meeting, is_open = opinion.meeting, opinion.state == "assigned"
            due = meeting.held_on + timedelta(days=14)
            at = self._moment(meeting.held_on, 15)
            rows.append(
                Assignment(
                    opinion=opinion,
                    lead_department=offices[meeting.host_unit_id],
                    task="Kiểm tra, giải quyết và trả lời Nhân dân.",
                    state="accepted" if is_open else "settled",
                    due_on=due,
                    rule_due_on=due,
                    assigned_by=meeting.created_by,
                    assigned_at=at,
                    accepted_at=at,
                    replied_on=None if is_open else due,
                    settled_at=None if is_open else self._moment(due, 9),
                )
            )
        _write(rows, Assignment)

    def _notices(self) -> None:
        taken: dict[tuple[int, int], int] = {}
        rows = []
        for meeting in self.meetings:
            if meeting.concluded_on is None:
                continue
            key = (meeting.host_unit_id, meeting.concluded_on.year)
            taken[key] = taken.get(key, 0) + 1
            rows.append(
                Notice(
                    meeting=meeting,
                    unit=meeting.host_unit,
                    regime="state",
                    state="published",
                    subject=f"Kết luận tại {meeting.topic}",
                    due_on=meeting.conclusion_due_on,
                    number=taken[key],
                    period=str(key[1]),
                    document_code=f"{taken[key]:02}/TB-UBND",
                    issued_on=meeting.concluded_on,
                    issued_by=meeting.created_by,
                    days_late=0,
                    published_at=self._moment(meeting.published_on, 16),
                    drafted_by=meeting.created_by,
                )
            )
        _write(rows, Notice)
