"""Returns from a table: CSV as Excel writes it, one line a row, with the words people use in it."""

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Level, Locality, User
from accounts.text import fold, nfc
from deadlines.models import MeetingType
from reports.checks import Entry
from reports.models import Bound
from reports.places import NotOne, find_locality
from reports.policies import may_enter_for
from reports.services import reasons_against

MAX_SIZE = 1_000_000
MAX_LINES = 2_000
COLUMNS = {
    "locality": "Địa phương",
    "province": "Tỉnh, thành phố",
    "from": "Từ ngày",
    "to": "Đến ngày",
    "approximate": "Kỳ gần đúng",
    "source": "Nguồn",
    "kind": "Loại dòng",
    "level": "Cấp",
    "meeting_type": "Loại hình",
    "label": "Diễn giải",
    "meetings": "Số hội nghị",
    "attendances": "Lượt người dự",
    "speeches": "Lượt phát biểu",
    "opinions": "Số ý kiến",
    "answered": "Được trả lời",
}
TOTAL, ROW, OF_WHICH, FIELD = "tong", "dong", "trong do", "linh vuc"
LEVELS = {"tinh": Level.PROVINCE, "huyen": Level.DISTRICT, "quan": Level.DISTRICT, "xa": Level.COMMUNE}
LEVELS |= {"phuong": Level.COMMUNE, "co so": Level.COMMUNE} | {level: level for level in Level.values}
TYPES = {
    "dinh ky": MeetingType.PERIODIC,
    "dot xuat": MeetingType.AD_HOC,
    "chuyen de": MeetingType.THEMATIC,
    "ngay thu bay lang nghe dan noi": MeetingType.LISTENING_SATURDAY,
    "tiep xuc cu tri": MeetingType.VOTER_CONTACT,
    "lam viec voi mttq va cac doan the": MeetingType.WORKING_SESSION,
    "nganh": MeetingType.SECTOR,
    "tiep cong dan": MeetingType.CITIZEN_RECEPTION,
} | {kind: kind for kind in MeetingType.values}
BOUNDS = {"hon": Bound.AT_LEAST, "tren": Bound.AT_LEAST, "gan": Bound.NEARLY}
_NUMBER = re.compile(r"^(?:(hon|tren|gan)\s+)?(\d{1,9}|\d{1,3}(?:\.\d{3}){1,2})$")

TEMPLATE_LINES = [
    ["Quận Ví Dụ", "Thành phố Ví Dụ", "01/01/2017", "31/12/2021", "", "Báo cáo 5 năm", "Tổng", "", "", "",
     "100", "hơn 2.700", "", "354", ""],
    ["Quận Ví Dụ", "Thành phố Ví Dụ", "01/01/2017", "31/12/2021", "", "Báo cáo 5 năm", "Dòng", "Huyện", "Định kỳ",
     "Quận tổ chức", "10", "1.700", "", "224", "224"],
    ["Quận Ví Dụ", "Thành phố Ví Dụ", "01/01/2017", "31/12/2021", "", "Báo cáo 5 năm", "Dòng", "Xã", "Định kỳ",
     "Phường tổ chức", "90", "hơn 1.000", "", "130", "128"],
    ["Quận Ví Dụ", "Thành phố Ví Dụ", "01/01/2017", "31/12/2021", "", "Báo cáo 5 năm", "Lĩnh vực", "", "", "Kinh tế",
     "", "", "", "300", ""],
    ["Quận Ví Dụ", "Thành phố Ví Dụ", "01/01/2017", "31/12/2021", "", "Báo cáo 5 năm", "Lĩnh vực", "", "",
     "Các vấn đề khác", "", "", "", "54", ""],
]  # fmt: skip


@dataclass
class Draft:
    """One return read from the table, with what speaks against it."""

    entry: Entry
    problems: list[str] = field(default_factory=list)


@dataclass
class Reading:
    """What was read from the table."""

    drafts: list[Draft] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def is_fine(self) -> bool:
        return bool(self.drafts) and not self.problems and not any(draft.problems for draft in self.drafts)


def template() -> str:
    """A table to fill in. The mark in front makes Excel read it as Unicode."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS.values())
    writer.writerows(TEMPLATE_LINES)
    return "\ufeff" + out.getvalue()


def decode(content: bytes) -> str:
    """The text of an uploaded table; refused with a sentence when it isn't one."""
    if len(content) > MAX_SIZE:
        raise ValueError(_("The file is larger than 1 MB."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(_("The file is not a CSV table in UTF-8: in Excel choose “CSV UTF-8”.")) from error
    if "\x00" in text:
        raise ValueError(_("The file is not a CSV table in UTF-8: in Excel choose “CSV UTF-8”."))
    return text


def read(text: str, *, actor: User) -> Reading:
    """Reads the table; every problem names its line."""
    reading = Reading()
    text = nfc(text.lstrip("\ufeff"))
    first_line = text.partition("\n")[0]
    delimiter = max(";,\t", key=first_line.count)
    try:
        lines = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        reading.problems.append(_("The file is not a CSV table in UTF-8: in Excel choose “CSV UTF-8”."))
        return reading
    headings = [fold(cell) for cell in lines[0]] if lines else []
    wanted = {name: fold(heading) for name, heading in COLUMNS.items()}
    missing = [COLUMNS[name] for name, heading in wanted.items() if heading not in headings]
    if missing:
        reading.problems.append(_("The first line lacks these headings: %(names)s.") % {"names": ", ".join(missing)})
        return reading
    if len(lines) > MAX_LINES:
        reading.problems.append(_("The table has more than 2.000 lines; split it."))
        return reading
    places = {name: headings.index(heading) for name, heading in wanted.items()}
    groups: dict[tuple, list[tuple[int, dict]]] = {}
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        line = {name: cells[at].strip() if at < len(cells) else "" for name, at in places.items()}
        key = tuple(line[name] for name in ("locality", "province", "from", "to", "source"))
        groups.setdefault(key, []).append((number, line))
    localities: dict[tuple[str, str], Locality | str] = {}
    for members in groups.values():
        reading.drafts.append(_draft(members, localities, actor))
    if not reading.drafts:
        reading.problems.append(_("The table has no lines."))
    return reading


def _locality(line: dict, known: dict) -> Locality | str:
    key = (line["locality"], line["province"])
    if key not in known:
        try:
            known[key] = find_locality(line["locality"], province=line["province"])
        except NotOne as error:
            known[key] = str(error)
    return known[key]


def _draft(members: list[tuple[int, dict]], localities: dict, actor: User) -> Draft:
    number, head = members[0]
    found: list[str] = []

    def at(line_number: int, sentence: str) -> None:
        found.append(_("Line %(line)s: %(sentence)s") % {"line": line_number, "sentence": sentence})

    locality = _locality(head, localities)
    if isinstance(locality, str):
        at(number, locality)
        locality = None
    elif not (allowed := may_enter_for(actor, locality)):
        at(number, str(allowed.reason))
    values = {
        "locality": locality,
        "period_from": _day(head["from"]),
        "period_to": _day(head["to"]),
        "is_period_approximate": fold(head["approximate"]) in {"x", "co", "1"},
        "source": head["source"][:300],
    }
    for name in ("period_from", "period_to"):
        if values[name] is None:
            at(number, _("the day is missing or impossible; write it as 31/12/2021."))
    if not head["source"]:
        at(number, _("the source is missing."))
    rows, fields = [], []
    for line_number, line in members:
        _read_line(line, values, rows, fields, lambda sentence, n=line_number: at(n, sentence))
    entry = Entry(values, rows, fields)
    if not found:
        found = reasons_against(entry)
    return Draft(entry, found)


def _read_line(line: dict, values: dict, rows: list, fields: list, complain) -> None:
    numbers = {}
    for name in ("meetings", "attendances", "speeches", "opinions", "answered"):
        if not line[name]:
            continue
        match = _NUMBER.match(fold(line[name]))
        if match is None:
            complain(_("“%(text)s” is not a number.") % {"text": line[name][:40]})
            continue
        numbers[name] = int(match[2].replace(".", ""))
        if match[1] and name in {"attendances", "opinions"}:
            numbers[f"{name}_bound"] = BOUNDS[match[1]]
    kind = fold(line["kind"])
    if kind == TOTAL:
        values.update(numbers)
    elif kind in {ROW, OF_WHICH}:
        level, meeting_type = fold(line["level"]), fold(line["meeting_type"])
        if level and level not in LEVELS:
            complain(_("“%(text)s” is not a level.") % {"text": line["level"][:40]})
        if meeting_type and meeting_type not in TYPES:
            complain(_("“%(text)s” is not a type of meeting.") % {"text": line["meeting_type"][:40]})
        rows.append(
            {
                "level": LEVELS.get(level, ""),
                "meeting_type": TYPES.get(meeting_type, ""),
                "label": line["label"][:200],
                "is_part_of_total": kind == ROW,
                **numbers,
            }
        )
    elif kind == FIELD:
        if not line["label"] or "opinions" not in numbers:
            complain(_("a field needs its name and its number of opinions."))
        else:
            fields.append({"field_name": line["label"][:120], "opinions": numbers["opinions"]})
    else:
        complain(_("the kind of line is “Tổng”, “Dòng”, “Trong đó” or “Lĩnh vực”."))


def _day(text: str) -> date | None:
    match = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text) or re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text)
    if match is None:
        return None
    parts = [int(part) for part in match.groups()]
    year, month, day = parts if parts[0] > 31 else reversed(parts)
    try:
        return date(year, month, day)
    except ValueError:
        return None
