"""Opinions and assignments made the way people make them: through the services."""

import uuid
from datetime import date, timedelta

from deadlines import clock
from deadlines.models import Obligation, Quantity, Regulation, Rule
from deadlines.resuming import later_by
from deadlines.services import working_calendar
from feedback.models import Assignment, Opinion
from feedback.services import assign_opinion, record_opinion
from meetings.models import Field, Meeting
from tests.cast import Cast
from tests.meetings.factories import make_meeting


def make_field(name: str = "Kinh tế", parent: Field | None = None) -> Field:
    field, _created = Field.objects.get_or_create(name=name, defaults={"parent": parent})
    return field


def make_held_meeting(cast: Cast, *, days_ago: int = 1, **fields) -> Meeting:
    """A meeting of the ward that was held some days ago."""
    return make_meeting(cast, state="held", day=clock.today() - timedelta(days=days_ago), **fields)


def make_opinion(cast: Cast, meeting: Meeting | None = None, **fields) -> Opinion:
    """An opinion recorded by the ward's clerk at a held meeting of the ward."""
    meeting = meeting or Meeting.objects.filter(host_unit=cast.ward_committee, state="held").first()
    defaults = {
        "meeting": meeting or make_held_meeting(cast),
        "actor": cast.ward_clerk,
        "client_key": uuid.uuid4(),
        "speaker": "Nguyễn Văn Dân",
        "phone": "0912345678",
        "address": "Số 5 đường Hoa Sen",
        "text": "Đề nghị sửa đoạn đường ngập trước nhà văn hóa khu dân cư số 1.",
    }
    if "field" not in fields:
        fields["field"] = make_field()
    return record_opinion(**(defaults | fields))


def make_assignment(cast: Cast, opinion: Opinion | None = None, **fields) -> Assignment:
    """An assignment to the ward's economy department by the ward's leader, due by the rule."""
    defaults = {
        "actor": cast.ward_leader,
        "lead_department": cast.ward_economy,
        "task": "Kiểm tra hiện trường, sửa chữa và trả lời nhân dân.",
    }
    return assign_opinion(opinion or make_opinion(cast), **(defaults | fields))


def make_reply_rule(cast: Cast, number: int = 10, unit: str = Quantity.WORKING_DAYS, **says) -> Rule:
    """A rule of the province on replies; ``says`` are extension_days and allows_pause."""
    regulation, _created = Regulation.objects.get_or_create(
        number="01-QC/TU",
        jurisdiction=cast.province,
        defaults={"title": "Quy chế đối thoại", "issuer": "Tỉnh ủy", "in_force_from": date(2020, 1, 1)},
    )
    values = {"obligation": Obligation.REPLY, "number": number, "unit": unit, "article": "Điều 5"}
    return Rule.objects.create(regulation=regulation, **(values | says))


def later_day(assignment: Assignment, working_days: int = 5) -> date:
    """A working day so many working days after the assignment's due day."""
    return later_by(assignment.due_on, working_days, working_calendar(assignment.opinion.meeting.locality))
