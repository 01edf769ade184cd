"""Localities that were abolished on 1 July 2025 and whose past is kept here.

They stand under the province of their time, with the localities that took their place. ``abolished_on`` is the first
day without them. Sources: Resolution 202/2025/QH15 (provinces), 1656/NQ-UBTVQH15 (Hà Nội), 1685/NQ-UBTVQH15
(TP. Hồ Chí Minh) and 1662/NQ-UBTVQH15 (Đồng Nai) on the communes. A code is given only where it is certain.
"""

from dataclasses import dataclass
from datetime import date

from accounts.models import LocalityKind

REFORM = date(2025, 7, 1)


@dataclass(frozen=True)
class Abolished:
    """``under`` names the places above it from the country down; ``successors`` are (province, commune or "")."""

    name: str
    kind: str
    under: tuple[str, ...]
    successors: tuple[tuple[str, str], ...]
    code: str = ""
    abolished_on: date = REFORM


_HCM, _HANOI, _DONG_NAI = "Thành phố Hồ Chí Minh", "Thành phố Hà Nội", "Tỉnh Đồng Nai"
_BINH_PHUOC, _DONG_XOAI = "Tỉnh Bình Phước", "Thành phố Đồng Xoài"


def _communes(province: str, *names: str) -> tuple[tuple[str, str], ...]:
    return tuple((province, name) for name in names)


# A place stands after the one it is under.
ABOLISHED = (
    Abolished(
        "Quận Bình Tân",
        LocalityKind.DISTRICT,
        (_HCM,),
        _communes(
            _HCM,
            "Phường An Lạc",
            "Phường Bình Tân",
            "Phường Tân Tạo",
            "Phường Bình Trị Đông",
            "Phường Bình Hưng Hòa",
        ),
        code="777",
    ),
    Abolished(
        "Quận Ba Đình",
        LocalityKind.DISTRICT,
        (_HANOI,),
        _communes(_HANOI, "Phường Ba Đình", "Phường Ngọc Hà", "Phường Giảng Võ"),
        code="001",
    ),
    Abolished(
        "Quận Bắc Từ Liêm",
        LocalityKind.DISTRICT,
        (_HANOI,),
        _communes(
            _HANOI,
            "Phường Tây Tựu",
            "Phường Phú Diễn",
            "Phường Xuân Đỉnh",
            "Phường Đông Ngạc",
            "Phường Thượng Cát",
        ),
        code="021",
    ),
    Abolished(_BINH_PHUOC, LocalityKind.PROVINCE, (), ((_DONG_NAI, ""),), code="70"),
    Abolished(
        _DONG_XOAI,
        LocalityKind.DISTRICT,
        (_BINH_PHUOC,),
        _communes(_DONG_NAI, "Phường Bình Phước", "Phường Đồng Xoài"),
        code="689",
    ),
    Abolished(
        "Phường Tân Phú",
        LocalityKind.COMMUNE,
        (_BINH_PHUOC, _DONG_XOAI),
        _communes(_DONG_NAI, "Phường Bình Phước"),
    ),
    Abolished(
        "Xã Tiến Hưng",
        LocalityKind.COMMUNE,
        (_BINH_PHUOC, _DONG_XOAI),
        _communes(_DONG_NAI, "Phường Bình Phước"),
    ),
)
