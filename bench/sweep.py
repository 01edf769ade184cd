"""The reminder sweeps over many open deadlines beside the SQL alone that finds them, and the e-mail that follows."""

import argparse
import multiprocessing
import socket
import time
from contextlib import contextmanager
from datetime import timedelta

import house

WARDS = 500
# Of a hundred open deadlines so many are late; the others are due over the next ten working days.
LATE_OF_HUNDRED = 2


def memory(what: str) -> int:
    """VmRSS (now) or VmHWM (the most since ``forget_peak``) of this process in MB."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(what)) // 1024


def forget_peak() -> None:
    with open("/proc/self/clear_refs", "w") as refs:
        refs.write("5")


class Counter:
    number = 0

    def __call__(self, execute, sql, params, many, context):
        self.number += 1
        return execute(sql, params, many, context)


@contextmanager
def timed(what: str):
    """Seconds, CPU seconds of this process, statements and the most memory of the block."""
    from django.db import connection

    said: dict[str, object] = {"result": ""}
    forget_peak()
    before, counter = memory("VmRSS"), Counter()
    began, cpu = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(counter):
        yield said
    seconds, used = time.perf_counter() - began, time.process_time() - cpu
    said["seconds"], said["peak"] = seconds, memory("VmHWM")
    print(
        f"| {what:<52} | {seconds:>7.2f} | {used:>6.2f} | {counter.number:>5} | {said['result']:>8} |"
        f" {said['peak']:>4} | {said['peak'] - before:>+5} |",
        flush=True,
    )


def clones(model, first: int, last: int, **columns) -> None:
    """Rows like the model's only one, numbered from ``first`` to ``last`` (n); ``columns`` are expressions of n."""
    from django.db import connection

    names = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    table = model._meta.db_table
    selected = ", ".join(columns.get(name, f't."{name}"') for name in names)
    inserted = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" (id, {inserted}) SELECT n, {selected}'
            f' FROM generate_series({first}, {last}) n, (SELECT * FROM "{table}" ORDER BY id LIMIT 1) t'
        )


class Data:
    """One province of many wards; the open deadlines come in by plain SQL, half notices and half assignments."""

    def __init__(self, day):
        from django.db import connection
        from filling import Filling

        from deadlines.services import working_calendar
        from feedback.models import Assignment, Opinion
        from meetings.models import Meeting

        # One meeting with one opinion and one assignment: what the others are made like.
        filling = Filling(1, open_deadlines=True, wards=WARDS)
        assert (Meeting.objects.count(), Opinion.objects.count(), Assignment.objects.count()) == (1, 1, 1)
        calendar = working_calendar()
        ahead, behind = [day], [day - timedelta(days=1)]
        while len(ahead) < 10:
            ahead.append(calendar.next_working_day(ahead[-1] + timedelta(days=1)))
        while len(behind) < 10:
            behind.append(calendar.last_working_day(behind[-1] - timedelta(days=1)))
        self.held_on, self.number = behind[-1] - timedelta(days=30), 1
        days = [behind[i % 10] if i < LATE_OF_HUNDRED else ahead[i % 10] for i in range(100)]
        self.due = "(ARRAY[" + ",".join(f"DATE '{one}'" for one in days) + "])[1 + n % 100]"
        self.yesterday = calendar.last_working_day(day - timedelta(days=1))
        hosts = ",".join(str(host.pk) for _ward, host, _office, _clerk in filling.wards)
        wards = ",".join(str(ward.pk) for ward, _host, _office, _clerk in filling.wards)
        offices = ",".join(str(office.pk) for _ward, _host, office, _clerk in filling.wards)
        self.host = f"(ARRAY[{hosts}])[1 + (n / 100) % {len(filling.wards)}]"
        self.ward = f"(ARRAY[{wards}])[1 + (n / 100) % {len(filling.wards)}]"
        self.office = f"(ARRAY[{offices}])[1 + (n / 100) % {len(filling.wards)}]"
        with connection.cursor() as cursor:
            # The first is like the others from now on.
            due_on = self.due.replace("n %", "1 %")
            cursor.execute(f"UPDATE meetings_meeting SET conclusion_due_on = {due_on}")

    def grow(self, to: int) -> None:
        """``to`` open deadlines in all; each was told of up to yesterday, as by a sweep that runs every day."""
        from django.db import connection

        from feedback.models import Assignment, Opinion, Speech
        from meetings.models import Meeting

        first, last = self.number + 1, to // 2
        marker = {"reminded_until": f"DATE '{self.yesterday}'"}
        dates = {"held_on": f"DATE '{self.held_on}'", "conclusion_due_on": self.due}
        clones(Meeting, first, last, host_unit_id=self.host, locality_id=self.ward, **dates, **marker)
        clones(Speech, first, last, meeting_id="n")
        code = "'B' || lpad(n::text, 9, '0')"
        clones(Opinion, first, last, meeting_id="n", speech_id="n", tracking_code=code, client_key="gen_random_uuid()")
        assigned = {"assigned_at": f"TIMESTAMPTZ '{self.held_on}'", "due_on": self.due, "opinion_id": "n"}
        clones(Assignment, first, last, lead_department_id=self.office, **assigned, **marker)
        self.number = last
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def sweeps(number: int, now) -> None:
    """The first sweeps of a day, and those after them, over so many open deadlines."""
    from django.db import connection
    from django.db.models import Q

    from deadlines.models import Reminder
    from feedback.models import Assignment
    from feedback.services.reminding import remind_of_open_assignments
    from meetings.models import Meeting
    from notices.services.reminding import remind_of_due_notices

    Reminder.objects.all().delete()
    today = now.date()
    untold, until = Q(reminded_until=None) | Q(reminded_until__lt=today), today + timedelta(days=21)
    meetings = Meeting.objects.awaiting_conclusion().filter(conclusion_due_on__lte=until)
    assignments = Assignment.objects.open().filter(due_on__lte=until)
    with timed(f"floor: SQL that finds all {number:,} open") as floor:
        found = [rows.order_by("pk").values_list("pk", flat=True) for rows in (meetings, assignments)]
        floor["result"] = sum(sum(1 for _row in rows.iterator(chunk_size=5000)) for rows in found)
    with timed("first sweep of the day") as first:
        first["result"] = remind_of_due_notices(now=now) + remind_of_open_assignments(now=now)
    with timed("floor: SQL that writes the same rows and markers"), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_copy (LIKE deadlines_reminder INCLUDING ALL)")
        cursor.execute("INSERT INTO bench_copy SELECT * FROM deadlines_reminder")
        for rows in (meetings, assignments):
            rows.filter(reminded_until=today).update(reminded_until=today)
        cursor.execute("DROP TABLE bench_copy")
    with timed("floor: SQL that finds none left to be told of"):
        found = [rows.filter(untold).filter(pk__gt=0)[:1] for rows in (meetings, assignments)]
        [list(rows.values_list("pk")) for rows in found]
    with timed("second sweep, nothing new") as second:
        second["result"] = remind_of_due_notices(now=now) + remind_of_open_assignments(now=now)
    for name, one in (("first", first), ("second", second)):
        print(f"  {name} sweep: {one['seconds'] - floor['seconds']:.1f} s more than the floor", flush=True)


def mail_server(port) -> None:
    """Takes every letter; a process of its own."""
    server = socket.create_server(("127.0.0.1", 0))
    port.send(server.getsockname()[1])
    while True:
        client, _address = server.accept()
        with client, client.makefile("rb") as lines:
            client.sendall(b"220 bench\r\n")
            in_letter = False
            for line in lines:
                if in_letter:
                    if line == b".\r\n":
                        in_letter = False
                        client.sendall(b"250 ok\r\n")
                    continue
                verb = line[:4].upper().strip()
                in_letter = verb == b"DATA"
                client.sendall(b"354 go on\r\n" if in_letter else b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")


def digests(now, people: int, reminders: int) -> None:
    """So many reminders to so many people, of deadlines that are worked out in the letter."""
    from django.conf import settings

    from accounts.models import User
    from deadlines.models import MailSetting, Reminder
    from deadlines.services.digests import deliver_digests

    Reminder.objects.all().delete()
    MailSetting.objects.all().delete()
    known = User.objects.count()
    User.objects.bulk_create(
        User(username=f"nguoi{i}", email=f"nguoi{i}@example.vn", full_name="Nguyễn Văn An")
        for i in range(max(0, people - known))
    )
    recipients = list(User.objects.order_by("pk").values_list("pk", flat=True)[:people])
    Reminder.objects.bulk_create(
        (
            Reminder(
                kind="notice_due",
                target_type="meetings.meeting",
                target_id=1 + i,
                recipient_id=recipients[i % people],
                for_day=now.date(),
                due_on=now.date(),
                subject=f"Hôm nay là hạn ban hành thông báo kết luận: hội nghị {i}",
                body="Hội nghị của phường; hạn ban hành thông báo kết luận là hôm nay.",
                url=f"/meetings/{1 + i}/notice/",
            )
            for i in range(reminders)
        ),
        batch_size=2000,
    )
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=mail_server, args=(theirs,), daemon=True)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", ours.recv(), False
    with timed(f"e-mail: {reminders:,} reminders to {people:,} people") as said:
        said["result"] = deliver_digests(now=now)
    server.terminate()
    server.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--open", type=house.number(2000, 1_000_000), default=20_000, help="open deadlines, half of each kind"
    )
    parser.add_argument("--people", type=house.number(10, 20_000), default=2000, help="who is mailed")
    parser.add_argument("--database", default="dialogue_bench", help="made on the server of DATABASE_URL, then dropped")
    chosen = parser.parse_args()
    print(house.machine(), flush=True)
    with house.own_database(chosen.database) as server:
        from datetime import datetime

        from deadlines import clock

        # A Tuesday morning in a plain stretch of weeks.
        now = datetime(2026, 6, 9, 8, 30, tzinfo=clock.VIETNAM)
        data = Data(now.date())
        print(f"{server}; {WARDS} wards\n")
        print(
            "| what                                                 | seconds |  CPU s |   SQL |     rows | peak | above |"
        )
        print(
            "|------------------------------------------------------|--------:|-------:|------:|---------:|-----:|------:|"
        )
        for number in sorted({max(2000, chosen.open // 10), chosen.open}):
            began = time.perf_counter()
            data.grow(number)
            print(f"  {number:,} open deadlines made in {time.perf_counter() - began:.0f} s", flush=True)
            sweeps(number, now)
        digests(now, chosen.people, 5 * chosen.people)


if __name__ == "__main__":
    main()
