"""What somebody typed outlives a closed page and an expired session, and does not outlive a logout."""

from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.urls import reverse

KEPT = "Object.keys(localStorage).length"


def _write(page, text):
    page.goto(reverse("meetings:new"))
    field = page.locator("form[data-keep] textarea, form[data-keep] input[type=text]:not([data-date])").first
    field.fill(text)
    for _moment in range(50):
        # wait_for_function would evaluate text in the page, which the content security policy refuses.
        if page.evaluate(KEPT):
            break
        page.wait_for_timeout(100)
    assert page.evaluate(KEPT) == 1
    return field


def test_text_comes_back_after_leaving_the_page(transactional_db, cast, open_as):
    page = open_as(cast.ward_clerk)
    _write(page, "Đối thoại về nước sạch")
    page.goto(reverse("accounts:profile"))
    page.goto(reverse("meetings:new"))
    page.locator(".kept-note").wait_for()
    assert "Đối thoại về nước sạch" in page.evaluate("JSON.stringify(localStorage)")


def test_text_sent_after_the_session_ended_comes_back(transactional_db, cast, open_as):
    page = open_as(cast.ward_clerk)
    _write(page, "Đối thoại về chợ dân sinh")
    Session.objects.all().delete()
    cache.clear()
    page.locator("form[data-keep] .btn-primary").first.click()
    page.locator(".door").wait_for()
    assert page.evaluate(KEPT) == 1


def test_logging_out_leaves_nothing_on_a_shared_computer(transactional_db, cast, open_as):
    page = open_as(cast.ward_clerk)
    _write(page, "Đối thoại về giao thông")
    page.locator(".person-button").click()
    page.locator("form[data-logout] button").click()
    page.locator(".portal-head").wait_for()
    assert page.evaluate(KEPT) == 0
