"""When people are spoken to."""

from datetime import datetime, time

from deadlines.clock import VIETNAM
from deadlines.services.calendar import is_working_day

# Labour Code art. 105: at most eight hours, with a break at noon.
OFFICE_HOURS = (time(7, 30), time(17, 30))


def are_office_hours(now: datetime) -> bool:
    """Whether people may be reminded: on a working day of the country, within office hours."""
    local = now.astimezone(VIETNAM)
    return OFFICE_HOURS[0] <= local.time().replace(second=0, microsecond=0) <= OFFICE_HOURS[1] and is_working_day(
        local.date()
    )
