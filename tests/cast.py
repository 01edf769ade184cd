"""The one cast of people that all tests share.

Place: Việt Nam > Tỉnh Sông Hồng > Phường Hoa Sen, Phường Bằng Lăng (the sibling); Quận Cũ with Phường Cũ, both
abolished on 1 July 2025. Each ward has a Party committee, a People's Committee, a Fatherland Front and departments.
"""

from dataclasses import dataclass
from datetime import date

from accounts.models import Locality, LocalityKind, Membership, Role, Unit, UnitKind, User

PASSWORD = "mat-khau-Thu-2026"
SINCE = date(2020, 1, 1)
REFORM = date(2025, 7, 1)


@dataclass(frozen=True)
class Cast:
    country: Locality
    province: Locality
    ward: Locality
    residential_area: Locality
    sibling_ward: Locality
    old_district: Locality
    old_ward: Locality

    province_party: Unit
    province_committee: Unit
    ward_party: Unit
    ward_committee: Unit
    ward_front: Unit
    ward_economy: Unit
    ward_culture: Unit
    sibling_committee: Unit
    sibling_department: Unit

    ward_clerk: User
    ward_leader: User
    party_leader: User
    department_officer: User
    culture_officer: User
    sibling_clerk: User
    sibling_leader: User
    sibling_officer: User
    superior_leader: User
    front_supervisor: User
    ward_admin: User
    system_admin: User

    @property
    def people(self) -> dict[str, User]:
        """Each person by the name that the access tables use."""
        return {name: value for name, value in vars(self).items() if isinstance(value, User)}


def _person(username: str, full_name: str, *roles: tuple[Unit, str]) -> User:
    user = User(username=username, email=f"{username}@example.vn", full_name=full_name)
    user.set_password(PASSWORD)
    user.save()
    Membership.objects.bulk_create(
        [Membership(user=user, unit=unit, role=role, valid_from=SINCE) for unit, role in roles]
    )
    return user


def _unit(locality: Locality, name: str, kind: str, abbreviation: str, superior: Unit | None, title: str) -> Unit:
    return Unit.objects.create(
        locality=locality,
        name=name,
        kind=kind,
        abbreviation=abbreviation,
        superior=superior,
        head_title=title,
        seat=locality.name.removeprefix("Phường ").removeprefix("Tỉnh "),
        term="2025-2030",
    )


def make_cast() -> Cast:
    def below(parent, name, kind, code, **dates):
        target = Locality.objects.get(pk=parent.pk)
        return Locality.objects.add_child(target, instance=Locality(name=name, kind=kind, code=code, **dates))

    country = Locality.objects.add_root(instance=Locality(name="Việt Nam", kind=LocalityKind.COUNTRY, code="VN"))
    province = below(country, "Tỉnh Sông Hồng", LocalityKind.PROVINCE, "99")
    ward = below(province, "Phường Hoa Sen", LocalityKind.COMMUNE, "99001", in_force_from=REFORM)
    area = below(ward, "Khu dân cư số 1", LocalityKind.RESIDENTIAL_AREA, "99001-1")
    sibling = below(province, "Phường Bằng Lăng", LocalityKind.COMMUNE, "99002", in_force_from=REFORM)
    old_district = below(province, "Quận Cũ", LocalityKind.DISTRICT, "990", abolished_on=REFORM)
    old_ward = below(old_district, "Phường Cũ", LocalityKind.COMMUNE, "99003", abolished_on=REFORM)

    kinds = UnitKind
    province_party = _unit(province, "Tỉnh ủy Sông Hồng", kinds.PARTY_COMMITTEE, "TU", None, "Bí thư")
    province_committee = _unit(
        province, "Ủy ban nhân dân tỉnh Sông Hồng", kinds.PEOPLES_COMMITTEE, "UBND", None, "Chủ tịch"
    )
    ward_party = _unit(ward, "Đảng ủy phường Hoa Sen", kinds.PARTY_COMMITTEE, "ĐU", province_party, "Bí thư")
    ward_committee = _unit(
        ward, "Ủy ban nhân dân phường Hoa Sen", kinds.PEOPLES_COMMITTEE, "UBND", province_committee, "Chủ tịch"
    )
    ward_front = _unit(
        ward, "Ủy ban Mặt trận Tổ quốc Việt Nam phường Hoa Sen", kinds.FATHERLAND_FRONT, "MTTQ", None, "Chủ tịch"
    )
    economy = _unit(ward, "Phòng Kinh tế, Hạ tầng và Đô thị", kinds.DEPARTMENT, "KTHT", ward_committee, "Trưởng phòng")
    culture = _unit(ward, "Phòng Văn hóa - Xã hội", kinds.DEPARTMENT, "VHXH", ward_committee, "Trưởng phòng")
    sibling_committee = _unit(
        sibling, "Ủy ban nhân dân phường Bằng Lăng", kinds.PEOPLES_COMMITTEE, "UBND", province_committee, "Chủ tịch"
    )
    sibling_department = _unit(
        sibling, "Phòng Văn hóa - Xã hội", kinds.DEPARTMENT, "VHXH", sibling_committee, "Trưởng phòng"
    )
    return Cast(
        country=country,
        province=province,
        ward=ward,
        residential_area=area,
        sibling_ward=sibling,
        old_district=old_district,
        old_ward=old_ward,
        province_party=province_party,
        province_committee=province_committee,
        ward_party=ward_party,
        ward_committee=ward_committee,
        ward_front=ward_front,
        ward_economy=economy,
        ward_culture=culture,
        sibling_committee=sibling_committee,
        sibling_department=sibling_department,
        ward_clerk=_person("vanthu", "Nguyễn Thị Văn Thư", (ward_committee, Role.CLERK), (ward_party, Role.CLERK)),
        ward_leader=_person("chutich", "Trần Văn Chủ Tịch", (ward_committee, Role.LEADER)),
        party_leader=_person("bithu", "Lê Thị Bí Thư", (ward_party, Role.LEADER)),
        department_officer=_person("canbokinhte", "Phạm Văn Kinh Tế", (economy, Role.OFFICER)),
        culture_officer=_person("canbovanhoa", "Vũ Thị Văn Hóa", (culture, Role.OFFICER)),
        sibling_clerk=_person("vanthu2", "Hoàng Thị Láng Giềng", (sibling_committee, Role.CLERK)),
        sibling_leader=_person("chutich2", "Đỗ Văn Láng Giềng", (sibling_committee, Role.LEADER)),
        sibling_officer=_person("canbo2", "Bùi Văn Láng Giềng", (sibling_department, Role.OFFICER)),
        superior_leader=_person("chutichtinh", "Đặng Văn Cấp Trên", (province_committee, Role.LEADER)),
        front_supervisor=_person("mattran", "Ngô Thị Mặt Trận", (ward_front, Role.SUPERVISOR)),
        ward_admin=_person("quantri", "Dương Văn Quản Trị", (ward_committee, Role.UNIT_ADMIN)),
        system_admin=_person("hethong", "Lý Thị Hệ Thống", (province_committee, Role.SYSTEM_ADMIN)),
    )
