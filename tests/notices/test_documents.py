"""The produced PDFs measured against Nghị định 30/2020/NĐ-CP and Hướng dẫn 05-HD/VPTW, and what they may read."""

import io
import subprocess
import sys
import unicodedata
from datetime import date
from itertools import pairwise
from pathlib import Path

import pdfplumber
import pypdf
import pytest
from django.conf import settings

from accounts.models import Unit
from meetings.models import Field, Meeting
from notices import documents, typeface
from notices.documents import OwnFilesOnly, render_notice, render_notice_html, unprintable
from notices.layout import document_code
from notices.models import Conclusion, Notice, NoticeTask

MM = 72 / 25.4
A4_WIDTH, A4_HEIGHT = 210 * MM, 297 * MM
SENTENCE = (
    "Hội nghị diễn ra nghiêm túc, dân chủ, thẳng thắn; các ý kiến phát biểu tập trung vào những vấn đề Nhân dân quan tâm "
    "trong lĩnh vực đất đai, quy hoạch, hạ tầng đô thị, vệ sinh môi trường và an ninh trật tự trên địa bàn phường."
)
LETTERS = "Ặ Ẵ Ẫ Ẩ Ể Ễ Ệ Ỉ Ị Ỏ Ộ Ỗ Ở Ỡ Ợ Ử Ữ Ự Ỷ Ỹ Ỵ ặ ẵ ẫ ẩ ể ễ ệ ỉ ị ỏ ộ ỗ ở ỡ ợ ử ữ ự ỷ ỹ ỵ Đ đ ơ ư ă"


def _unit(regime: str) -> Unit:
    if regime == "party":
        return Unit(name="Đảng ủy phường Hoa Sen", abbreviation="ĐU", superior=Unit(name="Tỉnh ủy Sông Hồng"))
    superior = Unit(name="Ủy ban nhân dân tỉnh Sông Hồng")
    return Unit(name="Ủy ban nhân dân phường Hoa Sen", abbreviation="UBND", superior=superior)


def make_pdf(regime="state", *, number=5, tasks=4, recipient_count=6, closing_lines=2, conclusions=3, **texts) -> bytes:
    unit = _unit(regime)
    values = {
        "subject": "Kết luận Hội nghị đối thoại định kỳ quý III năm 2026 với Nhân dân phường Hoa Sen",
        "opening": f"Ngày 21 tháng 8 năm 2026, Ủy ban nhân dân phường tổ chức Hội nghị. {LETTERS}",
        "assessment": SENTENCE,
        "closing": "\n".join([SENTENCE] * closing_lines),
        "recipients": "\n".join([*(f"Đơn vị thứ {i} (để thực hiện)" for i in range(1, recipient_count)), "Lưu: VT"]),
        "place": "Hoa Sen",
        "signing_authority": "TM. ỦY BAN NHÂN DÂN" if regime == "state" else "T/M BAN THƯỜNG VỤ",
        "signer_title": "Chủ tịch" if regime == "state" else "Bí thư",
        "signer_name": "Trần Văn Chủ Tịch",
        "verification_code": "ABCD2345WXYZ",
    } | texts
    notice = Notice(unit=unit, regime=regime, meeting=Meeting(), **values)
    if number:
        notice.number, notice.issued_on = number, date(2026, 2, 3)
        notice.document_code = document_code(regime, number, "TB", unit.abbreviation)
    field = Field(name="Đất đai, quy hoạch")
    rows = [
        NoticeTask(
            task=f"Nhiệm vụ {index}: kiểm tra, xử lý tình trạng ngập úng tại hẻm {index} đường Hoa Sen.",
            lead_department="Phòng Kinh tế, Hạ tầng và Đô thị",
            coordinating_departments="Công an phường",
            due_on=date(2026, 9, 8),
        )
        for index in range(1, tasks + 1)
    ]
    parts = [Conclusion(field=field, text=f"{SENTENCE}\n- {SENTENCE}") for _ in range(conclusions)]
    return render_notice(notice, conclusions=parts, tasks=rows)


def opened(pdf: bytes):
    return pdfplumber.open(io.BytesIO(pdf))


def line_with(page, words: str):
    """The first line of a page that holds the words: its place and the sizes and fonts of its letters."""
    for line in page.extract_text_lines(return_chars=True):
        if words in unicodedata.normalize("NFC", line["text"]).replace("\u00a0", " "):
            return line
    raise AssertionError(f"{words!r} is not on page {page.page_number}: {page.extract_text()}")


def chars_of(page, words: str) -> list[dict]:
    """The letters of the words, wherever they stand on the page."""
    text = "".join(c["text"] for c in page.chars).replace("\u00a0", " ")
    start = text.index(words)
    return page.chars[start : start + len(words)]


def size_of(page, words: str) -> float:
    sizes = {round(c["size"], 1) for c in chars_of(page, words)}
    assert len(sizes) == 1
    return sizes.pop()


def font_of(page, words: str) -> str:
    fonts = {c["fontname"].partition("+")[2] for c in chars_of(page, words) if c["text"] != " "}
    assert len(fonts) == 1
    return fonts.pop().removeprefix("Official-Serif").strip("-") or "Regular"


@pytest.fixture(scope="module")
def state():
    with opened(make_pdf("state")) as pdf:
        yield pdf


@pytest.fixture(scope="module")
def party():
    with opened(make_pdf("party")) as pdf:
        yield pdf


@pytest.mark.parametrize(
    ("regime", "top", "right", "bottom", "left"),
    [("state", (20, 25), (15, 20), (20, 25), (30, 35)), ("party", (20, 20), (15, 15), (20, 20), (30, 30))],
)
def test_margins_of_a4(regime, top, right, bottom, left):
    with opened(make_pdf(regime, conclusions=12)) as pdf:
        for page in pdf.pages:
            assert (round(page.width), round(page.height)) == (round(A4_WIDTH), round(A4_HEIGHT))
            body = [c for c in page.chars if top[0] * MM - 4 <= c["top"] and c["size"] > 10 and c["text"].strip()]
            assert min(c["x0"] for c in body) >= left[0] * MM - 0.6
            assert min(c["x0"] for c in body) <= left[1] * MM + 0.6
            assert A4_WIDTH - max(c["x1"] for c in body) >= right[0] * MM - 0.6
            assert A4_WIDTH - max(c["x1"] for c in body) <= right[1] * MM + 0.6
            assert min(c["top"] for c in body) >= top[0] * MM - 1
            assert A4_HEIGHT - max(c["bottom"] for c in body) >= bottom[0] * MM - 1


def test_state_head_sizes_and_styles(state):
    page = state.pages[0]
    expected = {
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM": (12, 13, "Bold"),
        "Độc lập - Tự do - Hạnh phúc": (13, 14, "Bold"),
        "UBND TỈNH SÔNG HỒNG": (12, 13, "Regular"),
        "ỦY BAN NHÂN DÂN": (12, 13, "Bold"),
        "Số: 05/TB-UBND": (13, 13, "Regular"),
        "Hoa Sen, ngày 03 tháng 02 năm 2026": (13, 14, "Italic"),
        "THÔNG BÁO": (13, 14, "Bold"),
        "Kết luận Hội nghị đối thoại": (13, 14, "Bold"),
        "nghiêm túc": (13, 14, "Regular"),
    }
    for words, (least, most, style) in expected.items():
        assert least <= size_of(page, words) <= most, words
        assert font_of(page, words) == style, words


def test_party_head_sizes_and_styles(party):
    page = party.pages[0]
    expected = {
        "ĐẢNG CỘNG SẢN VIỆT NAM": (15, 15, "Bold"),
        "TỈNH ỦY SÔNG HỒNG": (14, 14, "Regular"),
        "ĐẢNG ỦY PHƯỜNG HOA SEN": (14, 14, "Bold"),
        "Số 05-TB/ĐU": (14, 14, "Regular"),
        "Hoa Sen, ngày 03 tháng 02 năm 2026": (14, 14, "Italic"),
        "THÔNG BÁO": (15, 16, "Bold"),
        "Kết luận Hội nghị đối thoại": (14, 15, "Bold"),
        "nghiêm túc": (14, 15, "Regular"),
    }
    for words, (least, most, style) in expected.items():
        assert least <= size_of(page, words) <= most, words
        assert font_of(page, words) == style, words
    assert "CỘNG HÒA" not in page.extract_text()
    assert "\n*\n" in page.crop((0, 0, page.width / 2, page.height / 3)).extract_text()


def _right_half(page, words):
    letters = chars_of(page, words)
    return min(c["x0"] for c in letters), max(c["x1"] for c in letters)


def test_the_names_stand_in_two_columns(state, party):
    for page, right, left in (
        (state.pages[0], "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "ỦY BAN NHÂN DÂN"),
        (party.pages[0], "ĐẢNG CỘNG SẢN VIỆT NAM", "ĐẢNG ỦY PHƯỜNG HOA SEN"),
    ):
        assert _right_half(page, left)[1] < _right_half(page, right)[0]
        assert _right_half(page, right)[1] <= A4_WIDTH - 15 * MM + 0.5


def _rules(page) -> list[dict]:
    return [r for r in [*page.rects, *page.lines] if r["width"] > 20 and r["height"] < 1.5]


def test_the_rules_have_the_right_length(state, party):
    page = state.pages[0]
    rules = sorted((r for r in _rules(page) if r["top"] < 260), key=lambda r: r["top"])
    motto = _right_half(page, "Độc lập - Tự do - Hạnh phúc")
    assert any(abs(r["width"] - (motto[1] - motto[0])) < 2 for r in page.rects)
    issuer = _right_half(page, "PHƯỜNG HOA SEN")
    middle = (issuer[0] + issuer[1]) / 2
    under_issuer = next(r for r in rules if abs((r["x0"] + r["x1"]) / 2 - middle) < 3)
    column = 0.40 * 165 * MM
    assert column / 3 - 3 <= under_issuer["width"] <= column / 2
    under_subject = rules[-1]
    assert abs((under_subject["x0"] + under_subject["x1"]) / 2 - (30 + 165 / 2) * MM) < 2
    page = party.pages[0]
    name = _right_half(page, "ĐẢNG CỘNG SẢN VIỆT NAM")
    assert any(abs(r["width"] - (name[1] - name[0])) < 2 for r in page.rects)
    assert not [r for r in _rules(page) if 160 < r["top"] < 260], "a Party subject has dashes, not a rule"
    assert "-----" in page.extract_text()


def test_the_text_is_justified_indented_and_spaced(state, party):
    for pdf, indents in ((state, (10, 12.7)), (party, (10, 10))):
        page = pdf.pages[0]
        lines = [
            line
            for line in page.extract_text_lines(return_chars=False)
            if line["top"] > 300 and line["x0"] < 80 * MM and line["bottom"] < A4_HEIGHT - 20 * MM
        ]
        full = [line for line in lines if line["x1"] > A4_WIDTH - 16 * MM]
        assert full
        assert all(abs(line["x1"] - (A4_WIDTH - 15 * MM)) < 1.5 for line in full)
        first = min(line["x0"] for line in lines if line["x0"] > 32 * MM)
        assert indents[0] - 0.5 <= first / MM - 30 <= indents[1] + 0.5
    assert 18 <= _pitch(party.pages[0]) <= 22


def _pitch(page) -> float:
    """The distance between two lines of a paragraph of the text."""
    tops = sorted({round(c["top"], 1) for c in page.chars if c["top"] > 300 and round(c["size"]) == 14})
    return min(b - a for a, b in pairwise(tops) if b - a > 1)


def test_page_numbers_begin_on_page_two_in_the_middle_of_the_top_margin():
    for regime, size in (("state", (13, 14)), ("party", (14, 14))):
        with opened(make_pdf(regime, conclusions=9)) as pdf:
            assert len(pdf.pages) >= 3
            assert not [c for c in pdf.pages[0].chars if c["top"] < 18 * MM]
            for page in pdf.pages[1:]:
                [number] = [c for c in page.chars if c["bottom"] < 19 * MM]
                assert number["text"] == str(page.page_number)
                assert size[0] <= round(number["size"], 1) <= size[1]
                assert abs((number["x0"] + number["x1"]) / 2 - (30 + 165 / 2) * MM) < 2
                if regime == "party":
                    assert 9 * MM <= number["top"] <= 11.5 * MM


def test_the_end_mark_of_each_regime(state, party):
    def whole(pdf):
        return "\n".join(page.extract_text() for page in pdf.pages)

    assert "địa bàn phường./." in whole(state)
    assert "./." not in whole(party)
    assert "địa bàn phường.\n" in whole(party)


def test_the_signature_is_on_the_right_and_its_space_is_empty(state, party):
    for pdf, authority, title, style in (
        (state, "TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Bold"),
        (party, "T/M BAN THƯỜNG VỤ", "BÍ THƯ", "Regular"),
    ):
        page = pdf.pages[-1]
        assert font_of(page, authority) == "Bold"
        assert font_of(page, title) == style
        assert font_of(page, "Trần Văn Chủ Tịch") == "Bold"
        name = chars_of(page, "Trần Văn Chủ Tịch")
        above = [c for c in page.chars if c["x0"] > A4_WIDTH / 2 and c["bottom"] < name[0]["top"] - 1]
        assert name[0]["x0"] > A4_WIDTH / 2
        lowest = max(c["bottom"] for c in above)
        assert name[0]["top"] - lowest >= 25 * MM
        space = page.crop((A4_WIDTH / 2, lowest + 1, A4_WIDTH, name[0]["top"] - 1))
        assert not (space.chars or space.images or space.curves or space.rects or space.lines)
    assert font_of(state.pages[-1], "Nơi nhận:") == "Bold-Italic"
    assert size_of(state.pages[-1], "Nơi nhận:") == 12
    assert size_of(state.pages[-1], "(để thực hiện)") == 11
    assert size_of(party.pages[-1], "Nơi nhận") == 14
    assert size_of(party.pages[-1], "(để thực hiện)") == 12


@pytest.mark.parametrize("closing_lines", range(1, 13))
def test_the_signature_never_stands_alone_on_a_page(closing_lines):
    """Whatever the length of the text, some of it stands above the signature."""
    with opened(make_pdf("state", closing_lines=closing_lines, tasks=0, conclusions=2, recipient_count=5)) as pdf:
        page = next(p for p in pdf.pages if "TM. ỦY BAN NHÂN DÂN" in p.extract_text())
        top = chars_of(page, "TM. ỦY BAN NHÂN DÂN")[0]["top"]
        above = {round(c["top"]) for c in page.chars if 20 * MM - 2 < c["top"] < top - 2 and c["size"] > 13.5}
        assert len(above) >= 2
        assert "Trần Văn Chủ Tịch" in page.extract_text()


def test_forty_recipients_go_over_to_the_next_page_and_none_is_lost():
    with opened(make_pdf("state", recipient_count=60)) as pdf:
        text = "\n".join(page.extract_text() for page in pdf.pages)
        for index in range(1, 60):
            assert f"Đơn vị thứ {index} (để thực hiện);" in text.replace("\u00a0", " ")
        assert "Lưu: VT." in text


def test_a_task_table_over_several_pages_repeats_its_head_and_keeps_rows_whole():
    with opened(make_pdf("state", tasks=60)) as pdf:
        pages = [page for page in pdf.pages if "Nhiệm vụ" in page.extract_text()]
        assert len(pages) >= 4
        seen = []
        for page in pages:
            [table] = page.find_tables()
            rows = table.extract()
            assert rows[0][0] == "TT"
            assert [row[0] for row in rows[1:]] == [row[1].split()[2].rstrip(":") for row in rows[1:]]
            assert all(row[4] == "08/09/2026" for row in rows[1:])
            seen += [int(row[0]) for row in rows[1:]]
        assert seen == list(range(1, 61))


def test_a_row_longer_than_a_page_is_printed_whole():
    with opened(make_pdf("state", tasks=1, closing_lines=1, conclusions=1, assessment="X " * 3000)) as pdf:
        text = " ".join(page.extract_text() for page in pdf.pages)
        assert text.count("X") >= 3000


def test_a_long_subject_stays_within_the_margins():
    with opened(make_pdf("state", subject=("Kết luận Hội nghị đối thoại " * 18).strip())) as pdf:
        page = pdf.pages[0]
        assert max(c["x1"] for c in page.chars) <= A4_WIDTH - 15 * MM + 0.6
        assert len(chars_of(page, "THÔNG BÁO")) == 9


def test_one_unbroken_word_does_not_leave_the_page():
    with opened(make_pdf("state", assessment="Ộ" * 400, subject="Ữ" * 200)) as pdf:
        assert max(c["x1"] for page in pdf.pages for c in page.chars) <= A4_WIDTH - 14 * MM


@pytest.mark.parametrize("regime", ["state", "party"])
def test_the_embedded_fonts_are_one_family_with_every_vietnamese_letter(regime):
    fonts = set()
    for page in pypdf.PdfReader(io.BytesIO(make_pdf(regime, assessment=f"{LETTERS} 😀 漢字 ☃"))).pages:
        for font in page["/Resources"]["/Font"].values():
            font = font.get_object()
            descendant = font["/DescendantFonts"][0].get_object()
            assert "/FontFile2" in descendant["/FontDescriptor"].get_object(), "the face is embedded"
            fonts.add(font["/BaseFont"].partition("+")[2])
    family = "Official-Serif"
    assert fonts <= {family, f"{family}-Bold", f"{family}-Italic", f"{family}-Bold-Italic"}
    assert {family, f"{family}-Bold"} <= fonts


def test_letters_arrive_composed_even_when_typed_apart():
    typed = unicodedata.normalize("NFD", f"Đối thoại với Nhân dân {LETTERS}")
    with opened(make_pdf("state", assessment=typed)) as pdf:
        text = "\n".join(page.extract_text() for page in pdf.pages)
    assert text == unicodedata.normalize("NFC", text)
    assert "Đối thoại với Nhân dân" in text


def test_signs_that_the_face_lacks_are_named():
    assert unprintable("Kết luận 😀 漢 bình thường ½") == ["漢", "😀"]


def test_title_and_language_stand_in_the_file():
    reader = pypdf.PdfReader(io.BytesIO(make_pdf("state")))
    assert reader.metadata.title.startswith("Thông báo số 05/TB-UBND: Kết luận Hội nghị")
    assert reader.metadata.author == "Ủy ban nhân dân phường Hoa Sen"
    assert reader.trailer["/Root"]["/Lang"] == "vi"


def test_the_same_content_gives_the_same_bytes_in_every_process():
    script = (
        "import django, hashlib; django.setup();"
        "from tests.notices.test_documents import make_pdf; print(hashlib.sha256(make_pdf()).hexdigest())"
    )
    import hashlib

    run = subprocess.run(
        [sys.executable, "-c", script],
        cwd=settings.BASE_DIR,
        env={
            "DJANGO_SETTINGS_MODULE": "dialogue.settings",
            "SECRET_KEY": "x",
            "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "PATH": "/usr/bin:/bin",
            "PYTHONHASHSEED": "7",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == hashlib.sha256(make_pdf()).hexdigest()


def test_a_draft_is_marked_on_each_page_and_has_no_number_date_or_code():
    with opened(make_pdf("state", number=None, conclusions=9)) as pdf:
        for page in pdf.pages:
            assert page.crop((0, 0, page.width, 20 * MM)).extract_text().count("DỰ THẢO") == 1
        first = pdf.pages[0].extract_text()
        assert "Mã xác minh" not in first
        assert "05/TB" not in first
        assert "/TB-UBND" in first


def test_an_issued_notice_carries_its_verification_code_on_page_one_alone(state):
    assert "Mã xác minh văn bản: ABCD 2345 WXYZ" in state.pages[0].extract_text().replace("\u00a0", " ")
    assert all("Mã xác minh" not in page.extract_text() for page in state.pages[1:])


HOSTILE = [
    '<img src="file:///etc/hostname">',
    '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
    '<img src="data:image/png;base64,iVBORw0KGgo=">',
    "<style>@import url(file:///etc/passwd)</style>",
    "<script>alert(1)</script>",
    "{{ settings.SECRET_KEY }} {% include 'x' %}",
    "</p></div><h1>xin chào</h1>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_people_is_printed_as_typed_and_fetches_nothing(text, monkeypatch):
    asked = []
    fetch = OwnFilesOnly.fetch

    def noting(self, url, headers=None):
        asked.append(url)
        return fetch(self, url, headers)

    monkeypatch.setattr(OwnFilesOnly, "fetch", noting)
    fields = ["subject", "opening", "assessment", "closing", "recipients", "place", "signer_name", "signer_title"]
    for field in fields:
        with opened(make_pdf("state", **{field: text})) as pdf:
            printed = "".join(page.extract_text() for page in pdf.pages)
            assert not [image for page in pdf.pages for image in page.images]
        if field != "signer_title":  # printed in capitals
            assert text[:6] in printed.replace("\u00a0", " "), field
    assert {url for url in asked if not url.startswith("own:font/")} == set()


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "http://127.0.0.1:8000/",
        "https://example.vn/x.css",
        "data:text/css,p{}",
        "ftp://example.vn/x",
        "own:font/../../etc/passwd",
        "own:document/etc/passwd",
    ],
)
def test_the_engine_fetches_nothing_but_its_fonts(url):
    with pytest.raises(ValueError, match="may not fetch"):
        OwnFilesOnly().fetch(url)


def test_the_page_of_the_preview_escapes_what_people_typed():
    notice = Notice(
        meeting=Meeting(), unit=_unit("state"), regime="state", subject="<b>x</b>", opening="<script>alert(1)</script>"
    )
    html = render_notice_html(notice, conclusions=[], tasks=[])
    assert "<script" not in html
    assert "<style" not in html
    assert "style=" not in html
    assert "&lt;script&gt;" in html


def test_without_a_vietnamese_face_it_fails_with_a_sentence(monkeypatch):
    monkeypatch.setattr(typeface, "_candidates", lambda: [Path("/usr/share/fonts/none.ttf")])
    typeface.typeface.cache_clear()
    with pytest.raises(typeface.TypefaceMissing, match="fonts-liberation2"):
        typeface.typeface()
    typeface.typeface.cache_clear()


def test_a_face_of_the_right_name_without_the_letters_is_passed_over(monkeypatch):
    """Liberation Serif 1 has the name and the measures but not the composed Vietnamese letters."""
    real = typeface._read
    monkeypatch.setattr(typeface, "_read", lambda path: (lambda r: r and (*r[:3], r[3] - {ord("ộ")}))(real(path)))
    typeface.typeface.cache_clear()
    with pytest.raises(typeface.TypefaceMissing):
        typeface.typeface()
    typeface.typeface.cache_clear()


def test_measures_of_a_regime_stand_in_one_file():
    """document.css orders the parts; no size of the rules is repeated there."""
    common = Path(settings.BASE_DIR / "static/print/document.css").read_text(encoding="utf-8")
    for name in ("text-size", "subject-size", "number-size", "text-indent", "text-line", "signature-space"):
        assert f"var(--{name})" in common
        for regime in documents.REGIMENS.values():
            sheet = Path(settings.BASE_DIR / "static" / regime.stylesheet).read_text(encoding="utf-8")
            assert sheet.count(f"--{name}:") == 1
