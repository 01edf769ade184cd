"""The pilot of Đồng Xoài in 2023 as eleven full meetings.

The article gives the sums (5 in Phường Tân Phú, 6 in Xã Tiến Hưng, nearly 750 attendances, 106 opinions in six fields); the
days, the rows and the words are made up so that they add up to those sums.
"""

import random
from datetime import date

from accounts.models import Unit, UnitKind
from deadlines.models import MeetingType
from dialogue.demonstration.people import REFORM, Ward, make_ward, place, residential_areas, unit
from dialogue.demonstration.story import Story

TERM = "2020-2025"
DEPARTMENTS = {
    "Công an": "CA",
    "Địa chính - Xây dựng - Đô thị và Môi trường": "ĐCXD",
    "Văn phòng - Thống kê": "VP",
}
IN_CHARGE = {
    "An ninh trật tự": "Công an",
    "An toàn giao thông": "Công an",
    "Đất đai": "Địa chính - Xây dựng - Đô thị và Môi trường",
    "Quản lý xây dựng": "Địa chính - Xây dựng - Đô thị và Môi trường",
    "Vệ sinh môi trường": "Địa chính - Xây dựng - Đô thị và Môi trường",
    "Bồi thường - giải phóng mặt bằng": "Văn phòng - Thống kê",
}
FIELDS = list(IN_CHARGE)
# (day, a Saturday; attendances; opinions)
TIEN_HUNG = [
    (date(2023, 3, 25), 72, 11),
    (date(2023, 4, 22), 65, 9),
    (date(2023, 5, 20), 70, 10),
    (date(2023, 6, 24), 64, 9),
    (date(2023, 7, 22), 68, 10),
    (date(2023, 9, 23), 71, 10),
]
TAN_PHU = [
    (date(2023, 4, 15), 70, 10),
    (date(2023, 5, 13), 66, 9),
    (date(2023, 6, 17), 68, 9),
    (date(2023, 8, 26), 67, 10),
    (date(2023, 10, 14), 69, 9),
]


def _ward(name: str, kind_word: str, party: Unit, committee: Unit, prefix: str, people: tuple[str, str, str]) -> Ward:
    clerk, leader, secretary = people
    return make_ward(
        place(f"{kind_word} {name}", "commune", within="Tỉnh Bình Phước"),
        superior_party=party,
        superior_committee=committee,
        departments=DEPARTMENTS,
        names={"clerk": clerk, "leader": leader, "party_leader": secretary}
        | {body: f"Cán bộ {body} {name}" for body in DEPARTMENTS},
        usernames={"clerk": f"{prefix}.vanthu", "leader": f"{prefix}.chutich", "party_leader": f"{prefix}.bithu"}
        | {body: f"{prefix}.{short.lower().replace('đ', 'd')}" for body, short in DEPARTMENTS.items()},
        term=TERM,
        until=REFORM,
    )


def _tell(story: Story, rows: list[tuple[date, int, int]]) -> None:
    for turn, (day, attendance, opinions) in enumerate(rows):
        area = story.areas[turn % len(story.areas)]
        meeting = story.plan(
            topic=f"Ngày thứ Bảy về với khu dân cư - lắng nghe dân nói tại {area.name}",
            day=day,
            planned_on=story.working_day(day, -12),
            hour=7,
            meeting_type=MeetingType.LISTENING_SATURDAY,
            place=f"Nhà văn hóa {area.name}",
            expected_attendance=70,
        )
        story.announce(meeting, on=story.working_day(day, -8))
        others = attendance // 6
        story.hold(
            meeting,
            attendance={
                "residents": attendance - 2 * others,
                "party_members": others,
                "front_and_organisations": others,
            },
        )
        names = [FIELDS[(turn * 2 + index) % len(FIELDS)] for index in range(opinions)]
        assignments = []
        for index, (opinion, matter) in enumerate(story.record(meeting, names)):
            if index % 3 == 2:
                assignments.append(story.assign(opinion, matter, on=story.working_day(day, 2)))
            else:
                story.answer(opinion, matter)
        story.conclude(meeting, on=story.working_day(day, 7 + turn % 3))
        for index, assignment in enumerate(assignments):
            resolution = ("done", "done", "explained", "under_way")[index % 4]
            story.reply(assignment, on=story.working_day(day, 9 + index % 3), resolution=resolution)
        story.close(meeting, on=story.working_day(day, 15))


def load() -> None:
    city = place("Thành phố Đồng Xoài", "district")
    old = {"term": TERM, "dissolved_on": REFORM}
    party = unit(city, "Thành ủy Đồng Xoài", UnitKind.PARTY_COMMITTEE, "TU", None, **old)
    committee = unit(city, "Ủy ban nhân dân thành phố Đồng Xoài", UnitKind.PEOPLES_COMMITTEE, "UBND", None, **old)
    wards = [
        ("Tân Phú", "Phường", "tanphu", ("Nguyễn Thị Thu", "Trần Văn Hòa", "Lê Văn Thắng"), TAN_PHU,
         [f"Khu phố Phú {word}" for word in ("Lộc", "Cường", "Mỹ", "Tân", "Thanh")],
         ["đường Phú Riềng Đỏ", "đường Nguyễn Huệ", "đường Lê Quý Đôn", "đường Trần Phú"]),
        ("Tiến Hưng", "Xã", "tienhung", ("Phạm Thị Lan", "Vũ Văn Sơn", "Hoàng Thị Minh"), TIEN_HUNG,
         [f"Ấp {number}" for number in range(1, 7)],
         ["đường ĐT 741", "đường liên ấp 1-2", "đường Tổ 4", "đường vào trường tiểu học"]),
    ]  # fmt: skip
    for name, word, prefix, people, rows, areas, streets in wards:
        ward = _ward(name, word, party, committee, prefix, people)
        story = Story(
            ward=ward,
            areas=residential_areas(ward.locality, areas),
            streets=streets,
            chance=random.Random(f"{name} 2023"),  # noqa: S311 - seeded on purpose, nothing secret hangs on it
            departments_by_field={field: ward.departments[body] for field, body in IN_CHARGE.items()},
            lead_user_of={body.pk: ward.officer_of(body) for body in ward.departments.values()},
            host=ward.party,
        )
        _tell(story, rows)
