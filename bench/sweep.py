"""The reminder sweeps over many open deadlines, beside the SQL alone that finds those deadlines."""

import argparse
import time
from contextlib import contextmanager

import house


@contextmanager
def timed(what: str):
    """Seconds, CPU seconds and statements of the block."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    said: dict[str, object] = {"result": ""}
    began, cpu = time.perf_counter(), time.process_time()
    with CaptureQueriesContext(connection) as asked:
        yield said
    seconds, used = time.perf_counter() - began, time.process_time() - cpu
    print(
        f"| {what:<46} | {seconds * 1000:>8.0f} | {used * 1000:>8.0f} | {len(asked):>5} | {said['result']:>9} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", type=house.number(10, 100_000), default=5000, help="open deadlines of each kind")
    parser.add_argument("--database", default="dialogue_bench", help="made on the server of DATABASE_URL, then dropped")
    chosen = parser.parse_args()
    print(house.machine(), flush=True)
    with house.own_database(chosen.database) as server:
        from datetime import timedelta

        from filling import Filling

        from deadlines.models import Reminder
        from deadlines.services import calendar_memo
        from deadlines.services.digests import _gather
        from feedback.models import OPEN_ASSIGNMENT_STATES, Assignment
        from feedback.services.reminding import LOOK_AHEAD_DAYS, remind_of_open_assignments
        from meetings.models import Meeting
        from notices.services.reminding import HORIZON, remind_of_due_notices

        filling = Filling(chosen.open, open_deadlines=True)
        today = filling.today
        assignments = Assignment.objects.filter(
            state__in=OPEN_ASSIGNMENT_STATES, due_on__lte=today + timedelta(days=LOOK_AHEAD_DAYS)
        )
        print(f"{server}; {len(filling.meetings)} meetings without a notice, as many assignments open\n")
        print("| what                                           |       ms |   CPU ms |   SQL |      rows |")
        print(
            "|------------------------------------------------|---------:|---------:|------:|----------:|", flush=True
        )
        with timed("floor: the rows of the open notices, ids alone") as said:
            found = Meeting.objects.awaiting_conclusion().filter(conclusion_due_on__lte=today + HORIZON)
            said["result"] = len(found.order_by("pk").values_list("pk", "conclusion_due_on"))
        with timed("floor: the rows of the open assignments") as said:
            said["result"] = len(assignments.order_by("pk").values_list("pk", "due_on"))
        for turn in ("first run", "second run, nothing new"):
            with timed(f"notices, {turn}") as said, calendar_memo():
                said["result"] = remind_of_due_notices(today=today)
            with timed(f"assignments, {turn}") as said:
                said["result"] = remind_of_open_assignments(today=today)
        with timed("giving every unmailed reminder its digest") as said:
            _gather()
            said["result"] = Reminder.objects.count()


if __name__ == "__main__":
    main()
