"""The clerk types while people speak: by the keyboard alone, through a lost connection and an ended session."""

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.urls import reverse

from feedback.models import Opinion, Speech
from meetings.models import Field
from tests.feedback.factories import make_held_meeting

ROWS = "#entry-list .entry-rows > li"


@pytest.fixture
def meeting(transactional_db, cast):
    for position, name in enumerate(["Kinh tế", "Văn hóa - xã hội", "Quốc phòng - an ninh"], start=1):
        Field.objects.create(name=name, position=position)
    return make_held_meeting(cast)


@pytest.fixture
def page(cast, meeting, open_as):
    page = open_as(cast.ward_clerk)
    page.goto(reverse("feedback:entry", args=[meeting.pk]))
    return page


def test_by_the_keyboard_alone(page):
    keyboard = page.keyboard
    assert page.evaluate("document.activeElement.name") == "speaker"
    keyboard.type("Bà Hoa")
    page.locator("#id_text").focus()
    keyboard.type("Ý thứ nhất, có 3 điểm")
    keyboard.press("Alt+Digit2")
    keyboard.press("Alt+Shift+Digit3")
    keyboard.press("Control+Shift+Enter")
    page.locator(ROWS).nth(0).wait_for()
    page.locator("#same-speaker").wait_for(state="visible")
    assert page.evaluate("document.activeElement.name") == "text"
    keyboard.type("Ý thứ hai")
    keyboard.press("Control+Enter")
    page.locator(ROWS).nth(1).wait_for()
    assert page.evaluate("document.activeElement.name") == "speaker"
    first, second = Opinion.objects.order_by("number")
    assert (first.text, first.field.name, first.category) == ("Ý thứ nhất, có 3 điểm", "Văn hóa - xã hội", "feedback")
    assert (second.text, second.field.name, second.category) == ("Ý thứ hai", "Văn hóa - xã hội", "petition")
    assert Speech.objects.count() == 1
    assert page.locator("#id_text").input_value() == ""
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_enter_in_a_one_line_field_saves(page):
    page.locator("#id_text").fill("Một ý kiến")
    page.keyboard.press("Alt+Digit1")
    page.locator("#id_speaker").fill("Ông Bình")
    page.keyboard.press("Enter")
    page.locator(ROWS).nth(0).wait_for()
    assert Opinion.objects.get().speech.speaker == "Ông Bình"


def test_a_lost_connection_keeps_the_text_says_so_and_sends_it_again(page):
    page.locator("#id_text").fill("Gõ khi mất mạng")
    page.keyboard.press("Alt+Digit1")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    page.locator(".entry-lost").wait_for()
    assert "Mất kết nối" in page.locator("#entry-status").inner_text()
    page.locator("#id_text").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(", và gõ tiếp")
    page.context.set_offline(False)
    page.locator(ROWS).nth(0).wait_for(timeout=20_000)
    assert Opinion.objects.get().text == "Gõ khi mất mạng, và gõ tiếp"


def test_an_answer_that_got_lost_saves_nothing_twice(page):
    page.locator("#id_text").fill("Gửi một lần")
    page.keyboard.press("Alt+Digit1")
    answers = []

    def lose_the_first(route):
        response = route.fetch()
        answers.append(response.status)
        if len(answers) == 1:
            route.abort()
        else:
            route.fulfill(response=response)

    page.route("**/opinions/new/", lose_the_first)
    page.keyboard.press("Control+Enter")
    page.locator(ROWS).nth(0).wait_for(timeout=20_000)
    assert answers == [200, 200]
    assert Opinion.objects.count() == 1


def test_an_error_of_the_server_keeps_the_text_and_tries_again(page):
    page.locator("#id_text").fill("Máy chủ đang bận")
    page.keyboard.press("Alt+Digit1")
    times = []

    def fail_once(route):
        times.append(1)
        if len(times) == 1:
            route.fulfill(status=503, body="")
        else:
            route.continue_()

    page.route("**/opinions/new/", fail_once)
    page.keyboard.press("Control+Enter")
    page.locator(".entry-lost").wait_for()
    page.locator(ROWS).nth(0).wait_for(timeout=20_000)
    assert Opinion.objects.get().text == "Máy chủ đang bận"


def test_an_ended_session_brings_the_text_back_after_signing_in(page, cast, open_as, meeting):
    page.locator("#id_speaker").fill("Bà Lan")
    page.locator("#id_text").fill("Gõ khi phiên đã hết")
    page.keyboard.press("Alt+Digit3")
    Session.objects.all().delete()
    cache.clear()
    page.keyboard.press("Control+Enter")
    link = page.locator(".entry-lost a")
    link.wait_for()
    assert page.locator("#id_text").input_value() == "Gõ khi phiên đã hết"
    link.click()
    page.locator("input[name=login]").fill("vanthu")
    page.locator("input[name=password]").fill("mat-khau-Thu-2026")
    page.locator(".door button.btn-primary").first.click()
    page.locator("#entry-form").wait_for()
    assert page.locator("#id_text").input_value() == "Gõ khi phiên đã hết"
    assert page.locator("#id_speaker").input_value() == "Bà Lan"
    page.locator("#id_text").focus()
    page.keyboard.press("Control+Enter")
    page.locator(ROWS).nth(0).wait_for()
    opinion = Opinion.objects.get()
    assert (opinion.text, opinion.field.name) == ("Gõ khi phiên đã hết", "Quốc phòng - an ninh")


def test_closing_the_page_loses_nothing(page, meeting):
    page.locator("#id_text").fill("Đang gõ dở")
    page.goto(reverse("feedback:meeting_opinions", args=[meeting.pk]))
    page.goto(reverse("feedback:entry", args=[meeting.pk]))
    page.locator(".entry-saved").wait_for()
    assert page.locator("#id_text").input_value() == "Đang gõ dở"


def test_what_is_missing_is_said_and_the_text_stays(page):
    page.locator("#id_text").fill("Quên chọn lĩnh vực")
    page.keyboard.press("Control+Enter")
    page.locator("#error-field").wait_for()
    assert page.locator("#id_text").input_value() == "Quên chọn lĩnh vực"
    page.locator("#id_text").focus()
    page.keyboard.press("Alt+Digit1")
    page.keyboard.press("Control+Enter")
    page.locator(ROWS).nth(0).wait_for()
    assert Opinion.objects.count() == 1


def test_logging_out_leaves_nothing_on_a_shared_computer(page):
    page.locator("#id_text").fill("Lời của một người dân")
    page.locator("#id_speaker").fill("Bà Hoa")
    page.locator(".entry-kept:not(:empty)").wait_for()
    page.locator(".person-button").click()
    page.locator("form[data-logout] button").click()
    page.locator(".portal-head").wait_for()
    assert page.evaluate("Object.keys(localStorage).length") == 0
