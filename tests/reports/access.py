"""Who gets what on the pages of figures and returns."""

from datetime import date

from reports.services import create_feed
from tests.cast import Cast
from tests.reports.builders import given_return

EVERYBODY = {
    "anonymous": 302,
    "ward_clerk": 200,
    "ward_leader": 200,
    "department_officer": 200,
    "front_supervisor": 200,
    "sibling_clerk": 200,
    "superior_leader": 200,
    "ward_admin": 200,
    "system_admin": 200,
}
ENTERING = EVERYBODY | {"department_officer": 403, "front_supervisor": 403}
OF_THE_WARD = EVERYBODY | {"sibling_clerk": 404}

ACCESS = {
    "work": EVERYBODY,
    # No sign of life in an empty database: the monitoring says so, to everybody.
    "health": dict.fromkeys(EVERYBODY, 503),
    "health_live": dict.fromkeys(EVERYBODY, 200),
    "reports:dashboard": EVERYBODY,
    "reports:rows": dict.fromkeys(EVERYBODY, 404) | {"anonymous": 302},  # the address names no figure
    "reports:late": EVERYBODY,
    "reports:obligations": EVERYBODY,
    "reports:obligation_rows": dict.fromkeys(EVERYBODY, 404) | {"anonymous": 302},  # the address names no figure
    "reports:obligations_at_risk": EVERYBODY,
    "reports:calendar_feeds": EVERYBODY,
    "reports:calendar_feed_new": dict.fromkeys(EVERYBODY, 405),
    "reports:calendar_feed_revoke": dict.fromkeys(EVERYBODY, 404) | {"anonymous": 302, "ward_clerk": 200},
    "reports:calendar_feed_ics": dict.fromkeys(EVERYBODY, 404),  # without a token
    "reports:returns": EVERYBODY,
    "reports:return_new": ENTERING,
    "reports:return_import": ENTERING,
    "reports:return_template": ENTERING,
    "reports:return": OF_THE_WARD,
    "reports:return_edit": ENTERING | {"sibling_clerk": 404},
    "reports:return_remove": ENTERING | {"sibling_clerk": 404},
}


def kwargs_for(name: str, cast: Cast) -> dict:
    if name == "reports:calendar_feed_revoke":
        return {"pk": create_feed(cast.ward_clerk, "Điện thoại")[0].pk}
    if name not in {"reports:return", "reports:return_edit", "reports:return_remove"}:
        return {}
    one = given_return(cast.ward, date(2025, 7, 1), date(2025, 12, 31), rows=[{"meetings": 3}])
    return {"pk": one.pk}
