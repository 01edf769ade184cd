"""A few communes of today with meetings before and after today, in every state, some of them late."""

import random
from datetime import date, timedelta

from accounts.models import Role, Unit, UnitKind, User
from deadlines.models import MeetingType, Obligation, Quantity
from deadlines.services import add_rule, create_regulation
from dialogue.demonstration.clock import at
from dialogue.demonstration.people import REFORM, Ward, make_ward, person, place, residential_areas, unit
from dialogue.demonstration.story import Story
from feedback import services as feedback
from feedback.models import FieldDepartment
from meetings import services as meetings
from meetings.models import Field
from notices import services as notices

ECONOMY = "Phòng Kinh tế, Hạ tầng và Đô thị"
CULTURE = "Phòng Văn hóa - Xã hội"
POLICE = "Công an phường"
DEPARTMENTS = {ECONOMY: "KTHTĐT", CULTURE: "VHXH", POLICE: "CAP"}
IN_CHARGE = {
    "An ninh trật tự": POLICE,
    "An toàn giao thông": POLICE,
    "Đất đai": ECONOMY,
    "Quản lý xây dựng": ECONOMY,
    "Vệ sinh môi trường": ECONOMY,
    "Bồi thường - giải phóng mặt bằng": ECONOMY,
}
TOP_FIELDS = {
    "Kinh tế": ECONOMY,
    "Văn hóa - xã hội": CULTURE,
    "Quốc phòng - an ninh": POLICE,
    "Các vấn đề khác": CULTURE,
}
FIELDS = list(IN_CHARGE)
CROWD = {"residents": 58, "party_members": 14, "front_and_organisations": 9, "residential_leaders": 6}


def _story(ward: Ward, areas: list[str], streets: list[str], *, host: Unit | None = None) -> Story:
    return Story(
        ward=ward,
        areas=residential_areas(ward.locality, areas),
        streets=streets,
        chance=random.Random(f"{ward.locality.name} {host}"),  # noqa: S311 - seeded on purpose, not a secret
        departments_by_field={field: ward.departments[body] for field, body in IN_CHARGE.items()},
        lead_user_of={body.pk: ward.officer_of(body) for body in ward.departments.values()},
        host=host,
    )


def _map_fields(ward: Ward) -> None:
    for unit_ in (ward.committee, ward.party):
        FieldDepartment.objects.bulk_create(
            FieldDepartment(unit=unit_, field=Field.objects.get(name=name), department=ward.departments[body])
            for name, body in (IN_CHARGE | TOP_FIELDS).items()
        )


def _held(story: Story, day: date, topic: str, opinions: int, *, shift: int = 0, **more):
    """A meeting that was announced in time, held, and recorded; gives it with its opinions."""
    meeting = story.plan(topic=topic, day=day, planned_on=story.working_day(day, -14), **more)
    story.announce(meeting, on=story.working_day(day, -9))
    story.hold(meeting, attendance={group: number - shift for group, number in CROWD.items()})
    names = [FIELDS[(index + shift) % len(FIELDS)] for index in range(opinions)]
    return meeting, story.record(meeting, names)


def _settle_some(story: Story, day: date, opinions, *, replied: int) -> list:
    """Two in three were answered at the meeting; of the rest the first ``replied`` have an accepted reply."""
    assignments = []
    for index, (opinion, matter) in enumerate(opinions):
        if index % 3 == 2:
            assignments.append(story.assign(opinion, matter, on=story.working_day(day, 1)))
        else:
            story.answer(opinion, matter)
    for index, assignment in enumerate(assignments[:replied]):
        story.reply(
            assignment, on=story.working_day(day, 6 + index), resolution=("done", "under_way", "explained")[index % 3]
        )
    return assignments


def _before_today(story: Story, today: date) -> None:
    """From long settled to held last week."""
    # Settled and closed.
    day = story.working_day(today, -62)
    meeting, opinions = _held(story, day, "Đối thoại định kỳ quý III giữa người đứng đầu với Nhân dân", 9)
    _settle_some(story, day, opinions, replied=3)
    story.conclude(meeting, on=story.working_day(day, 5))
    story.close(meeting, on=story.working_day(day, 12))

    # Published late; one assignment is overdue, one reply waits for acceptance.
    day = story.working_day(today, -34)
    meeting, opinions = _held(
        story,
        day,
        "Đối thoại chuyên đề về quản lý đất đai, trật tự xây dựng",
        9,
        shift=1,
        meeting_type=MeetingType.THEMATIC,
    )
    assignments = _settle_some(story, day, opinions, replied=1)
    story.reply(assignments[1], on=story.working_day(today, -1), resolution="explained", is_accepted=False)
    story.conclude(meeting, on=story.working_day(day, 12))

    # Held three weeks ago, still no notice: late now.
    day = story.working_day(today, -14)
    meeting, opinions = _held(
        story,
        day,
        "Đối thoại đột xuất về giải phóng mặt bằng tuyến đường mới",
        8,
        shift=2,
        meeting_type=MeetingType.AD_HOC,
    )
    assignments = _settle_some(story, day, opinions, replied=0)
    with at(story.working_day(today, -2), 9):
        feedback.request_extension(
            assignments[0],
            actor=story.lead_user_of[assignments[0].lead_department_id],
            asked_until=story.working_day(today, 10),
            reason="Cần phối hợp đo đạc thực địa với chủ đầu tư trước khi trả lời người dân.",
        )
    story.draft(meeting, on=story.working_day(day, 6))
    meeting.refresh_from_db()
    first_late = story.working_day(meeting.conclusion_due_on, 1)
    if first_late < today:
        # A promise that was not kept: the next post is due five working days after it.
        story.promise(
            meeting,
            text="Chờ số liệu kiểm đếm của chủ đầu tư về 12 hộ còn lại; đã lập xong phần kết luận về bồi thường.",
            on=first_late,
            promised_on=story.working_day(first_late, 2),
        )

    # Waiting for the leader's approval, due in a few days.
    day = story.working_day(today, -5)
    meeting, opinions = _held(
        story, day, "Đối thoại với hộ kinh doanh về trật tự đô thị, vệ sinh môi trường", 7, shift=3
    )
    _settle_some(story, day, opinions, replied=0)
    notice = story.draft(meeting, on=story.working_day(day, 2))
    story.submit(notice, on=story.working_day(day, 3))

    # Held last week: opinions recorded, two not yet given to anybody.
    day = today - timedelta(days=(today.weekday() - 5) % 7 or 7)  # the Saturday before today
    meeting, opinions = _held(
        story,
        day,
        "Ngày thứ Bảy lắng nghe dân nói: ý kiến về an toàn giao thông",
        6,
        shift=4,
        meeting_type=MeetingType.LISTENING_SATURDAY,
    )
    for opinion, matter in opinions[:3]:
        story.answer(opinion, matter)
    with at(day, 16):
        assignment = feedback.assign_opinion(
            opinions[3][0],
            actor=story.leader,
            lead_department=story.ward.departments[CULTURE],
            task=opinions[3][1].task,
        )
        feedback.return_assignment(
            assignment, actor=story.lead_user_of[assignment.lead_department_id],
            reason="Nội dung thuộc lĩnh vực hạ tầng, không thuộc chức năng của phòng.",
        )  # fmt: skip


def _after_today(story: Story, today: date) -> None:
    meeting = story.plan(
        topic="Đối thoại định kỳ cuối năm giữa Bí thư Đảng ủy, Chủ tịch UBND với Nhân dân",
        day=story.working_day(today, 12), planned_on=story.working_day(today, -3),
    )  # fmt: skip
    story.announce(meeting, on=story.working_day(today, -1))
    story.plan(
        topic="Đối thoại với thanh niên về chuyển đổi số và việc làm",
        day=story.working_day(today, 20), planned_on=story.working_day(today, -2),
        meeting_type=MeetingType.THEMATIC, mode="hybrid",
        online_address="https://hop-truc-tuyen.example/doi-thoai",
    )  # fmt: skip
    put_off = story.plan(
        topic="Đối thoại về chỉnh trang ngõ, phố trước Tết", day=story.working_day(today, 9),
        planned_on=story.working_day(today, -12),
    )  # fmt: skip
    story.announce(put_off, on=story.working_day(today, -6))
    with at(story.working_day(today, -2), 15):
        start = put_off.planned_start + timedelta(days=14)
        meetings.postpone_meeting(
            put_off, actor=story.ward.clerk,
            reason="Trùng lịch kỳ họp Hội đồng nhân dân phường.",
            planned_start=start, planned_end=start + timedelta(hours=3),
        )  # fmt: skip
    off = story.plan(
        topic="Đối thoại đột xuất về điểm tập kết rác tạm", day=story.working_day(today, 4),
        planned_on=story.working_day(today, -9), meeting_type=MeetingType.AD_HOC,
    )  # fmt: skip
    with at(story.working_day(today, -1), 10):
        meetings.cancel_meeting(
            off, actor=story.ward.clerk, reason="Điểm tập kết đã được di dời, không còn nội dung cần đối thoại."
        )


def _with_more_time(story: Story, today: date, city_leader: User) -> None:
    """A working session that the ward's own rule binds to seven working days, extended to ten before they were over."""
    regulation = create_regulation(
        actor=None,
        number="07-QC/ĐU",
        title="Quy chế làm việc với Mặt trận Tổ quốc và các tổ chức chính trị - xã hội",
        issuer=f"Đảng ủy {story.ward.locality.name[0].lower()}{story.ward.locality.name[1:]}",
        in_force_from=REFORM,
        jurisdiction=story.ward.locality,
    )
    add_rule(
        regulation,
        actor=None,
        obligation=Obligation.CONCLUSION_NOTICE,
        number=7,
        unit=Quantity.WORKING_DAYS,
        meeting_type=MeetingType.WORKING_SESSION,
        article="Điều 9",
        source="Quy định giả định của dữ liệu minh họa",
        extension_days=3,
    )
    day = story.working_day(today, -8)
    meeting, opinions = _held(
        story,
        day,
        "Làm việc với Mặt trận Tổ quốc và các đoàn thể về giám sát đầu tư của cộng đồng",
        6,
        shift=1,
        meeting_type=MeetingType.WORKING_SESSION,
    )
    _settle_some(story, day, opinions, replied=0)
    story.extend(
        meeting,
        days=3,
        reason="Cần thống nhất với Ban Giám sát đầu tư của cộng đồng về ba công trình trước khi kết luận.",
        decided_by=city_leader,
    )


def _of_the_party(story: Story, today: date) -> None:
    """The Party committee's own: one issued on time and published, one returned by its secretary with remarks."""
    day = story.working_day(today, -45)
    meeting, opinions = _held(story, day, "Đối thoại giữa Bí thư Đảng ủy với đảng viên, Nhân dân", 7, shift=2)
    _settle_some(story, day, opinions, replied=2)
    story.conclude(meeting, on=story.working_day(day, 5))
    day = story.working_day(today, -9)
    meeting, opinions = _held(story, day, "Đối thoại về công tác xây dựng Đảng và chính quyền ở cơ sở", 6, shift=5)
    _settle_some(story, day, opinions, replied=0)
    notice = story.draft(meeting, on=story.working_day(day, 3))
    story.submit(notice, on=story.working_day(day, 4))
    with at(story.working_day(day, 5), 9):
        notices.return_notice(
            notice, actor=story.leader, remark="Bổ sung thời hạn cụ thể cho từng nhiệm vụ; rút gọn phần đánh giá chung."
        )


def load(today: date) -> None:
    hanoi = place("Thành phố Hà Nội", "province")
    city = unit(hanoi, "Ủy ban nhân dân thành phố Hà Nội", UnitKind.PEOPLES_COMMITTEE, "UBND", None)
    party = unit(hanoi, "Thành ủy Hà Nội", UnitKind.PARTY_COMMITTEE, "TU", None)
    ba_dinh = make_ward(
        place("Phường Ba Đình", "commune", within="Thành phố Hà Nội"),
        superior_party=party,
        superior_committee=city,
        departments=DEPARTMENTS,
        names={
            "clerk": "Nguyễn Thị Hồng Nhung",
            "leader": "Trần Quốc Bảo",
            "party_leader": "Lê Minh Hằng",
            ECONOMY: "Phạm Đức Anh",
            CULTURE: "Vũ Thanh Tâm",
            POLICE: "Đỗ Mạnh Cường",
        },
        usernames={
            "clerk": "vanthu", "leader": "lanhdao", "party_leader": "bithu",
            ECONOMY: "canbo", CULTURE: "canbo.vhxh", POLICE: "canbo.congan",
        },
    )  # fmt: skip
    person("mattran", "Ngô Thị Thúy Hà", "Chủ tịch Ủy ban MTTQ Việt Nam phường", (ba_dinh.front, Role.SUPERVISOR))
    city_leader = person("captren", "Hoàng Văn Khải", "Lãnh đạo UBND thành phố", (city, Role.LEADER))
    person("quantri", "Dương Tuấn Kiệt", "Quản trị đơn vị", (ba_dinh.committee, Role.UNIT_ADMIN))
    system = person("hethong", "Lý Hoài Nam", "Quản trị hệ thống", (city, Role.SYSTEM_ADMIN))
    system.is_staff = system.is_superuser = True
    system.save(update_fields=["is_staff", "is_superuser"])
    _map_fields(ba_dinh)

    areas = [f"Tổ dân phố số {number}" for number in (3, 7, 12, 18)]
    streets = ["phố Đội Cấn", "phố Ngọc Hà", "phố Hoàng Hoa Thám", "ngõ 376 đường Bưởi"]
    story = _story(ba_dinh, areas, streets)
    _before_today(story, today)
    _with_more_time(story, today, city_leader)
    _after_today(story, today)
    _of_the_party(_story(ba_dinh, areas, streets, host=ba_dinh.party), today)
    for name, province, prefix, people in (
        ("Phường Bình Tân", "Thành phố Hồ Chí Minh", "binhtan", ("Mai Thị Ngọc", "Huỳnh Công Danh", "Phan Thị Liễu")),
        # Not in Sơn La: its figures are those that it published, to the last one.
        ("Phường Mường Thanh", "Tỉnh Điện Biên", "muongthanh", ("Lò Thị Mai", "Cầm Văn Tiến", "Quàng Văn Dũng")),
    ):
        _one_more(name, province, prefix, people, today)


def _one_more(name: str, province: str, prefix: str, people: tuple[str, str, str], today: date) -> None:
    """Another commune: one meeting concluded on time, one late without a notice, one announced."""
    above = place(province, "province")
    low = province[0].lower() + province[1:]
    committee = unit(above, f"Ủy ban nhân dân {low}", UnitKind.PEOPLES_COMMITTEE, "UBND", None)
    party_name = "Thành ủy Thành phố Hồ Chí Minh" if "Hồ Chí Minh" in province else f"Tỉnh ủy {above.name[5:]}"
    party = unit(above, party_name, UnitKind.PARTY_COMMITTEE, "TU", None)
    clerk, leader, secretary = people
    ward = make_ward(
        place(name, "commune", within=province),
        superior_party=party,
        superior_committee=committee,
        departments=DEPARTMENTS,
        names={"clerk": clerk, "leader": leader, "party_leader": secretary}
        | {body: f"Cán bộ {short} {name}" for body, short in DEPARTMENTS.items()},
        usernames={"clerk": f"{prefix}.vanthu", "leader": f"{prefix}.chutich", "party_leader": f"{prefix}.bithu"}
        | {body: f"{prefix}.{short.lower().replace('đ', 'd')}" for body, short in DEPARTMENTS.items()},
    )
    _map_fields(ward)
    story = _story(
        ward, ["Khu phố 2", "Khu phố 5", "Khu phố 9"], ["đường số 7", "đường Trung tâm", "đường ven suối", "hẻm 42"]
    )
    day = story.working_day(today, -26)
    meeting, opinions = _held(story, day, "Đối thoại định kỳ giữa người đứng đầu với Nhân dân", 8, shift=1)
    _settle_some(story, day, opinions, replied=2)
    story.conclude(meeting, on=story.working_day(day, 5))
    day = story.working_day(today, -13)
    meeting, opinions = _held(story, day, "Đối thoại về vệ sinh môi trường và thoát nước", 6, shift=4)
    _settle_some(story, day, opinions, replied=0)
    coming = story.plan(
        topic="Đối thoại chuyên đề về an sinh xã hội cuối năm", day=story.working_day(today, 10),
        planned_on=story.working_day(today, -4), meeting_type=MeetingType.THEMATIC,
    )  # fmt: skip
    story.announce(coming, on=story.working_day(today, -2))
