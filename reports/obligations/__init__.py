"""What the places of a part of the tree owe in a year, and how they stand: queries → dataclasses.

How it is counted:

- **Who owes.** The localities of a level that have a unit on the system. Where nobody has opened one, or nobody had a
  role yet when a past year ended and nothing was recorded, nothing is known: such places are counted apart, never as
  missed. A year's quota binds a place that exists on 31 December of the year; a month's days of reception bind one that
  exists throughout the month.
- **Which rules.** Those in force on 31 December (a quota a year), on the last day of the month (days of reception) and
  on the day of the meeting (announcing it). Several may bind at once: each is shown, the worst gives the standing.
- **What counts.** A meeting belongs to the place of its own level at or above its locality. A quota without a type
  counts dialogues with residents (``DIALOGUES``), not receptions, voter contacts or a sector's meeting; one with a type
  counts that type alone. Planned is what still lies ahead and has a day. Returns of past periods hold no meetings and
  are not counted.
- **Announced in time.** By every rule on the day of the plan. Late: announced after the limit. Not made: held without
  an announcement, or the limit has passed. A postponed meeting that has its new day has to be announced anew.
- **Results.** Published after ``publication_due_on``, or not published though it has passed.
"""

from reports.obligations.accounts import Account, Owner, RuledMonths, RuledQuota, Summary, Tally
from reports.obligations.gathering import FIRST_YEAR, Obligations, Row, obligations
from reports.obligations.meetings import MEETINGS_BEHIND

__all__ = [
    "FIRST_YEAR",
    "MEETINGS_BEHIND",
    "Account",
    "Obligations",
    "Owner",
    "Row",
    "RuledMonths",
    "RuledQuota",
    "Summary",
    "Tally",
    "obligations",
]
