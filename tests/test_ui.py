"""The pieces every page is put together from, and the promise that no template breaks the content security policy."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import django_filters
import pytest
import time_machine
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation
from django.views.defaults import bad_request, page_not_found, permission_denied, server_error

from accounts import charts
from accounts.components import words
from accounts.context_processors import Acting
from accounts.models import Unit, UnitKind
from deadlines.models import CalendarYear

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
LETTERS_AND_SHEETS = ("/print/", "/email/")  # never sent to a browser as a page


def render(text, path="/meetings/?q=an", **context):
    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    template = Template("{% load ui deadlines %}" + text)
    return template.render(Context({"request": request, "acting": Acting(), **context}))


def flat(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


# --- what the policy forbids --------------------------------------------------------------------------------------


def _sent_to_browsers(path: Path) -> bool:
    return not any(part in path.as_posix() for part in LETTERS_AND_SHEETS)


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: path.relative_to(settings.BASE_DIR / "templates").as_posix()
)
def test_a_template_has_no_inline_style_script_or_handler(path):
    if not _sent_to_browsers(path):
        return
    text = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", path.read_text(), flags=re.S)
    tags = re.findall(r"<[a-zA-Z][^>]*>", re.sub(r"\{[{%].*?[%}]\}", "x", text, flags=re.S))
    assert not [tag for tag in tags if re.search(r"\sstyle\s*=", tag)], "inline style"
    assert not [tag for tag in tags if re.search(r"\son[a-z]+\s*=", tag)], "inline handler"
    assert not [tag for tag in tags if re.search(r"\shx-on", tag)], "inline htmx handler"
    assert not [tag for tag in tags if re.search(r"(href|src|action)\s*=\s*[\"']?\s*javascript:", tag, re.I)]
    assert "<style" not in text, "inline style sheet"
    scripts = re.findall(r"<script\b([^>]*)>(.*?)</script>", text, flags=re.S)
    assert not [body for attributes, body in scripts if "src=" not in attributes or body.strip()], "inline script"


def test_no_template_is_loaded_from_elsewhere():
    for path in TEMPLATES:
        loads = re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)\s*=\s*[\"']?(?:https?:)?//", path.read_text())
        assert not loads, path


def test_style_sheets_ask_no_other_server():
    for path in (settings.BASE_DIR / "static").rglob("*.css"):
        assert not re.search(r"url\(\s*[\"']?(?:https?:)?//", path.read_text()), path


# --- numbers and dates ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1078, "1.078"), (98095, "98.095"), (0, "0"), (None, "—"), ("", "—"), (2.5, "2,5"), (Decimal("3.0"), "3")],
)
def test_a_number_is_written_the_vietnamese_way(value, shown):
    assert words.vn_number(value) == shown


def test_a_number_is_written_the_english_way_in_english():
    with translation.override("en"):
        assert words.vn_number(98095) == "98,095"


def test_a_share_is_written_as_percent_without_idle_zeros():
    assert [words.vn_percent(v) for v in (0.934, 1, 0, None, 0.1)] == ["93,4%", "100%", "0%", "—", "10%"]


def test_a_change_carries_its_sign():
    assert [words.vn_change(v) for v in (12, -1200, 0, None, "như cũ")] == ["+12", "−1.200", "±0", "", "như cũ"]


def test_a_year_in_a_template_is_not_grouped():
    assert Template("{{ year }}").render(Context({"year": 2026})) == "2026"


class _Day(forms.Form):
    day = forms.DateField()


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("03/04/2026", dt.date(2026, 4, 3)),
        ("25/12/2026", dt.date(2026, 12, 25)),
        ("5/1/2026", dt.date(2026, 1, 5)),
        ("05-01-2026", dt.date(2026, 1, 5)),
        ("2026-01-05", dt.date(2026, 1, 5)),
    ],
)
def test_a_date_is_read_day_first(language, typed, meant):
    with translation.override(language):
        form = _Day({"day": typed})
        assert form.is_valid()
        assert form.cleaned_data["day"] == meant


@pytest.mark.parametrize("typed", ["30/02/2026", "12/25/2026", "hôm nay"])
def test_an_impossible_date_is_refused_and_kept_in_the_field(typed):
    form = _Day({"day": typed})
    assert not form.is_valid()
    assert f'value="{typed}"' in str(form["day"])


def test_a_date_field_says_how_to_type_it():
    html = str(_Day({"day": "03/04/2026"})["day"])
    assert 'placeholder="dd/mm/yyyy"' in html
    assert 'value="03/04/2026"' in html


def test_a_saved_date_comes_back_day_first():
    assert 'value="03/04/2026"' in str(_Day(initial={"day": dt.date(2026, 4, 3)})["day"])


# --- badges ---------------------------------------------------------------------------------------------------------


def test_a_state_is_a_word_beside_its_colour():
    obj = SimpleNamespace(get_state_display=lambda: "Chờ duyệt", state_tone="warning")
    html = words.state_badge(obj)
    assert "state-warning" in html
    assert "Chờ duyệt" in html


def test_an_unknown_tone_is_neutral_and_a_label_is_escaped():
    assert words.tone_badge("<b>", "pink") == '<span class="state state-neutral">&lt;b&gt;</span>'


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("due_on", "done_on", "tone", "words"),
    [
        (dt.date(2026, 9, 11), None, "neutral", "còn 4 ngày làm việc · 11/09/2026"),
        (dt.date(2026, 9, 10), None, "warning", "còn 3 ngày làm việc · 10/09/2026"),
        (dt.date(2026, 9, 7), None, "warning", "đến hạn hôm nay · 07/09/2026"),
        (dt.date(2026, 9, 4), None, "danger", "quá hạn 1 ngày làm việc · 04/09/2026"),
        (dt.date(2026, 9, 4), dt.date(2026, 9, 4), "success", "hoàn thành đúng hạn · 04/09/2026"),
        (dt.date(2026, 9, 4), dt.date(2026, 9, 8), "late-done", "hoàn thành chậm 2 ngày làm việc · 04/09/2026"),
    ],
)
def test_a_deadline_says_in_words_how_it_stands(due_on, done_on, tone, words):
    CalendarYear.objects.create(year=2026)
    with time_machine.travel(dt.datetime(2026, 9, 7, 3, tzinfo=dt.UTC), tick=False):
        html = render("{% deadline_badge due_on done_on %}", due_on=due_on, done_on=done_on)
    assert f"deadline-{tone}" in html
    assert flat(html) == words


@pytest.mark.django_db
def test_a_deadline_in_a_year_that_nobody_has_confirmed_is_provisional():
    CalendarYear.objects.create(year=2026)
    with time_machine.travel(dt.datetime(2026, 12, 30, 3, tzinfo=dt.UTC), tick=False):
        assert "tạm tính" not in render("{% deadline_badge due_on %}", due_on=dt.date(2026, 12, 31))
        assert "tạm tính" in render("{% deadline_badge due_on %}", due_on=dt.date(2027, 1, 4))


@pytest.mark.django_db
def test_a_deadline_leads_to_its_working_out():
    html = render("{% deadline_badge due_on None '/how/' %}", due_on=dt.date(2026, 9, 4))
    assert 'href="/how/"' in html


def test_no_deadline_is_said_in_words():
    assert flat(render("{% deadline_badge None %}")) == "không có hạn"


def test_a_person_without_a_name_is_a_dash():
    assert render("{% person '' %}") == "—"
    assert flat(render("{% person 'Nguyễn Văn An' 'Chủ tịch' %}")) == "VA Nguyễn Văn An Chủ tịch"


# --- lists ----------------------------------------------------------------------------------------------------------


def test_pages_keep_the_filters_of_the_address():
    page = Paginator(range(1078), 20).page(3)
    html = render("{% pagination page %}", path="/meetings/?q=an&kind=a&kind=b&page=3", page=page)
    assert 'href="?q=an&amp;kind=a&amp;kind=b&amp;page=4"' in html
    assert 'aria-current="page"' in html
    assert "Hiển thị 41–60 trong 1.078" in flat(html)


def test_a_single_page_has_no_links_but_its_count():
    html = render("{% pagination page %}", page=Paginator(range(3), 20).page(1))
    assert "<nav" not in html
    assert "Hiển thị 1–3 trong 3" in flat(html)


class _Units(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Tên", field_name="name")
    kind = django_filters.ChoiceFilter(label="Loại", choices=UnitKind)
    day = django_filters.DateFromToRangeFilter(label="Ngày", field_name="dissolved_on")

    class Meta:
        model = Unit
        fields: list[str] = []


def _chips(path):
    request = RequestFactory().get(path)
    filterset = _Units(request.GET, queryset=Unit.objects.none())
    return render("{% filter_bar filterset %}{% filter_chips filterset %}", path=path, filterset=filterset)


def test_a_filter_in_force_is_a_chip_that_takes_only_itself_away():
    html = _chips("/units/?q=hoa&kind=department&day_after=01/02/2026&page=4&view=month")
    assert f"Loại: {UnitKind.DEPARTMENT.label}" in flat(html)
    assert 'href="?q=hoa&amp;day_after=01%2F02%2F2026&amp;view=month"' in html
    assert "Ngày: từ 01/02/2026" in flat(html)
    assert '<input type="hidden" name="view" value="month">' in html


def test_a_list_without_filters_shows_no_chips():
    assert "filter-chip" not in _chips("/units/?q=")


def test_what_was_typed_into_a_filter_is_escaped():
    assert "<script>" not in _chips("/units/?q=<script>alert(1)</script>")


def test_an_empty_list_says_the_next_step():
    html = render("{% empty_state 'Chưa có hội nghị' 'Lập kế hoạch trước.' '/new/' 'Lập kế hoạch' %}")
    assert 'href="/new/"' in html
    assert "Chưa có hội nghị" in html


def test_a_figure_leads_to_its_rows():
    html = render("{% figure_card 'Hội nghị' 1078 '/rows/' 12 'cuộc' %}")
    assert 'href="/rows/"' in html
    assert "1.078" in html
    assert "+12" in html


def test_history_names_the_time_and_the_person():
    at = dt.datetime(2026, 9, 7, 3, tzinfo=dt.UTC)
    events = [SimpleNamespace(at=at, actor=None, sentence="Nhắc hạn")]
    assert flat(render("{% history events %}", events=events)) == "Nhắc hạn 10:00 07/09/2026 · Hệ thống"


def test_a_cycle_says_what_blocks_its_next_step():
    steps = [
        ("Kế hoạch", dt.date(2026, 9, 1), "done"),
        ("Kết luận", "", "blocked", "Còn 4 ý kiến"),
        ("Đóng", "", "todo"),
    ]
    html = render("{% stepper steps %}", steps=steps)
    assert html.count('aria-current="step"') == 1
    assert "Còn 4 ý kiến" in html
    assert "01/09/2026" in html


def test_a_week_marks_today():
    days = [
        {"date": dt.date(2026, 9, 7), "items": [{"label": "Hội nghị", "url": "/m/"}]},
        {"date": dt.date(2026, 9, 8)},
    ]
    html = render("{% week_strip days today %}", days=days, today=dt.date(2026, 9, 7))
    assert html.count('aria-current="date"') == 1
    assert 'href="/m/"' in html


# --- forms ----------------------------------------------------------------------------------------------------------


class _Meeting(forms.Form):
    title = forms.CharField(label="Tên")
    kind = forms.ChoiceField(label="Loại", choices=[("a", "Định kỳ"), ("b", "Chuyên đề")])
    level = forms.ChoiceField(label="Cấp", widget=forms.RadioSelect, choices=[("1", "Tỉnh")])


def test_each_error_leads_to_its_field():
    html = render("{% form_errors form %}", form=_Meeting({"kind": "a"}))
    assert 'href="#id_title"' in html
    assert 'href="#div_id_level"' in html
    assert 'role="alert"' in html


def test_a_fresh_form_has_no_errors_to_show():
    assert flat(render("{% form_errors form %}", form=_Meeting())) == ""


def test_a_stale_form_shows_what_was_typed_beside_what_is_saved():
    form = _Meeting({"title": "Của tôi", "kind": "b", "level": "1"})
    html = flat(
        render("{% stale form saved %}", form=form, saved={"title": "Của người khác", "kind": "a", "level": "1"})
    )
    assert "Của tôi Của người khác" in html
    assert "Chuyên đề Định kỳ" in html
    assert "Cấp" not in html


# --- charts ---------------------------------------------------------------------------------------------------------


def test_bars_are_their_own_table():
    html = render(
        "{% bar_chart rows 'Theo lĩnh vực' %}", rows=[("Đất đai", 400, "/a/"), ("Khác", 100), ("Chưa có", None)]
    )
    assert 'width="25.00"' in html
    assert 'href="/a/"' in html
    assert flat(html).endswith("Đất đai 400 Khác 100 Chưa có —")


def test_a_line_is_interrupted_where_a_figure_is_missing():
    series = [("2026", [1, 2, None, 4])]
    html = render("{% line_chart labels series 'Ý kiến' %}", labels=["T1", "T2", "T3", "T4"], series=series)
    assert html.count("<polyline") == 2
    assert html.count("<circle") == 3
    assert "<title" in html
    assert "<desc" in html


def test_drawings_use_points_not_commas_in_coordinates():
    series = [("Đúng hạn", [3, 4]), ("Chậm", [1, 0])]
    html = render("{% column_chart labels series %}", labels=["T1", "T2"], series=series)
    assert not re.search(r'(?:x|y|width|height)="\d+,\d', html)
    assert html.count('<rect class="series-1"') >= 2


def test_stacked_bars_show_every_part_in_numbers():
    html = render("{% stacked_bar rows names %}", rows=[("Phường Hoa Sen", [30, 5], "/a/")], names=["Đúng hạn", "Chậm"])
    assert flat(html).endswith("Phường Hoa Sen 30 5 35")


@pytest.mark.parametrize(("value", "top"), [(0, 1), (13, 20), (61, 80), (100, 100), (0.4, 0.4), (6100, 8000)])
def test_an_axis_ends_on_a_round_number(value, top):
    assert charts.nice_top(value) == pytest.approx(top)


# --- pages ----------------------------------------------------------------------------------------------------------


def _request(path="/x/"):
    request = RequestFactory().get(path)
    request.user = AnonymousUser()
    request.LANGUAGE_CODE = "vi"
    return request


def test_a_refusal_is_the_sentence_the_policy_gave():
    response = permission_denied(_request(), PermissionDenied("Chỉ lãnh đạo phê duyệt được thông báo."))
    assert response.status_code == 403
    assert "Chỉ lãnh đạo phê duyệt được thông báo." in response.content.decode()


def test_error_pages_say_what_to_do_next():
    assert "Không tìm thấy trang" in page_not_found(_request(), Exception()).content.decode()
    assert "Hệ thống gặp sự cố" in server_error(_request()).content.decode()
    assert "Yêu cầu không hợp lệ" in bad_request(_request(), Exception()).content.decode()


ACCOUNT_PAGES = ["account_login", "account_reset_password", "account_reset_password_done", "account_signup"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ACCOUNT_PAGES)
def test_the_doors_speak_vietnamese(client, name):
    html = client.get(reverse(name)).content.decode()
    assert '<html lang="vi">' in html
    assert not re.search(r"Sign In|Password|Forgot|Remember", html)


@pytest.mark.django_db
def test_the_browsers_language_does_not_decide(client):
    html = client.get(reverse("account_login"), headers={"accept-language": "en-US,en"}).content.decode()
    assert '<html lang="vi">' in html


@pytest.mark.django_db
def test_english_is_one_click_away(client):
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    html = client.get(reverse("account_login")).content.decode()
    assert '<html lang="en">' in html
    assert "Sign in" in html


def test_a_signed_in_person_finds_the_way_out_and_the_second_step(signed_in):
    client = signed_in("ward_clerk")
    html = client.get(reverse("account_change_password")).content.decode()
    assert reverse("account_logout") in html
    assert reverse("mfa_index") in html
    assert client.get(reverse("mfa_index")).status_code == 200
    assert client.get(reverse("account_logout")).status_code == 200


def test_the_clerk_with_two_roles_can_choose_between_them(signed_in):
    html = signed_in("ward_clerk").get(reverse("account_change_password")).content.decode()
    assert "Đảng ủy phường Hoa Sen" in html
    assert "Ủy ban nhân dân phường Hoa Sen" in html


def test_the_letter_about_a_new_password_is_vietnamese(cast, client, mailoutbox):
    client.post(reverse("account_reset_password"), {"email": cast.ward_clerk.email})
    letter = mailoutbox[0]
    assert "Đặt mật khẩu mới" in letter.subject
    assert cast.ward_clerk.full_name in letter.body
    assert "/accounts/password/reset/key/" in letter.body
    assert "&" not in letter.body


def test_a_wrong_password_is_said_on_the_form(cast, client):
    response = client.post(reverse("account_login"), {"login": "vanthu", "password": "sai"})
    html = response.content.decode()
    assert "form-errors" in html
    assert "không đúng" in html
