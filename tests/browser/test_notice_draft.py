"""The draft of a notice beside its preview: rows that grow, text that shows at once, nothing overwritten."""

from django.urls import reverse

from notices.models import Notice
from notices.services import save_draft
from tests.notices.factories import make_notice

SAVE = ".sticky-actions button.btn-primary"


def _edit(page, notice):
    page.goto(reverse("notices:edit", args=[notice.pk]))
    return page.frame_locator("iframe.document-frame")


def test_the_preview_follows_the_typing_and_rows_grow(transactional_db, cast, open_as):
    notice = make_notice(cast)
    page = open_as(cast.ward_clerk)
    document = _edit(page, notice)
    page.fill("#id_assessment", "Đánh giá gõ trực tiếp")
    document.get_by_text("Đánh giá gõ trực tiếp").wait_for()
    rows = page.locator("[data-rows=tasks] fieldset.draft-row")
    before = rows.count()
    page.click("[data-add-row=tasks]")
    assert rows.count() == before + 1
    page.keyboard.type("Sửa đường Hoa Sen")
    document.get_by_text("Sửa đường Hoa Sen").wait_for()
    rows.last.locator("input[name$=lead_department]").fill("Phòng Kinh tế")
    page.click(SAVE)
    page.locator(".alert-success").wait_for()
    assert Notice.objects.get().tasks.get().task == "Sửa đường Hoa Sen"


def test_a_draft_kept_in_the_browser_never_overwrites_what_another_saved(transactional_db, cast, open_as):
    notice = make_notice(cast)
    page = open_as(cast.ward_clerk)
    document = _edit(page, notice)
    page.fill("#id_assessment", "Văn thư gõ dở")
    document.get_by_text("Văn thư gõ dở").wait_for()
    save_draft(notice, actor=cast.ward_leader, version=notice.version, assessment="Lãnh đạo đã lưu")
    _edit(page, notice)
    page.locator(".kept-note").wait_for()
    assert page.input_value("#id_assessment") == "Văn thư gõ dở"
    page.click(SAVE)
    page.locator(".stale").wait_for()
    assert "Lãnh đạo đã lưu" in page.inner_text(".stale")
    assert Notice.objects.get().assessment == "Lãnh đạo đã lưu"
    page.click(SAVE)
    page.locator(".alert-success").wait_for()
    assert Notice.objects.get().assessment == "Văn thư gõ dở"
