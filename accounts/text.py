"""Vietnamese text made comparable: without diacritics, in lower case."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")


def fold(text: str) -> str:
    """Folds for search: "Đối thoại  ĐẤT đai" -> "doi thoai dat dai"."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _SPACES.sub(" ", plain).strip().lower()


def nfc(text: str) -> str:
    """The composed form that is stored and printed: some keyboards send letters and marks apart."""
    return unicodedata.normalize("NFC", text)
