"""How text is set in an official document, apart from where it stands on the page."""

import re
from datetime import date
from itertools import pairwise

from accounts.text import nfc

NBSP = "\u00a0"
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_BOUND = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(ngày|tháng|năm|quý|số|điều|khoản|điểm|mục|phụ lục|tổ|khu phố|ấp|thôn|phường|quận|đường) (?=\d)",
        r"(?<=\d) (?=(?:ngày|tháng|năm|giờ|phút|tuổi|người|lượt|ý kiến|đại biểu|hộ|đồng|triệu|tỷ|nghìn|m2|m²|km|ha|kg|%)"
        r"(?:\W|$))",
        r"\b(ông|bà|đồng chí) (?=[A-ZĐÀ-Ỹ])",
    )
]


def typeset(text: str) -> str:
    """Composed letters, no invisible controls, and numbers that never part from their words at a line's end."""
    text = _CONTROLS.sub("", nfc(text or "")).replace("\t", " ")
    for number, pattern in enumerate(_BOUND):
        if number == 1:
            text = pattern.sub(NBSP, text)
        else:
            text = pattern.sub(lambda match: match.group(1) + NBSP, text)
    return text


def paragraphs(text: str) -> list[str]:
    """Each line that was typed is a paragraph."""
    return [line.strip() for line in typeset(text).splitlines() if line.strip()]


def vn_number(number: int) -> str:
    """1078 -> "1.078"."""
    return f"{number:,}".replace(",", ".")


def two_digits(number: int) -> str:
    """Numbers of documents below ten carry a leading zero."""
    return f"{number:02d}"


def date_line(place: str, day: date | None) -> str:
    """Nghị định 30/2020/NĐ-CP: the day below 10 and the months 1 and 2 carry a leading zero; blanks in a draft."""
    if day is None:
        return f"{place}, ngày{NBSP * 6}tháng{NBSP * 6}năm{NBSP * 8}".strip(", ")
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{place}, ngày{NBSP}{day.day:02d} tháng{NBSP}{month} năm{NBSP}{day.year}".removeprefix(", ")


def long_date(day: date) -> str:
    """The same, within a sentence."""
    return date_line("", day)


_SUBJECT_LINE = 62
_STARTERS = ("giữa ", "với ", "của ", "về ", "tại ", "ngày ", "và ", "trên ")


def balanced(text: str) -> list[str]:
    """A centred text over lines of about the same length, parted by sense where that costs little.

    No single word hangs below, and a line rather begins with a preposition or after a comma than within a name.
    """
    text = text.strip()
    number = -(-len(text) // _SUBJECT_LINE)
    gaps = [match.start() for match in re.finditer(" ", text)]
    breaks: list[int] = []
    for line in range(1, number):
        goal = len(text) * line / number
        open_gaps = [gap for gap in gaps if not breaks or gap > breaks[-1]]
        if not open_gaps:
            break
        breaks.append(min(open_gaps, key=lambda gap: abs(gap - goal) - _bonus(text, gap)))
    edges = [0, *(gap + 1 for gap in breaks), len(text) + 1]
    return [text[start : end - 1] for start, end in pairwise(edges)]


def _bonus(text: str, gap: int) -> int:
    if text[gap - 1] == ",":
        return 10
    return 7 if text[gap + 1 :].replace(NBSP, " ").lower().startswith(_STARTERS) else 0


_ONE_LINE = 26
_BREAKS = re.compile(r"\s+(?=(?:tỉnh|thành phố|quận|huyện|thị xã|thị trấn|phường|xã|đặc khu)\s)", re.IGNORECASE)


def header_lines(name: str) -> list[str]:
    """A body's name over two lines where they part by sense: ỦY BAN NHÂN DÂN / PHƯỜNG HOA SEN."""
    name = nfc(name).strip()
    lines = [line for line in _BREAKS.split(name) if line]
    return [lines[0], " ".join(lines[1:])] if len(lines) > 1 and len(name) > _ONE_LINE else [name]


def short_body(name: str) -> str:
    """The parent body may be named with the usual abbreviations."""
    return nfc(name).replace("Ủy ban nhân dân", "UBND").replace("Hội đồng nhân dân", "HĐND")


def recipient_lines(text: str, *, full_stop: str = ".") -> list[str]:
    """The list of recipients: one a line, each with its dash and semicolon, the last with its full stop."""
    lines = [line.strip().lstrip("-–•").strip().rstrip(";.,").strip() for line in typeset(text).splitlines()]
    lines = [line for line in lines if line]
    return [f"-{NBSP}{line}{full_stop if index == len(lines) - 1 else ';'}" for index, line in enumerate(lines)]


def signing_lines(authority: str) -> list[str]:
    """ "TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH" stands on two lines."""
    return [line.strip() for line in re.split(r"\s/\s|\n", nfc(authority)) if line.strip()]
