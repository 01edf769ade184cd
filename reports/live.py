"""Figures of the meetings recorded one by one: one statement, whatever the number of rows.

The dashboard asks for a dozen breakdowns of the same meetings. One pass with grouping sets answers all of them; the
ORM has no grouping sets, so this is plain SQL with parameters only. ``reports.rows`` finds the rows behind each
figure through the ORM, and a test holds the two together.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from feedback.models import OPEN_ASSIGNMENT_STATES, STATUTORY_CATEGORIES, AssignmentState, OpinionState
from meetings.models import MeetingState
from reports.models import Bound
from reports.returned import Coverage
from reports.sums import Part

NOW, BEFORE = "now", "before"
ON_TIME, LATE, PENDING, OVERDUE = "on_time", "late", "pending", "overdue"
NEVER = (date.max, date.min)  # an empty span

# Columns of every branch: what, span, three keys, a count and three further numbers.
STATEMENT = """
WITH span(name, day_from, day_to) AS (
    VALUES (%(now)s::text, %(now_from)s::date, %(now_to)s::date),
           (%(before)s::text, %(before_from)s::date, %(before_to)s::date)
),
covered AS (
    SELECT * FROM jsonb_to_recordset(%(covered)s::jsonb)
        AS c(span text, path text, day_from date, day_to date, level text, meeting_type text)
),
place AS (SELECT id, path, name FROM accounts_locality WHERE path LIKE %(path)s),
meeting AS MATERIALIZED (
    SELECT m.id, m.level, m.meeting_type, m.held_on, m.conclusion_due_on, m.concluded_on,
           m.locality_id, place.name AS place, span.name AS span,
           EXISTS (
               SELECT 1 FROM covered c
               WHERE c.span = span.name AND place.path LIKE c.path || '%%'
                 AND m.held_on BETWEEN c.day_from AND c.day_to
                 AND c.level IN ('', m.level) AND c.meeting_type IN ('', m.meeting_type)
           ) AS is_covered
    FROM meetings_meeting m
    JOIN place ON place.id = m.locality_id
    JOIN span ON m.held_on BETWEEN span.day_from AND span.day_to
    WHERE (%(level)s::text = '' OR m.level = %(level)s::text)
      AND (%(meeting_type)s::text = '' OR m.meeting_type = %(meeting_type)s::text)
),
counted AS MATERIALIZED (SELECT * FROM meeting WHERE NOT is_covered),
attended AS (
    SELECT a.meeting_id, sum(a.number) AS people FROM meetings_attendance a
    WHERE a.meeting_id IN (SELECT id FROM counted) GROUP BY a.meeting_id
),
spoken AS (
    SELECT s.meeting_id, count(*) AS speeches FROM feedback_speech s
    WHERE NOT s.is_advance AND s.meeting_id IN (SELECT id FROM counted) GROUP BY s.meeting_id
),
notice AS (
    SELECT m.span, m.locality_id, m.place, to_char(m.held_on, 'YYYY-MM') AS month, n.days_late,
           CASE
               WHEN m.concluded_on IS NULL AND m.conclusion_due_on < %(on)s::date THEN 'overdue'
               WHEN m.concluded_on IS NULL THEN 'pending'
               WHEN coalesce(n.days_late > 0, m.concluded_on > m.conclusion_due_on, FALSE) THEN 'late'
               ELSE 'on_time'
           END AS status
    FROM meeting m LEFT JOIN notices_notice n ON n.meeting_id = m.id
)

SELECT 'meetings' AS what, m.span, m.level::text AS key, m.meeting_type::text AS key2, NULL::text AS key3,
       count(*) AS n, sum(attended.people)::bigint AS n2, coalesce(sum(spoken.speeches), 0)::bigint AS n3
FROM counted m
LEFT JOIN attended ON attended.meeting_id = m.id
LEFT JOIN spoken ON spoken.meeting_id = m.id
GROUP BY m.span, m.level, m.meeting_type

UNION ALL
SELECT CASE
           WHEN GROUPING(m.level) = 0 THEN 'opinions'
           WHEN GROUPING(f.id) = 0 THEN 'field'
           WHEN GROUPING(o.category) = 0 THEN 'category'
           WHEN GROUPING(o.competence) = 0 THEN 'competence'
           WHEN GROUPING(o.state) = 0 THEN 'state'
           ELSE 'resolution'
       END,
       m.span,
       coalesce(m.level, f.name, o.category, o.competence, o.state, o.resolution),
       coalesce(m.meeting_type, above.name),
       f.id::text,
       count(*),
       count(*) FILTER (WHERE o.state = ANY(%(answered_states)s)),
       NULL
FROM counted m
JOIN feedback_opinion o ON o.meeting_id = m.id AND NOT o.category = ANY(%(statutory)s)
JOIN meetings_field f ON f.id = o.field_id
LEFT JOIN meetings_field above ON above.id = f.parent_id
GROUP BY GROUPING SETS (
    (m.span, m.level, m.meeting_type), (m.span, f.id, f.name, above.name),
    (m.span, o.category), (m.span, o.competence), (m.span, o.state), (m.span, o.resolution)
)

UNION ALL
SELECT 'statutory', m.span, o.category, NULL, NULL, count(*), NULL, NULL
FROM counted m JOIN feedback_opinion o ON o.meeting_id = m.id AND o.category = ANY(%(statutory)s)
GROUP BY m.span, o.category

UNION ALL
SELECT CASE
           WHEN GROUPING(n.month) = 0 THEN 'notice_month'
           WHEN GROUPING(n.locality_id) = 0 THEN 'notice_place'
           ELSE 'notice_days'
       END,
       n.span, coalesce(n.month, n.locality_id::text, n.days_late::text), n.status, n.place, count(*), NULL, NULL
FROM notice n
WHERE n.span = %(now)s
GROUP BY GROUPING SETS (
    (n.span, n.month, n.status), (n.span, n.locality_id, n.place, n.status), (n.span, n.days_late)
)

UNION ALL
SELECT 'assignment', m.span, u.id::text,
       CASE
           WHEN a.replied_on IS NULL AND a.due_on < %(on)s::date AND a.paused_on IS NULL THEN 'overdue'
           WHEN a.replied_on IS NULL THEN 'pending'
           WHEN a.replied_on > a.due_on THEN 'late'
           ELSE 'on_time'
       END,
       u.name || '|' || home.name, count(*), NULL, NULL
FROM meeting m
JOIN feedback_opinion o ON o.meeting_id = m.id
JOIN feedback_assignment a ON a.opinion_id = o.id AND a.state = ANY(%(live_assignments)s)
JOIN accounts_unit u ON u.id = a.lead_department_id
JOIN accounts_locality home ON home.id = u.locality_id
WHERE m.span = %(now)s
GROUP BY m.span, u.id, u.name, home.name, 4

UNION ALL
SELECT 'overdue_notice', NULL, m.conclusion_due_on::text, place.id::text, place.path || '|' || place.name, count(*),
       NULL, NULL
FROM meetings_meeting m JOIN place ON place.id = m.locality_id
WHERE m.state = %(held)s AND m.concluded_on IS NULL AND m.conclusion_due_on < %(on)s::date
  AND (%(level)s::text = '' OR m.level = %(level)s::text)
  AND (%(meeting_type)s::text = '' OR m.meeting_type = %(meeting_type)s::text)
GROUP BY m.conclusion_due_on, place.id, place.path, place.name

UNION ALL
SELECT 'overdue_assignment', NULL, a.due_on::text, u.id::text, home.path || '|' || u.name, count(*), NULL, NULL
FROM feedback_assignment a
JOIN feedback_opinion o ON o.id = a.opinion_id
JOIN meetings_meeting m ON m.id = o.meeting_id
JOIN place ON place.id = m.locality_id
JOIN accounts_unit u ON u.id = a.lead_department_id
JOIN accounts_locality home ON home.id = u.locality_id
WHERE a.state = ANY(%(open_assignments)s) AND a.due_on < %(on)s::date AND a.paused_on IS NULL
  AND (%(level)s::text = '' OR m.level = %(level)s::text)
  AND (%(meeting_type)s::text = '' OR m.meeting_type = %(meeting_type)s::text)
GROUP BY a.due_on, u.id, u.name, home.path

UNION ALL
SELECT 'began', span.name, NULL, NULL, NULL, 1, NULL, NULL
FROM span
WHERE EXISTS (
    SELECT 1 FROM meetings_meeting m JOIN place ON place.id = m.locality_id
    WHERE (m.planned_start AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= span.day_to
)
"""


@dataclass(frozen=True)
class FieldCount:
    name: str
    above: str
    opinions: int


@dataclass
class Lateness:
    """How one department or locality keeps its deadlines."""

    pk: int
    name: str
    place: str = ""
    on_time: int = 0
    late: int = 0
    pending: int = 0
    overdue: int = 0

    @property
    def all(self) -> int:
        return self.on_time + self.late + self.pending + self.overdue


@dataclass(frozen=True)
class Overdue:
    """Notices or assignments past the same due date, of the same place or department."""

    kind: str  # "notice" or "assignment"
    due_on: date
    pk: int
    name: str
    number: int
    path: str  # of the place whose calendar says how late they are


@dataclass
class Live:
    """The live figures of one span."""

    has_begun: bool = False  # whether anything had been recorded here by the end of the span
    parts: list[Part] = field(default_factory=list)
    by_field: list[FieldCount] = field(default_factory=list)
    by_category: dict[str, int] = field(default_factory=dict)
    by_competence: dict[str, int] = field(default_factory=dict)
    by_state: dict[str, int] = field(default_factory=dict)
    by_resolution: dict[str, int] = field(default_factory=dict)
    statutory: dict[str, int] = field(default_factory=dict)
    notices_by_month: dict[str, dict[str, int]] = field(default_factory=dict)
    notice_days_late: dict[int, int] = field(default_factory=dict)
    localities: list[Lateness] = field(default_factory=list)
    departments: list[Lateness] = field(default_factory=list)


def count(
    *,
    path: str,
    is_subtree: bool,
    now: tuple[date, date],
    before: tuple[date, date] | None,
    level: str,
    meeting_type: str,
    on: date,
    covered: dict[str, Iterable[Coverage]],
) -> tuple[Live, Live, list[Overdue]]:
    """Counts the asked span, the one before it, and what is overdue on the day."""
    before_from, before_to = before or NEVER
    parameters = {
        "now": NOW,
        "now_from": now[0],
        "now_to": now[1],
        "before": BEFORE,
        "before_from": before_from,
        "before_to": before_to,
        "covered": json.dumps([c.as_json(span) for span, covers in covered.items() for c in covers]),
        "path": f"{path}%" if is_subtree else path,
        "level": level,
        "meeting_type": meeting_type,
        "on": on,
        "statutory": sorted(STATUTORY_CATEGORIES),
        "answered_states": [OpinionState.ANSWERED, OpinionState.REPLIED],
        "held": MeetingState.HELD,
        "live_assignments": [*OPEN_ASSIGNMENT_STATES, AssignmentState.REPLIED, AssignmentState.SETTLED],
        "open_assignments": list(OPEN_ASSIGNMENT_STATES),
    }
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, parameters)
        return _read(cursor.fetchall())


def _read(rows: list[tuple]) -> tuple[Live, Live, list[Overdue]]:
    lives = {NOW: Live(), BEFORE: Live()}
    overdue: list[Overdue] = []
    opinions: dict[tuple, tuple[int, int]] = {}
    meetings: list[tuple] = []
    places: dict[str, dict[str, Lateness]] = defaultdict(dict)
    simple = {"category": "by_category", "competence": "by_competence", "state": "by_state"}
    simple |= {"resolution": "by_resolution", "statutory": "statutory"}
    for what, span, key, key2, key3, number, number2, number3 in rows:
        live = lives.get(span)
        if what == "meetings":
            meetings.append((span, key, key2, number, number2, number3))
        elif what == "opinions":
            opinions[span, key, key2] = (number, number2)
        elif what == "field":
            live.by_field.append(FieldCount(key, key2 or "", number))
        elif what in simple:
            getattr(live, simple[what])[key] = number
        elif what == "notice_month":
            live.notices_by_month.setdefault(key, {})[key2] = number
        elif what == "notice_days":
            if key is not None:
                live.notice_days_late[int(key)] = number
        elif what in {"notice_place", "assignment"}:
            name, _bar, place = key3.rpartition("|") if what == "assignment" else (key3, "", "")
            one = places[what].setdefault(key, Lateness(int(key), name, place))
            setattr(one, key2, number)
        elif what == "began":
            live.has_begun = True
        else:
            path, _bar, name = key3.partition("|")
            kind = what.removeprefix("overdue_")
            overdue.append(Overdue(kind, date.fromisoformat(key), int(key2), name, number, path))
    for span, level, meeting_type, number, attendances, speeches in meetings:
        raised, answered = opinions.get((span, level, meeting_type), (0, 0))
        lives[span].parts.append(
            Part(level, meeting_type, number, attendances, speeches, raised, answered, Bound.EXACT, Bound.EXACT)
        )
    for live in lives.values():
        live.by_field.sort(key=lambda one: (-one.opinions, one.name))
        live.notices_by_month = dict(sorted(live.notices_by_month.items()))
    lives[NOW].localities = sorted(places["notice_place"].values(), key=_worst_first)
    lives[NOW].departments = sorted(places["assignment"].values(), key=_worst_first)
    return lives[NOW], lives[BEFORE], sorted(overdue, key=lambda one: (one.due_on, one.kind, one.name))


def _worst_first(one: Lateness) -> tuple:
    return (-one.overdue, -one.late, -one.all, one.name)
