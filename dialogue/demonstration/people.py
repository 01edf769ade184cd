"""The units and people of the demonstration. The logins printed at start are the rows of ``LOGINS``."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from django.contrib.auth.hashers import make_password

from accounts.models import Locality, LocalityKind, Membership, Role, Unit, UnitKind, User

PASSWORD = "Doi-thoai-minh-hoa-2026"  # noqa: S105 - printed at start; sign-in refuses it without the demonstration
REFORM = date(2025, 7, 1)


@dataclass(frozen=True)
class Login:
    username: str
    what: str


LOGINS = [
    Login("vanthu", "Văn thư UBND và Đảng ủy phường Ba Đình (ghi nhận, soạn thảo)"),
    Login("lanhdao", "Chủ tịch UBND phường Ba Đình (duyệt, ký, giao việc)"),
    Login("bithu", "Bí thư Đảng ủy phường Ba Đình (duyệt, ký văn bản của Đảng)"),
    Login("canbo", "Cán bộ Phòng Kinh tế, Hạ tầng và Đô thị phường Ba Đình (trả lời)"),
    Login("mattran", "Ủy ban MTTQ Việt Nam phường Ba Đình (giám sát)"),
    Login("captren", "Lãnh đạo UBND thành phố Hà Nội (theo dõi toàn thành phố)"),
    Login("quantri", "Quản trị đơn vị UBND phường Ba Đình (người dùng, lĩnh vực)"),
    Login("hethong", "Quản trị hệ thống"),
]


@dataclass(frozen=True)
class Ward:
    """The bodies of one commune and the people who act for them."""

    locality: Locality
    party: Unit
    committee: Unit
    front: Unit
    departments: dict[str, Unit]
    clerk: User
    leader: User
    party_leader: User
    officers: dict[str, User]

    def officer_of(self, department: Unit) -> User:
        return self.officers[department.name]


@cache
def _hashed_password() -> str:
    # Hashing is slow on purpose; some thirty accounts with one printed password need it once.
    return make_password(PASSWORD)


def person(username: str, full_name: str, position: str, *roles: tuple[Unit, str], until: date | None = None) -> User:
    """A demonstration login: the sign-in refuses it where the demonstration was not loaded."""
    user = User(
        username=username,
        email=f"{username}@minhhoa.doithoai.example",
        full_name=full_name,
        position=position,
        is_demonstration=True,
    )
    user.password = _hashed_password()
    user.save()
    Membership.objects.bulk_create(
        Membership(user=user, unit=unit, role=role, valid_from=date(2017, 1, 1), valid_to=until) for unit, role in roles
    )
    return user


def unit(locality: Locality, name: str, kind: str, abbreviation: str, superior: Unit | None, **more) -> Unit:
    seat = locality.name
    for word in ("Phường ", "Xã ", "Thành phố ", "Tỉnh "):
        seat = seat.removeprefix(word)
    titles = {
        UnitKind.PARTY_COMMITTEE: "Bí thư",
        UnitKind.PEOPLES_COMMITTEE: "Chủ tịch",
        UnitKind.FATHERLAND_FRONT: "Chủ tịch",
        UnitKind.DEPARTMENT: "Trưởng phòng",
    }
    return Unit.objects.create(
        locality=locality,
        name=name,
        kind=kind,
        abbreviation=abbreviation,
        superior=superior,
        head_title=titles.get(kind, ""),
        seat=seat,
        **({"term": "2025-2030"} | more),
    )


def make_ward(
    locality: Locality,
    *,
    superior_party: Unit,
    superior_committee: Unit,
    departments: dict[str, str],
    names: dict[str, str],
    usernames: dict[str, str],
    term: str = "2025-2030",
    until: date | None = None,
) -> Ward:
    """``departments`` are name → abbreviation; ``names`` and ``usernames`` have clerk, leader, party_leader and
    each department's name as keys; ``until`` is the day the bodies were dissolved."""
    low = locality.name[0].lower() + locality.name[1:]
    more = {"term": term, "dissolved_on": until}
    party = unit(locality, f"Đảng ủy {low}", UnitKind.PARTY_COMMITTEE, "ĐU", superior_party, **more)
    committee = unit(locality, f"Ủy ban nhân dân {low}", UnitKind.PEOPLES_COMMITTEE, "UBND", superior_committee, **more)
    front = unit(locality, f"Ủy ban Mặt trận Tổ quốc Việt Nam {low}", UnitKind.FATHERLAND_FRONT, "MTTQ", None, **more)
    bodies = {
        name: unit(locality, name, UnitKind.DEPARTMENT, short, committee, **more) for name, short in departments.items()
    }
    last_day = date.fromordinal(until.toordinal() - 1) if until else None
    return Ward(
        locality=locality,
        party=party,
        committee=committee,
        front=front,
        departments=bodies,
        clerk=person(
            usernames["clerk"], names["clerk"], "Văn thư", (committee, Role.CLERK), (party, Role.CLERK), until=last_day
        ),
        leader=person(
            usernames["leader"], names["leader"], f"Chủ tịch UBND {low}", (committee, Role.LEADER), until=last_day
        ),
        party_leader=person(
            usernames["party_leader"],
            names["party_leader"],
            f"Bí thư Đảng ủy {low}",
            (party, Role.LEADER),
            until=last_day,
        ),
        officers={
            name: person(usernames[name], names[name], f"Cán bộ {name}", (body, Role.OFFICER), until=last_day)
            for name, body in bodies.items()
        },
    )


def place(name: str, kind: str, *, within: str = "") -> Locality:
    """A locality that ``load_localities`` has made, by its full name (and the name of the province above it)."""
    found = Locality.objects.filter(name=name, kind=kind)
    if within:
        province = Locality.objects.filter(name=within).order_by("path").first()
        found = found.filter(path__startswith=province.path)
    return found.get()


def residential_areas(locality: Locality, names: list[str]) -> list[Locality]:
    """Residential areas below a commune, made where they are missing."""
    return [
        Locality.objects.filter(path__startswith=locality.path, name=name).first()
        or Locality.objects.get(pk=locality.pk).add_child(
            instance=Locality(
                name=name,
                kind=LocalityKind.RESIDENTIAL_AREA,
                in_force_from=locality.in_force_from,
                abolished_on=locality.abolished_on,
            )
        )
        for name in names
    ]
