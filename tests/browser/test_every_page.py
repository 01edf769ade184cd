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
    "notices:deadline_sheet",
    "notices:assignment_sheet",
    "meetings:attachment",
    "feedback:reply_document",
    "reports:return_template",
    "deadlines:change_moves",
    "deadlines:import_template",
    "health_live",
}


# Pieces that a page fetches, not pages.
PIECES = {"accounts:locality_options", "accounts:unit_options", "reports:obligations_at_risk"}


def _pages():
    for name, (codes, module) in sorted(_table().items()):
        person = next((person for person, code in codes.items() if code == 200), None)
        if person and name not in NOT_PAGES | PIECES:
            yield pytest.param(name, person, module, id=name)


@pytest.mark.parametrize(("name", "person", "module"), list(_pages()))
def test_a_page_is_accessible_and_fits_a_phone(name, person, module, transactional_db, cast, open_as):
    url = reverse(name, kwargs=module.kwargs_for(name, cast))
    page = open_as(cast.people.get(person), DESKTOP)
    page.goto(url)
    wrong = [
        f"{violation['id']} {violation['help']}: " + "; ".join(node["html"][:160] for node in violation["nodes"][:3])
        for violation in Axe().run(page, options=RULES).response["violations"]
    ]
    assert wrong == []
    page.set_viewport_size(PHONE)
    page.goto(url)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
