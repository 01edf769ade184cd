"""Carries a demonstration meeting through its cycle by the services that people use, on the days it happened."""

import itertools
import random
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from accounts.models import Locality, Unit, User
from deadlines import services as deadlines
from deadlines.clock import VIETNAM
from dialogue.demonstration import texts
from dialogue.demonstration.clock import at
from dialogue.demonstration.people import Ward
from feedback import services as feedback
from feedback.models import Assignment, Competence, Opinion
from meetings import services as meetings
from meetings.models import Field, Meeting
from notices import services as notices


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=VIETNAM)


@dataclass
class Story:
    """One ward's storyteller. ``chance`` is seeded, so the same demonstration is told every time."""

    ward: Ward
    areas: list[Locality]
    streets: list[str]
    chance: random.Random
    departments_by_field: dict[str, Unit]
    lead_user_of: dict[int, User]
    host: Unit | None = None
    _turn: dict[str, itertools.cycle] = field(default_factory=dict)

    @property
    def host_unit(self) -> Unit:
        return self.host or self.ward.committee

    @property
    def leader(self) -> User:
        return self.ward.party_leader if self.host_unit == self.ward.party else self.ward.leader

    def plan(self, *, topic: str, day: date, planned_on: date, hour: int = 8, **more) -> Meeting:
        """Plans a meeting of three hours in one of the residential areas or at the headquarters."""
        low = self.ward.locality.name[0].lower() + self.ward.locality.name[1:]
        fields = {
            "topic": topic,
            "meeting_type": "periodic",
            "mode": "in_person",
            "level": "commune",
            "host_unit": self.host_unit,
            "locality": self.ward.locality,
            "chair": f"Đồng chí {self.leader.full_name}, {self.leader.position}",
            "secretary": self.ward.clerk.full_name,
            "place": f"Hội trường Ủy ban nhân dân {low}",
            "planned_start": moment(day, hour),
            "planned_end": moment(day, hour + 3),
            "expected_attendance": 80,
            "audience_groups": ["residents", "party_members", "front_and_organisations"],
        } | more
        with at(planned_on, 8, 30):
            meeting = meetings.plan_meeting(actor=self.ward.clerk, **fields)
            Meeting.objects.filter(pk=meeting.pk).update(is_demonstration=True)
            meeting.refresh_from_db()
        return meeting

    def announce(self, meeting: Meeting, *, on: date) -> None:
        with at(on, 14):
            meetings.announce_meeting(meeting, actor=self.ward.clerk, announced_on=on)
            meetings.invite(meeting, actor=self.ward.clerk, units=list(self.ward.departments.values()))

    def hold(self, meeting: Meeting, *, attendance: dict[str, int]) -> None:
        """Held as planned; attendance and minutes are recorded the same day."""
        day = meeting.planned_start.astimezone(VIETNAM).date()
        hour = meeting.planned_start.astimezone(VIETNAM).hour
        with at(day, hour + 4):
            meetings.hold_meeting(
                meeting,
                actor=self.ward.clerk,
                actual_start=moment(day, hour, 10),
                actual_end=moment(day, hour + 3, 20),
            )
            meetings.record_attendance(meeting, actor=self.ward.clerk, numbers=attendance)
            meetings.save_minutes(
                meeting,
                actor=self.ward.clerk,
                version=1,
                opening=texts.OPENING,
                proceedings=texts.PROCEEDINGS,
                closing=texts.CLOSING,
            )

    def _matter(self, field_name: str) -> texts.Matter:
        if field_name not in self._turn:
            rows = list(texts.MATTERS[field_name])
            self.chance.shuffle(rows)
            self._turn[field_name] = itertools.cycle(rows)
        return next(self._turn[field_name])

    def record(self, meeting: Meeting, field_names: list[str]) -> list[tuple[Opinion, texts.Matter]]:
        """Records one opinion a name, in the order given; now and then two of them are one speech."""
        day = meeting.held_on or meeting.planned_start.astimezone(VIETNAM).date()
        recorded = []
        speech = None
        with at(day, 15):
            for name in field_names:
                matter = self._matter(name)
                spot = {"noi": self.chance.choice(self.areas).name, "duong": self.chance.choice(self.streets)}
                is_same = speech is not None and self.chance.random() < 0.2
                speaker = self.chance.choice(texts.SPEAKERS)
                opinion = feedback.record_opinion(
                    meeting=meeting,
                    actor=self.ward.clerk,
                    client_key=uuid.UUID(int=self.chance.getrandbits(128), version=4),
                    speaker=speaker,
                    phone=f"09{self.chance.randrange(10**8):08d}",
                    address=f"{spot['noi']}, {self.ward.locality.name}",
                    represents="",
                    consents_to_publication=self.chance.choice([True, False, None]),
                    same_speech_as=speech if is_same else None,
                    category=matter.category,
                    field=Field.objects.get(name=name),
                    competence=Competence.SUPERIOR if "cấp có thẩm quyền" in matter.task else Competence.OWN,
                    text=matter.text.format(**spot),
                )
                Opinion.objects.filter(pk=opinion.pk).update(public_summary=matter.task.format(**spot))
                speech = opinion.speech
                filled = texts.Matter(
                    matter.field,
                    matter.category,
                    opinion.text,
                    matter.answer.format(**spot),
                    matter.task.format(**spot),
                )
                recorded.append((opinion, filled))
        return recorded

    def answer(self, opinion: Opinion, matter: texts.Matter) -> None:
        with at(opinion.meeting.held_on, 15, 30):
            feedback.answer_on_the_spot(
                opinion,
                actor=self.ward.clerk,
                answer=matter.answer,
                answered_by=f"Đồng chí {self.leader.full_name}",
                resolution="explained",
            )

    def assign(self, opinion: Opinion, matter: texts.Matter, *, on: date) -> Assignment:
        with at(on, 9):
            return feedback.assign_opinion(
                opinion,
                actor=self.leader,
                lead_department=self.departments_by_field[matter.field],
                task=matter.task,
            )

    def reply(self, assignment: Assignment, *, on: date, resolution: str = "done", is_accepted: bool = True) -> None:
        officer = self.lead_user_of[assignment.lead_department_id]
        with at(on, 10):
            if assignment.state == "sent":
                feedback.accept_assignment(assignment, actor=officer)
            reply = feedback.reply_to_assignment(
                assignment,
                actor=officer,
                text=texts.REPLIES[resolution],
                resolution=resolution,
                promised_on=on + timedelta(days=60) if resolution == "under_way" else None,
                transferred_to="Ủy ban nhân dân cấp trên" if resolution == "beyond_authority" else "",
            )
        if is_accepted:
            with at(on, 16):
                feedback.accept_reply(reply, actor=self.leader)

    def draft(self, meeting: Meeting, *, on: date):
        with at(on, 9):
            return notices.draft_notice(meeting, actor=self.ward.clerk)

    def submit(self, notice, *, on: date) -> None:
        with at(on, 11):
            notices.submit_notice(notice, actor=self.ward.clerk)

    def approve(self, notice, *, on: date) -> None:
        with at(on, 15):
            notices.approve_notice(notice, actor=self.leader)

    def issue(self, notice, *, on: date) -> None:
        with at(on, 16):
            notices.issue_notice(notice, actor=self.leader)

    def publish(self, notice, *, on: date) -> None:
        with at(on, 16, 30):
            notices.publish_notice(notice, actor=self.ward.clerk, channel="portal")

    def conclude(self, meeting: Meeting, *, on: date) -> None:
        """Draft, approval, issue and publication, all on one working day."""
        notice = self.draft(meeting, on=on)
        self.submit(notice, on=on)
        self.approve(notice, on=on)
        self.issue(notice, on=on)
        self.publish(notice, on=on)

    def close(self, meeting: Meeting, *, on: date) -> None:
        with at(on, 17):
            meetings.close_meeting(meeting, actor=self.ward.clerk)

    def promise(self, meeting: Meeting, *, text: str, on: date, promised_on: date) -> None:
        """Of a late notice."""
        with at(on, 9):
            notices.post_progress(meeting, actor=self.ward.clerk, text=text, promised_on=promised_on)

    def extend(self, meeting: Meeting, *, days: int, reason: str, decided_by: User) -> None:
        """Asked for two working days before the deadline, granted the day after."""
        meeting.refresh_from_db()
        due_on = meeting.conclusion_due_on
        with at(self.working_day(due_on, -2), 10):
            asked = notices.request_notice_extension(
                meeting, actor=self.ward.clerk, asked_until=self.working_day(due_on, days), reason=reason
            )
        with at(self.working_day(due_on, -1), 14):
            notices.decide_notice_extension(
                asked, actor=decided_by, is_granted=True, remark="Đồng ý; không gia hạn thêm."
            )

    def working_day(self, start: date, number: int) -> date:
        """The day that is ``number`` working days after (or, negative, before) ``start``."""
        step, day, left = (1 if number > 0 else -1), start, abs(number)
        while left:
            day += timedelta(days=step)
            left -= deadlines.is_working_day(day, locality=self.ward.locality)
        return day
