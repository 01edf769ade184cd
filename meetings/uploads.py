"""What an uploaded file really is. Only its content decides; the name merely has to be one of a document."""

import hashlib
import io
import logging
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath

import filetype
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext as _
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, IndirectObject

logger = logging.getLogger(__name__)

PDF = "application/pdf"
_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

# Content type → the extensions a file of it may bear, the first being the one it is given otherwise.
EXTENSIONS = {
    PDF: (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/heic": (".heic",),
    "image/tiff": (".tif", ".tiff"),
    "application/msword": (".doc",),
    "application/vnd.ms-excel": (".xls",),
    "application/vnd.ms-powerpoint": (".ppt",),
    _OOXML + "wordprocessingml.document": (".docx",),
    _OOXML + "spreadsheetml.sheet": (".xlsx",),
    _OOXML + "presentationml.presentation": (".pptx",),
    _ODF + "text": (".odt",),
    _ODF + "spreadsheet": (".ods",),
    _ODF + "presentation": (".odp",),
}
KNOWN_EXTENSIONS = frozenset(extension for extensions in EXTENSIONS.values() for extension in extensions)
ACCEPT = ",".join(sorted(KNOWN_EXTENSIONS))
IMAGES = frozenset(kind for kind in EXTENSIONS if kind.startswith("image/"))

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("Book", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
)
_OLE_MACROS = ("_VBA_PROJECT", "VBA", "Macros")
# A PDF action that runs something always names its kind, in the file's body or in an object stream.
_PDF_ACTIONS = re.compile(rb"/(JavaScript|Launch|ImportData)(?![A-Za-z0-9])")
_PDF_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_LARGEST_PART = 1024 * 1024
_UNSAFE_IN_NAME = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]+')


@dataclass(frozen=True)
class CheckedUpload:
    content_type: str
    sha256: str
    size: int
    name: str
    extension: str


def check_upload(upload: File) -> CheckedUpload:
    """Says what the file is, or raises ValidationError with the sentence for the person; leaves it rewound."""
    limit = settings.UPLOAD_MAX_BYTES
    if upload.size > limit:
        raise ValidationError(
            _("The file is %(size)s MB; at most %(limit)s MB are accepted. Split it or save it smaller.")
            % {"size": -(-upload.size // 1024**2), "limit": limit // 1024**2},
            code="too_large",
        )
    if not upload.size:
        raise ValidationError(_("The file is empty."), code="empty")
    extension = PurePosixPath(upload.name or "").suffix.lower()
    upload.seek(0)
    data = upload.read()
    upload.seek(0)
    _refuse_programs(data)
    if extension not in KNOWN_EXTENSIONS:
        raise ValidationError(_("Only PDF, pictures and Office files are accepted."), code="type")
    content_type = _content_type(data)
    if content_type == PDF:
        _refuse_active_pdf(data)
    extensions = EXTENSIONS[content_type]
    suffix = extension if extension in extensions else extensions[0]
    return CheckedUpload(
        content_type=content_type,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        name=safe_name(upload.name, suffix),
        extension=extensions[0],
    )


def safe_name(name: str, extension: str) -> str:
    """The original name without folders, control characters or anything a file system stumbles over."""
    base = unicodedata.normalize("NFC", name or "").replace("\\", "/").rpartition("/")[2]
    stem = _UNSAFE_IN_NAME.sub(" ", PurePosixPath(base).stem).strip(" .")[:200]
    return f"{stem or 'tai-lieu'}{extension}"


def _refuse_programs(data: bytes) -> None:
    head = data[:64].lstrip()
    if data[:2] == b"MZ" or data[:4] in {b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe"} or head[:2] == b"#!":
        raise ValidationError(
            _("This file is a program, whatever its name says. Programs are not accepted."), code="program"
        )
    if re.match(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|\?xml|svg|script|!--)", data[:300], re.IGNORECASE):
        raise ValidationError(
            _("This file is a web page or a drawing that can carry scripts. Save it as PDF or as a picture."),
            code="markup",
        )


def _content_type(data: bytes) -> str:
    if data.startswith(_OLE_MAGIC):
        return _old_office(data)
    if data.startswith(b"PK\x03\x04"):
        return _zipped_office(data)
    kind = filetype.guess(data[:8192])
    if kind is not None and kind.mime in EXTENSIONS:
        return kind.mime
    raise ValidationError(
        _("The content of this file is neither PDF nor a picture nor an Office file, whatever its name says."),
        code="type",
    )


def _refuse_macros():
    raise ValidationError(_("This Office file carries macros. Save it without macros and try again."), code="macros")


def _old_office(data: bytes) -> str:
    def has(stream: str) -> bool:
        # Names stand in the directory as UTF-16, ended by a zero.
        return (stream + "\x00").encode("utf-16-le") in data

    if has("EncryptedPackage"):
        raise ValidationError(_("This file is protected by a password. Save it without one and try again."))
    if any(has(name) for name in _OLE_MACROS):
        _refuse_macros()
    for stream, content_type in _OLE_STREAMS:
        if has(stream):
            return content_type
    raise ValidationError(_("The content of this file is not that of an Office document."), code="type")


def _zipped_office(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")) for name in names):
                _refuse_macros()
            if any(name.startswith(("Basic/", "Scripts/")) for name in names):
                _refuse_macros()
            types = _part(archive, "[Content_Types].xml") if "[Content_Types].xml" in names else b""
            mimetype = _part(archive, "mimetype").decode("ascii", "replace") if "mimetype" in names else ""
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise ValidationError(_("This Office file is damaged or protected and can't be read."), code="type") from error
    if b"macroEnabled" in types:
        _refuse_macros()
    for content_type in EXTENSIONS:
        if content_type.startswith(_OOXML) and f"{content_type}.main+xml".encode() in types:
            return content_type
    if mimetype.strip() in EXTENSIONS:
        return mimetype.strip()
    raise ValidationError(
        _("This is a compressed folder, not a document. Attach the documents in it one by one."), code="type"
    )


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(_LARGEST_PART)


def _refuse_active_pdf(data: bytes) -> None:
    """Refuses a PDF that runs something when opened or clicked; object streams are opened to look inside."""
    active = ValidationError(
        _("This PDF carries a script or an action that starts a program. Print it to a new PDF and attach that one."),
        code="script",
    )
    if _has_action(data):
        raise active
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ValidationError(_("This file is protected by a password. Save it without one and try again."))
        for number in {stream for stream, _index in reader.xref_objStm.values()}:
            if _has_action(IndirectObject(number, 0, reader).get_object().get_data()):
                raise active
        root = reader.trailer["/Root"].get_object()
        form = root.get("/AcroForm")
        if form is not None and "/XFA" in form.get_object():
            raise active
        opening = root.get("/OpenAction")
        opening = opening.get_object() if opening is not None else None
        if isinstance(opening, DictionaryObject) and opening.get("/S") != "/GoTo":
            raise active
    except (PyPdfError, KeyError, ValueError, TypeError, AttributeError, IndexError, RecursionError, OSError) as error:
        # What can't be read can't be vouched for.
        logger.info("unreadable PDF refused: %r", error)
        raise ValidationError(
            _("This PDF is damaged and can't be checked. Print it to a new PDF and attach that one."), code="damaged"
        ) from error


def _has_action(data: bytes) -> bool:
    if _PDF_ACTIONS.search(data):
        return True
    # "/J#61vaScript" is another spelling of the same name.
    return b"#" in data and bool(_PDF_ACTIONS.search(_PDF_ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), data)))
