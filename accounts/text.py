"""Vietnamese text made comparable: without diacritics, in lower case."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
# Word processors paste such signs along (a vertical tab is Word's line break); XML, and so every feed, can't hold them.
_LINE_BREAKS = re.compile(r"[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def fold(text: str) -> str:
    """Folds for search: "Đối thoại  ĐẤT đai" -> "doi thoai dat dai"."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _SPACES.sub(" ", plain).strip().lower()


def nfc(text: str) -> str:
    """The composed form that is stored and printed, without control characters: some keyboards send letters and marks
    apart."""
    return unicodedata.normalize("NFC", _CONTROLS.sub("", _LINE_BREAKS.sub("\n", text)))
