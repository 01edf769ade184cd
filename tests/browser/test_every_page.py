"""Each page, in a real browser: accessible by axe (WCAG 2.2 AA), no sideways scrolling on a 360 px phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from tests.browser.conftest import DESKTOP, PHONE
from tests.test_access_table import _table

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# These answer with a file or a feed, or with a document that is looked at elsewhere (its PDF is tested page by page).
NOT_PAGES = {
    "portal:meetings_calendar",
    "portal:notices_feed",
    "portal:notice_pdf",
    "notices:pdf",
    "meetings:attachment",
    "feedback:reply_document",
}


def _pages(app):
    for name, (codes, module) in sorted(_table().items()):
        person = next((person for person, code in codes.items() if code == 200), None)
        if module.__name__ == f"tests.{app}.access" and person and name not in NOT_PAGES:
            yield name, person, module


@pytest.mark.parametrize("app", ["accounts", "deadlines", "meetings", "feedback", "notices", "reports", "portal"])
def test_pages_are_accessible_and_fit_a_phone(app, transactional_db, cast, open_as):
    wrong = []
    axe = Axe()
    screens = {}
    for name, person, module in _pages(app):
        url = reverse(name, kwargs=module.kwargs_for(name, cast))
        for size in (DESKTOP, PHONE):
            key = (person, size["width"])
            if key not in screens:
                screens[key] = open_as(cast.people.get(person), size)
            page = screens[key]
            page.goto(url)
            if size is PHONE:
                width = page.evaluate("document.documentElement.scrollWidth")
                if width > size["width"]:
                    wrong.append(f"{name}: {width} px wide on a phone")
            else:
                for violation in axe.run(page, options=RULES).response["violations"]:
                    nodes = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
                    wrong.append(f"{name}: {violation['id']} {violation['help']}: {nodes}")
    assert wrong == []
