"""The one face of official documents: the measures of Times New Roman and every Vietnamese letter.

A right name is not enough: Liberation Serif 1 lacks the composed Vietnamese letters, and the layout engine would then
mix another serif into the words without a warning. So files are chosen by what their character map holds, and handed
to the layout engine as files.
"""

import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError

VIETNAMESE = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"
    "0123456789.,;:!?()[]/%+-–—“”‘’…&@№₫½\u00a0"
)
FAMILIES = ("Times New Roman", "Liberation Serif", "Tinos")
FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "~/Library/Fonts",
    "/opt/homebrew/share/fonts",
)
STYLES = {"Regular": "regular", "Bold": "bold", "Italic": "italic", "Bold Italic": "bold-italic"}
# Of the signs of ordinary typing only these are demanded in all four styles.
DEMANDED = frozenset(ord(char) for char in VIETNAMESE + VIETNAMESE.upper() if char not in "№½")


class TypefaceMissing(RuntimeError):
    """No installed face can print Vietnamese documents."""


@dataclass(frozen=True)
class Typeface:
    family: str
    files: dict[str, Path]
    characters: frozenset[int]


def _candidates() -> list[Path]:
    """Font files that fontconfig knows; where its tool is missing, those of the usual folders."""
    tool = shutil.which("fc-list")
    if tool:
        found = set()
        for name in FAMILIES:
            listing = subprocess.run(
                [tool, "--format", "%{file}\n", f":family={name}"], capture_output=True, text=True, check=False
            )
            found |= {Path(line) for line in listing.stdout.splitlines() if line}
        if found:
            return sorted(found)
    prefixes = tuple(family.replace(" ", "").lower() for family in FAMILIES)
    return sorted(
        path
        for folder in FOLDERS
        for path in Path(folder).expanduser().rglob("*.[tToO][tT][fF]")
        if path.name.replace(" ", "").lower().startswith(prefixes)
    )


def _read(path: Path):
    """Family, style, version and characters of a font file, or None when it is not a readable one."""
    try:
        with TTFont(path, lazy=True) as font:
            names = font["name"]
            family, style = names.getDebugName(1), names.getDebugName(2)
            return family, STYLES.get(style or ""), font["head"].fontRevision, frozenset(font.getBestCmap() or ())
    except (OSError, TTLibError, KeyError):
        return None


@cache
def typeface() -> Typeface:
    """The complete face in four styles; fails with a sentence when the machine has none."""
    faces: dict[tuple, dict] = {}
    for path in _candidates():
        read = _read(path)
        if read and read[1] and read[0] in FAMILIES and read[3] >= DEMANDED:
            family, style, revision, characters = read
            faces.setdefault((FAMILIES.index(family), -revision, str(path.parent)), {})[style] = (path, characters)
    for (rank, _revision, _folder), styles in sorted(faces.items()):
        if set(styles) == set(STYLES.values()):
            return Typeface(
                family=FAMILIES[rank],
                files={style: path for style, (path, _characters) in styles.items()},
                characters=frozenset.intersection(*(characters for _path, characters in styles.values())),
            )
    raise TypefaceMissing(
        "Không tìm thấy phông chữ có đủ chữ tiếng Việt với kích thước của Times New Roman (Liberation Serif 2, Tinos "
        "hoặc Times New Roman, đủ bốn kiểu). Trên Debian: sudo apt-get install fonts-liberation2 (hoặc fonts-croscore); "
        "Liberation Serif 1 thiếu chữ tiếng Việt nên không dùng được."
    )
