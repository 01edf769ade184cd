"""The document engine: any template of ``notices/print/`` in either regime, as a page or as a PDF.

The layout engine may read the stylesheets of ``static/print/`` and the four font files, and nothing else: not a file,
not an address, not a ``data:`` picture, whatever a text holds.
"""

import re
import threading
from datetime import UTC, datetime, time
from functools import cache

import segno
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import mark_safe
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from accounts.text import nfc
from notices.content import content_of
from notices.layout import REGIMENS, Letterhead, document_code
from notices.models import DocumentType, Notice
from notices.typeface import typeface

COMMON_STYLESHEET = "print/document.css"
SCREEN_STYLESHEET = "print/screen.css"
FACE = "Official Serif"
_FACES = {
    "regular": "font-weight: 400; font-style: normal",
    "bold": "font-weight: 700; font-style: normal",
    "italic": "font-weight: 400; font-style: italic",
    "bold-italic": "font-weight: 700; font-style: italic",
}
_REPLACEMENT = "?"
_lock = threading.Lock()


class OwnFilesOnly(URLFetcher):
    """Answers ``own:font/<style>`` and refuses every other address."""

    def fetch(self, url, headers=None):
        kind, _colon, style = url.partition(":font/")
        if kind != "own" or style not in _FACES:
            raise ValueError(f"A document may not fetch {url[:80]}")
        return URLFetcherResponse(url, typeface().files[style].read_bytes(), {"Content-Type": "font/ttf"})


def _stylesheet(name: str) -> str:
    path = finders.find(name)
    if path is None:
        raise FileNotFoundError(f"The stylesheet {name} is missing.")
    with open(path, encoding="utf-8") as file:
        return file.read()


@cache
def _look(regime: str, stylesheet: str = "") -> tuple[list[CSS], FontConfiguration]:
    """Parsed once a process; renderings take turns on it. ``stylesheet`` is of the type of document alone."""
    fonts = FontConfiguration()
    fetcher = OwnFilesOnly()
    faces = "".join(
        f'@font-face {{ font-family: "{FACE}"; {look}; src: url("own:font/{style}") format("truetype"); }}\n'
        for style, look in _FACES.items()
    )
    sheets = [faces, _stylesheet(REGIMENS[regime].stylesheet), _stylesheet(COMMON_STYLESHEET)]
    if stylesheet:
        sheets.append(_stylesheet(stylesheet))
    return [CSS(string=sheet, font_config=fonts, url_fetcher=fetcher) for sheet in sheets], fonts


def _printable(html: str) -> str:
    """Composed letters, and a question mark for a sign that the face lacks: never a second face."""
    known = typeface().characters
    return "".join(c if ord(c) in known or c in "\n\r\t" else _REPLACEMENT for c in nfc(html))


def unprintable(text: str) -> list[str]:
    """The signs of a text that the document face cannot print, each once."""
    known = typeface().characters
    return sorted({c for c in nfc(text) if ord(c) not in known and not c.isspace() and c.isprintable()})


def page_html(template: str, context: dict, regime: str, *, is_page: bool) -> str:
    """The document as HTML; ``is_page`` links the stylesheets for a browser."""
    sheets = (
        [static(REGIMENS[regime].stylesheet), static(COMMON_STYLESHEET), static(SCREEN_STYLESHEET)] if is_page else []
    )
    return render_to_string(template, {**context, "regime": regime, "stylesheets": sheets})


def render_document(template: str, context: dict, regime: str, *, stylesheet: str = "") -> bytes:
    """The PDF of one document. The same content gives the same bytes, so that its SHA-256 proves it."""
    html = _printable(page_html(template, context, regime, is_page=False))
    with _lock:
        sheets, fonts = _look(regime, stylesheet)
        return HTML(string=html, url_fetcher=OwnFilesOnly(), base_url="own:document/").write_pdf(
            stylesheets=sheets, font_config=fonts, pdf_identifier=b"official-document", pdf_tags=True
        )


def verification_url(code: str) -> str:
    return f"{settings.SITE_URL}{reverse('portal:verify')}?ma={code}"


def _qr(text: str) -> str:
    """The address as a drawing within the page, without styles of its own."""
    drawing = segno.make_qr(text, error="m").svg_inline(border=0, svgclass="qr", lineclass=None, omitsize=True)
    return mark_safe(re.sub(r'\sclass="qrline"', "", drawing))  # made by segno, not typed


def letterhead_of(notice: Notice) -> Letterhead:
    unit = notice.unit
    code = notice.document_code or document_code(
        notice.regime, None, DocumentType.CONCLUSION_NOTICE.value, unit.abbreviation
    )
    is_draft = notice.number is None
    return Letterhead(
        regime=notice.regime,
        issuer=unit.name,
        superior=unit.superior.name if unit.superior else "",
        code=code,
        place=notice.place,
        day=notice.issued_on,
        type_name="Thông báo",
        subject=notice.subject,
        recipients=notice.recipients,
        signing_authority=notice.signing_authority,
        signer_title=notice.signer_title,
        signer_name=notice.signer_name,
        is_draft=is_draft,
        is_demonstration=notice.meeting.is_demonstration,
        verification_code="" if is_draft else notice.verification_code,
        verification_url="" if is_draft else verification_url(notice.verification_code),
    )


def _context(notice: Notice, conclusions, tasks) -> dict:
    head = letterhead_of(notice)
    day = notice.issued_on
    return {
        "head": head,
        "content": content_of(notice, conclusions, tasks),
        "created_at": datetime.combine(day, time(), UTC).isoformat() if day else "",
        "qr": _qr(head.verification_url) if head.verification_url else "",
    }


def _parts(notice: Notice, conclusions, tasks):
    if conclusions is None:
        conclusions = list(notice.conclusions.select_related("field"))
    if tasks is None:
        tasks = list(notice.tasks.all())
    return conclusions, tasks


def render_notice(notice: Notice, *, conclusions=None, tasks=None) -> bytes:
    """The notice's PDF as it stands; marked as a draft until it has a number."""
    context = _context(notice, *_parts(notice, conclusions, tasks))
    return render_document("notices/print/conclusion_notice.html", context, notice.regime)


def render_notice_html(notice: Notice, *, conclusions=None, tasks=None) -> str:
    """The same document as a page, for the preview beside the draft."""
    context = _context(notice, *_parts(notice, conclusions, tasks))
    return page_html("notices/print/conclusion_notice.html", context, notice.regime, is_page=True)
