"""Fills a database with meetings whose notices fall due: `python -m tests.faults.data UNITS PEOPLE MEETINGS`.

Each unit has so many clerks and hosts so many meetings. Everybody wants mail as it comes, so that nothing waits for the
afternoon. The days are set by the tests.
"""

import os
import sys
from datetime import date, datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dialogue.settings")
django.setup()

from accounts.models import Membership, Role, Unit, UnitKind, User  # noqa: E402
from deadlines.clock import VIETNAM  # noqa: E402
from deadlines.models import MailRhythm, MailSetting  # noqa: E402
from meetings.models import Meeting, MeetingState  # noqa: E402
from tests.cast import make_cast  # noqa: E402

HELD = date(2026, 9, 3)


def fill(units: int, people: int, meetings: int) -> None:
    cast = make_cast()
    # Everybody of the cast but the administrators leaves: the numbers are those of the units made here.
    Membership.objects.exclude(role=Role.SYSTEM_ADMIN).delete()
    hosts = Unit.objects.bulk_create(
        [
            Unit(locality=cast.ward, name=f"Đơn vị {n:03}", kind=UnitKind.DEPARTMENT, abbreviation=f"DV{n}")
            for n in range(units)
        ]
    )
    clerks = User.objects.bulk_create(
        [
            User(username=f"canbo{n:04}", email=f"canbo{n:04}@example.vn", full_name=f"Cán bộ {n:04}")
            for n in range(units * people)
        ]
    )
    Membership.objects.bulk_create(
        [
            Membership(user=clerk, unit=hosts[n // people], role=Role.CLERK, valid_from=date(2020, 1, 1))
            for n, clerk in enumerate(clerks)
        ]
    )
    MailSetting.objects.bulk_create([MailSetting(user=clerk, rhythm=MailRhythm.AS_IT_COMES) for clerk in clerks])
    start = datetime(HELD.year, HELD.month, HELD.day, 8, tzinfo=VIETNAM)
    Meeting.objects.bulk_create(
        [
            Meeting(
                topic=f"Đối thoại số {n:05}",
                state=MeetingState.HELD,
                host_unit=hosts[n // meetings],
                locality=cast.ward,
                chair="Đồng chí Trần Văn Chủ Tịch",
                planned_start=start,
                planned_end=start + timedelta(hours=3),
                held_on=HELD,
                conclusion_due_on=HELD,
                created_by=cast.system_admin,
            )
            for n in range(units * meetings)
        ],
        batch_size=1000,
    )


if __name__ == "__main__":
    fill(*(int(number) for number in sys.argv[1:4]))
