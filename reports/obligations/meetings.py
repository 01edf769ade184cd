"""The meetings of a year as the board counts them: one statement, whatever their number."""

import json
from collections import defaultdict
from datetime import date, datetime, time, timedelta

from django.db import connection

from accounts.models import Locality
from deadlines.clock import VIETNAM
from deadlines.counting import ONE_DAY, Calendar
from deadlines.models import MeetingType, Obligation, Quantity
from deadlines.obligations import Ahead, announce_by
from deadlines.services.rulebook import BookedRule, Rulebook
from meetings.models import Meeting
from reports.obligations.accounts import Owner, Tally

# The meetings of the year with the place that owes them and, of each, what the board counts. The ORM can't join a
# meeting to the place above it by the beginning of its path.
MEETINGS = """
WITH owner AS (
    SELECT l.id, l.path, l.kind, u.grp
    FROM unnest(%(owners)s::bigint[], %(groups)s::int[]) AS u(id, grp) JOIN accounts_locality l USING (id)
),
rule_set AS (
    SELECT * FROM jsonb_to_recordset(%(rule_sets)s::jsonb) AS r(grp int, meeting_type text, rule_set int)
),
due AS (
    SELECT * FROM jsonb_to_recordset(%(due)s::jsonb) AS d(rule_set int, day date, announce_by date)
),
dated AS (
    SELECT m.id, m.meeting_type, m.level, m.locality_id, m.state, m.held_on, m.announced_on, m.publication_due_on,
           m.published_on, (m.planned_start AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day,
           m.state IN ('planned', 'announced')
           OR (m.state = 'postponed' AND m.previous_start <> m.planned_start) AS is_open
    FROM meetings_meeting m
    WHERE (m.planned_start >= %(start)s AND m.planned_start < %(end)s)
       OR m.held_on BETWEEN %(first)s AND %(last)s
),
meeting AS MATERIALIZED (
    SELECT m.id, owner.id AS owner, m.meeting_type, coalesce(m.held_on, m.day) AS day, due.announce_by,
           coalesce(m.held_on BETWEEN %(first)s AND %(last)s, FALSE) AS is_held,
           m.is_open AND m.day >= %(on)s AND m.day BETWEEN %(first)s AND %(last)s AS is_planned,
           coalesce(m.state IN ('announced', 'held', 'closed') AND m.announced_on > due.announce_by, FALSE)
               AS is_announced_late,
           coalesce(
               CASE
                   WHEN m.state IN ('held', 'closed') THEN due.announce_by IS NOT NULL AND m.announced_on IS NULL
                   WHEN m.state <> 'announced' AND m.is_open THEN due.announce_by < %(on)s
               END, FALSE) AS is_not_announced,
           coalesce(m.held_on BETWEEN %(first)s AND %(last)s AND m.published_on > m.publication_due_on, FALSE)
               AS is_published_late,
           coalesce(m.held_on BETWEEN %(first)s AND %(last)s AND m.published_on IS NULL
                    AND m.publication_due_on < %(on)s, FALSE) AS is_not_published
    FROM dated m
    JOIN accounts_locality place ON place.id = m.locality_id
    CROSS JOIN unnest(%(lengths)s::int[]) AS step(length)
    JOIN owner ON owner.path = substr(place.path, 1, step.length)
        AND length(place.path) >= step.length AND owner.kind = m.level
    LEFT JOIN rule_set ON rule_set.grp = owner.grp AND rule_set.meeting_type = m.meeting_type
    LEFT JOIN due ON due.rule_set = rule_set.rule_set AND due.day = m.day
)
"""
COUNTED = """
SELECT owner, meeting_type, count(*) FILTER (WHERE is_held), count(*) FILTER (WHERE is_planned),
       count(*) FILTER (WHERE is_announced_late), count(*) FILTER (WHERE is_not_announced),
       count(*) FILTER (WHERE is_published_late), count(*) FILTER (WHERE is_not_published),
       coalesce(array_agg(DISTINCT day) FILTER (WHERE (is_held OR is_planned) AND day >= %(on)s), '{}'),
       NULL::int[], NULL::int[], NULL::int[]
FROM meeting GROUP BY owner, meeting_type
UNION ALL
SELECT owner, NULL, 0, 0, 0, 0, 0, 0, '{}', array_agg(month), array_agg(received), array_agg(planned)
FROM (
    SELECT owner, extract(month FROM day)::int AS month, count(*) FILTER (WHERE is_received)::int AS received,
           count(*) FILTER (WHERE NOT is_received)::int AS planned
    FROM (
        SELECT owner, day, bool_or(is_held) AS is_received FROM meeting
        WHERE meeting_type = 'citizen_reception' AND (is_held OR is_planned) GROUP BY owner, day
    ) AS days
    GROUP BY owner, month
) AS months
GROUP BY owner
"""
# What each number counts, as a condition on the meetings above.
MEETINGS_BEHIND = {
    "held": "is_held",
    "planned": "is_planned",
    "announced_late": "is_announced_late",
    "not_announced": "is_not_announced",
    "announcements": "is_announced_late OR is_not_announced",
    "published_late": "is_published_late",
    "not_published": "is_not_published",
    "results": "is_published_late OR is_not_published",
}
# Receptions are counted by days: of several on one day the first stands for it.
BEHIND = """
, behind AS (
    SELECT id, day, announce_by FROM meeting
    WHERE ({condition}) AND (%(types)s::text[] IS NULL OR meeting_type = ANY(%(types)s::text[]))
      AND (%(month)s::int IS NULL OR extract(month FROM day) = %(month)s::int)
)
"""
DAYS_BEHIND = """
, behind AS (
    SELECT DISTINCT ON (owner, day) id, day, announce_by FROM meeting
    WHERE is_held AND meeting_type = 'citizen_reception'
      AND (%(month)s::int IS NULL OR extract(month FROM day) = %(month)s::int)
    ORDER BY owner, day, id
)
"""


def parameters_of(
    owners: list[Owner], book: Rulebook, calendars: dict[str, Calendar], first: date, last: date, on: date
) -> dict:
    """What the statement asks for. Places under the same rules and calendar make a group, which has its limits once."""
    groups: dict[tuple, int] = {}
    of_owners, rule_sets = [], {}
    pairs, due = [], []
    for owner in owners:
        calendar = calendars[owner.path]
        holders = book.holders(owner.path)
        key = (holders, owner.level, id(calendar))
        if key not in groups:
            groups[key] = len(groups)
            for meeting_type in MeetingType.values:
                rules = tuple(
                    rule
                    for rule in book.of(holders, level=owner.level, obligation=Obligation.ANNOUNCEMENT)
                    if asks_for_days(rule) and rule.meeting_type in ("", meeting_type)
                )
                if not rules:
                    continue
                same = (rules, id(calendar))
                if same not in rule_sets:
                    rule_sets[same] = len(rule_sets)
                    due += _limits(rule_sets[same], rules, calendar, first, last)
                pairs.append({"grp": groups[key], "meeting_type": meeting_type, "rule_set": rule_sets[same]})
        of_owners.append(groups[key])
    return {
        "owners": [owner.pk for owner in owners],
        "groups": of_owners,
        "rule_sets": json.dumps(pairs),
        "due": json.dumps(due),
        "first": first,
        "last": last,
        "start": datetime.combine(first, time.min, tzinfo=VIETNAM),
        "end": datetime.combine(last + ONE_DAY, time.min, tzinfo=VIETNAM),
        "on": on,
        "lengths": [Locality.steplen * depth for depth in range(2, 5)],
    }


def asks_for_days(rule: BookedRule) -> bool:
    return rule.unit in (Quantity.WORKING_DAYS, Quantity.CALENDAR_DAYS)


def _limits(rule_set: int, rules: tuple[BookedRule, ...], calendar: Calendar, first: date, last: date) -> list[dict]:
    """For each day of the year, the last day on which a meeting on it is announced in time."""
    limits = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        asked = [Ahead(rule.number, rule.unit) for rule in rules if rule.is_in_force(day)]
        if asked:
            limit = announce_by(day, asked, calendar)
            limits.append({"rule_set": rule_set, "day": day.isoformat(), "announce_by": limit.isoformat()})
    return limits


def tallies_of(parameters: dict) -> dict[int, Tally]:
    tallies: dict[int, Tally] = defaultdict(Tally)
    if not parameters["owners"]:
        return tallies
    with connection.cursor() as cursor:
        cursor.execute(MEETINGS + COUNTED, parameters)
        for owner, kind, held, planned, late, unannounced, slow, unpublished, days, months, received, ahead in cursor:
            tally = tallies[owner]
            if kind is None:
                tally.received = dict(zip(months, received, strict=True))
                tally.receptions_planned = dict(zip(months, ahead, strict=True))
                continue
            tally.held[kind], tally.planned[kind] = held, planned
            tally.days[kind] = set(days)
            tally.announced_late += late
            tally.not_announced += unannounced
            tally.published_late += slow
            tally.not_published += unpublished
    return tallies


class MeetingsBehind:
    """The meetings behind a number, the newest first: counted and fetched a page at a time."""

    def __init__(self, parameters: dict, what: str, *, types: tuple[str, ...] | None = None, month: int | None = None):
        self._parameters = parameters | {"types": list(types) if types is not None else None, "month": month}
        chosen = DAYS_BEHIND if what == "receptions" else BEHIND.format(condition=MEETINGS_BEHIND[what])
        self._statement = MEETINGS + chosen

    def __len__(self) -> int:
        return self.count()

    def count(self) -> int:
        [(number,)] = self._rows("SELECT count(*) FROM behind")
        return number

    def __getitem__(self, part: slice) -> list[Meeting]:
        rows = self._rows(
            "SELECT id, announce_by FROM behind ORDER BY day DESC, id DESC LIMIT %(limit)s OFFSET %(offset)s",
            offset=part.start or 0,
            limit=None if part.stop is None else part.stop - (part.start or 0),
        )
        found = Meeting.objects.select_related("locality", "host_unit").in_bulk([pk for pk, _limit in rows])
        for pk, limit in rows:
            found[pk].announce_by = limit
        return [found[pk] for pk, _limit in rows]

    def _rows(self, ending: str, **more) -> list[tuple]:
        if not self._parameters["owners"]:
            return [(0,)] if "count" in ending else []
        with connection.cursor() as cursor:
            cursor.execute(f"{self._statement} {ending}", self._parameters | more)
            return cursor.fetchall()
