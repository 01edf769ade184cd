"""What a conclusion notice says, in the order in which it says it."""

from collections.abc import Iterable
from dataclasses import dataclass

from notices import typography as typo
from notices.layout import with_end_mark
from notices.models import Conclusion, Notice, NoticeTask

_ROMAN = ("I", "II", "III", "IV", "V")


@dataclass(frozen=True)
class Group:
    title: str
    paragraphs: list[str]


@dataclass(frozen=True)
class Row:
    position: int
    task: list[str]
    lead: str
    coordinating: str
    due: str


@dataclass(frozen=True)
class Section:
    """A numbered part: paragraphs, or groups of them, or the table of tasks."""

    number: str
    title: str
    paragraphs: list[str]
    groups: list[Group]
    rows: list[Row]


@dataclass(frozen=True)
class Content:
    opening: list[str]
    sections: list[Section]


def _groups(conclusions: Iterable[Conclusion]) -> list[Group]:
    groups = []
    for number, conclusion in enumerate(conclusions, start=1):
        field = conclusion.field
        title = f"{number}. Lĩnh vực {field.name[:1].lower() + field.name[1:]}" if field else f"{number}. Nội dung khác"
        groups.append(Group(typo.typeset(title), typo.paragraphs(conclusion.text)))
    return groups


def _rows(tasks: Iterable[NoticeTask]) -> list[Row]:
    return [
        Row(
            position=number,
            task=typo.paragraphs(task.task),
            lead=typo.typeset(task.lead_department),
            coordinating=typo.typeset(task.coordinating_departments),
            due=f"{task.due_on:%d/%m/%Y}" if task.due_on else "Thường xuyên",
        )
        for number, task in enumerate(tasks, start=1)
    ]


def content_of(notice: Notice, conclusions: Iterable[Conclusion], tasks: Iterable[NoticeTask]) -> Content:
    parts = [
        ("Đánh giá chung", typo.paragraphs(notice.assessment), [], []),
        ("Kết luận về các nhóm ý kiến, kiến nghị", [], _groups(conclusions), []),
        ("Giao nhiệm vụ", [], [], _rows(tasks)),
        ("Tổ chức thực hiện", with_end_mark(notice.regime, typo.paragraphs(notice.closing)), [], []),
    ]
    said = [part for part in parts if any(part[1:])]
    sections = [Section(_ROMAN[index], *part) for index, part in enumerate(said)]
    return Content(opening=typo.paragraphs(notice.opening), sections=sections)
