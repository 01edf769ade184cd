"""The whole chain in a real browser: from the plan to the PDF that a citizen downloads and verifies."""

import hashlib
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect
from pypdf import PdfReader

from deadlines.clock import today
from deadlines.models import Obligation, Quantity
from deadlines.services import add_rule, create_regulation
from feedback.models import Opinion
from meetings.models import Field, Meeting
from notices.models import Notice
from tests.browser.conftest import DESKTOP, PHONE
from tests.meetings.factories import make_meeting

pytestmark = pytest.mark.django_db(transaction=True)
TOPIC = "Đối thoại về đất đai và vệ sinh môi trường"


@pytest.fixture
def rules(cast):
    """The ten working days that bind the ward."""
    call_command("load_fields", verbosity=0)
    regulation = create_regulation(
        actor=None, number="01-QĐ/TU", title="Quy chế đối thoại", issuer="Tỉnh ủy", jurisdiction=cast.province,
        in_force_from=today() - timedelta(days=900),
    )  # fmt: skip
    add_rule(regulation, actor=None, obligation=Obligation.CONCLUSION_NOTICE, number=10, unit=Quantity.WORKING_DAYS)


def press(page, action: str) -> None:
    """Presses the button of the form that posts there."""
    page.locator(f'form[action="{action}"] button').first.click()


def send(page) -> None:
    """Presses the main button of the page's own form."""
    page.locator("main form button.btn-primary").first.click()


def test_from_the_plan_to_the_pdf_that_a_citizen_downloads(cast, rules, open_as, tmp_path):
    clerk, leader, officer = open_as(cast.ward_clerk), open_as(cast.ward_leader), open_as(cast.department_officer)
    day = today() - timedelta(days=1)

    # The clerk plans and announces.
    clerk.goto(reverse("meetings:new"))
    clerk.fill("[name=topic]", TOPIC)
    clerk.fill("[name=day]", f"{day:%d/%m/%Y}")
    clerk.fill("[name=start_time]", "08:00")
    clerk.fill("[name=end_time]", "11:00")
    clerk.select_option("[name=host_unit]", str(cast.ward_committee.pk))
    clerk.select_option("[name=locality]", str(cast.ward.pk))
    clerk.fill("[name=place]", "Hội trường phường Hoa Sen")
    clerk.fill("[name=chair]", cast.ward_leader.full_name)
    send(clerk)
    expect(clerk.locator("h1")).to_contain_text(TOPIC)
    meeting = Meeting.objects.get()
    clerk.goto(reverse("meetings:announce", args=[meeting.pk]))
    clerk.fill("[name=announced_on]", f"{day - timedelta(days=10):%d/%m/%Y}")
    send(clerk)
    expect(clerk.locator("h1")).to_contain_text(TOPIC)

    # It was held; attendance and minutes.
    clerk.goto(reverse("meetings:hold", args=[meeting.pk]))
    clerk.fill("[name=day]", f"{day:%d/%m/%Y}")
    clerk.fill("[name=start_time]", "08:10")
    clerk.fill("[name=end_time]", "10:50")
    send(clerk)
    expect(clerk.locator("h1")).to_contain_text(TOPIC)
    meeting.refresh_from_db()
    assert meeting.state == "held"
    assert meeting.conclusion_due_on is not None
    clerk.goto(reverse("meetings:record", args=[meeting.pk]))
    clerk.fill("[name=residents]", "64")
    clerk.fill("[name=opening]", "Chủ trì khai mạc.")
    send(clerk)
    clerk.wait_for_load_state()
    assert sum(meeting.attendance.values_list("number", flat=True)) == 64

    # Two opinions typed while people speak, by the keyboard, without a page load.
    clerk.goto(reverse("feedback:entry", args=[meeting.pk]))
    clerk.evaluate("window.sameDocument = true")
    clerk.fill("[name=speaker]", "Nguyễn Văn Dân")
    clerk.fill("[name=text]", "Đề nghị cấp giấy chứng nhận quyền sử dụng đất cho 12 hộ.")
    economy = Field.objects.get(name="Kinh tế")
    clerk.locator(f'label:has(input[name=field][value="{economy.pk}"])').click()
    clerk.locator("[name=text]").press("Control+Enter")
    expect(clerk.locator("#entry-status")).to_contain_text("1")
    clerk.fill("[name=speaker]", "Trần Thị Cúc")
    clerk.fill("[name=text]", "Rác ở ngõ 5 ba ngày chưa thu gom.")
    clerk.locator(f'label:has(input[name=field][value="{economy.pk}"])').click()
    clerk.locator("[name=text]").press("Control+Enter")
    expect(clerk.locator("#entry-status")).to_contain_text("2")
    assert clerk.evaluate("window.sameDocument") is True
    assigned, answered = Opinion.objects.order_by("number")

    # The second was answered at the meeting; the leader gives the first to a department.
    clerk.goto(reverse("feedback:answer", args=[answered.pk]))
    clerk.fill("[name=answer]", "Đơn vị thu gom sẽ tăng chuyến từ tuần này.")
    clerk.fill("[name=answered_by]", "Chủ tịch UBND phường")
    send(clerk)
    leader.goto(reverse("feedback:assign", args=[assigned.pk]))
    leader.select_option("[name=lead_department]", str(cast.ward_economy.pk))
    leader.fill("[name=task]", "Rà soát, cấp giấy chứng nhận cho 12 hộ.")
    send(leader)
    leader.wait_for_load_state()
    assignment = assigned.assignments.get()

    # The department accepts and replies; the leader accepts the reply.
    officer.goto(reverse("feedback:inbox"))
    expect(officer.locator("main")).to_contain_text("Rà soát, cấp giấy chứng nhận")
    press(officer, reverse("feedback:accept", args=[assignment.pk]))
    officer.goto(reverse("feedback:reply", args=[assignment.pk]))
    officer.fill("[name=text]", "Đã cấp giấy chứng nhận cho 12 hộ.")
    officer.select_option("[name=resolution]", "done")
    send(officer)
    officer.wait_for_load_state()
    leader.goto(reverse("feedback:opinion", args=[assigned.pk]))
    press(leader, reverse("feedback:accept_reply", args=[assignment.replies.get().pk]))
    leader.wait_for_load_state()
    assigned.refresh_from_db()
    assert assigned.state == "replied"

    # One click drafts the notice; the clerk submits, the leader approves, issues and publishes.
    clerk.goto(reverse("notices:meeting_notice", args=[meeting.pk]))
    press(clerk, reverse("notices:draft", args=[meeting.pk]))
    clerk.wait_for_url("**/edit/")
    notice = Notice.objects.get()
    frame = clerk.frame_locator("iframe")
    expect(frame.locator("body")).to_contain_text("Độc lập - Tự do - Hạnh phúc")
    clerk.locator("button[name=then][value=submit]").click()
    clerk.wait_for_url(f"**{reverse('notices:detail', args=[notice.pk])}")
    leader.goto(reverse("notices:detail", args=[notice.pk]))
    press(leader, reverse("notices:approve", args=[notice.pk]))
    leader.wait_for_load_state()
    leader.goto(reverse("notices:issue", args=[notice.pk]))
    send(leader)
    leader.wait_for_url(f"**{reverse('notices:detail', args=[notice.pk])}")
    press(leader, reverse("notices:publish", args=[notice.pk]))
    leader.wait_for_load_state()
    notice.refresh_from_db()
    assert (notice.state, notice.number, notice.days_late) == ("published", 1, 0)

    # A citizen finds it on a phone, downloads the PDF, and the file verifies.
    citizen = open_as(None, PHONE)
    citizen.goto("/")
    citizen.locator(".portal-hero [name=q]").fill("dat dai ve sinh")
    citizen.locator(".portal-hero button").click()
    citizen.locator(".row-list .row-title a").first.click()
    expect(citizen.locator("h1")).to_contain_text("Kết luận")
    pdf = citizen.request.get(reverse("portal:notice_pdf", args=[notice.verification_code])).body()
    path = tmp_path / "thong-bao.pdf"
    path.write_bytes(pdf)
    words = " ".join(page.extract_text() for page in PdfReader(path).pages)
    assert "01/TB-UBND" in words
    assert hashlib.sha256(pdf).hexdigest() == notice.document.sha256
    citizen.goto(reverse("portal:verify"))
    citizen.set_input_files("[name=pdf]", path)
    citizen.locator('form[enctype="multipart/form-data"] button').click()
    expect(citizen.locator(".alert-success")).to_contain_text("01/TB-UBND")
    citizen.goto(reverse("portal:opinion") + f"?ma={assigned.tracking_code}")
    expect(citizen.locator("main")).not_to_contain_text("Nguyễn Văn Dân")

    # With everything published the clerk closes the record.
    clerk.goto(reverse("meetings:close", args=[meeting.pk]))
    send(clerk)
    clerk.wait_for_load_state()
    meeting.refresh_from_db()
    assert meeting.state == "closed"


def test_what_was_typed_survives_an_expired_session(cast, rules, open_as):
    meeting = make_meeting(cast, state="held")
    page = open_as(cast.ward_clerk, DESKTOP)
    page.goto(reverse("feedback:entry", args=[meeting.pk]))
    page.fill("[name=speaker]", "Nguyễn Văn Dân")
    page.fill("[name=text]", "Một ý kiến dài không được phép mất.")
    page.context.clear_cookies()
    page.locator("[name=text]").press("Control+Enter")
    page.wait_for_timeout(1500)
    page.goto(reverse("account_login") + f"?next={reverse('feedback:entry', args=[meeting.pk])}")
    page.fill("[name=login]", "vanthu")
    page.fill("[name=password]", "mat-khau-Thu-2026")
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(f"**{reverse('feedback:entry', args=[meeting.pk])}*")
    expect(page.locator("[name=text]")).to_have_value("Một ý kiến dài không được phép mất.")
    assert not Opinion.objects.exists()
