"""The content of a file decides; its name merely has to be one of a document."""

import io
import zipfile
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from meetings.uploads import check_upload
from tests.meetings.access import PNG


def pdf(*objects: bytes, root: bytes = b"<< /Type /Catalog /Pages 2 0 R >>") -> bytes:
    """A small PDF with a right cross-reference table."""
    body = io.BytesIO()
    body.write(b"%PDF-1.7\n")
    offsets = []
    for number, content in enumerate((root, b"<< /Type /Pages /Kids [] /Count 0 >>", *objects), start=1):
        offsets.append(body.tell())
        body.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = body.tell()
    body.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1))
    for offset in offsets:
        body.write(b"%010d 00000 n \n" % offset)
    body.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(offsets) + 1, start))
    return body.getvalue()


def pdf_with_object_stream(inner: bytes) -> bytes:
    """A PDF 1.5 whose object 3 lies compressed in an object stream."""
    packed = zlib.compress(b"3 0 " + inner)
    body = io.BytesIO()
    body.write(b"%PDF-1.7\n")
    offsets = {}
    for number, content in (
        (1, b"<< /Type /Catalog /Pages 2 0 R >>"),
        (2, b"<< /Type /Pages /Kids [] /Count 0 >>"),
        (
            4,
            b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
            % (len(packed), packed),
        ),
    ):
        offsets[number] = body.tell()
        body.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = body.tell()

    def entry(kind, second, third):
        return bytes([kind]) + second.to_bytes(4, "big") + bytes([third])

    table = zlib.compress(
        entry(0, 0, 255)
        + entry(1, offsets[1], 0)
        + entry(1, offsets[2], 0)
        + entry(2, 4, 0)
        + entry(1, offsets[4], 0)
        + entry(1, start, 0)
    )
    body.write(
        b"5 0 obj\n<< /Type /XRef /Size 6 /W [1 4 1] /Root 1 0 R /Filter /FlateDecode /Length %d >>\nstream\n%s\n"
        b"endstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (len(table), table, start)
    )
    return body.getvalue()


def office(main: str, *extra: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", f'<Types><Override ContentType="{main}"/></Types>')
        for name in extra:
            archive.writestr(name, b"x")
    return file.getvalue()


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("giấy mời.pdf", pdf(), "application/pdf"),
        ("ảnh.PNG", PNG, "image/png"),
        ("biên bản.docx", office(WORD + ".main+xml"), WORD),
        ("cũ.doc", OLE + "WordDocument\x00".encode("utf-16-le"), "application/msword"),
        ("bảng.xls", OLE + "Workbook\x00".encode("utf-16-le"), "application/vnd.ms-excel"),
    ],
)
def test_documents_and_pictures_are_kept(name, content, content_type):
    file = upload(name, content)
    checked = check_upload(file)
    assert (checked.content_type, checked.size) == (content_type, len(content))
    assert checked.name.lower() == name.lower()
    assert len(checked.sha256) == 64
    assert file.read(2) == content[:2], "left rewound for the one who stores it"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("baocao.pdf", b"MZ\x90\x00" + bytes(500), "program"),
        ("baocao.docx", b"\x7fELF" + bytes(500), "program"),
        ("anh.png", b"#!/bin/sh\nrm -rf /\n", "program"),
        ("baocao.exe", pdf(), "type"),
        ("trang.pdf", b"<!DOCTYPE html><script>alert(1)</script>", "markup"),
        ("ve.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "markup"),
        ("ve.jpg", b"<?xml version='1.0'?><svg/>", "markup"),
        ("nen.docx", office("application/zip", "a.txt"), "type"),
        ("macro.docx", office(WORD + ".main+xml", "word/vbaProject.bin"), "macros"),
        ("macro.docx", office("application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"),
        ("macro.doc", OLE + "WordDocument\x00_VBA_PROJECT\x00".encode("utf-16-le"), "macros"),
        ("hong.docx", b"PK\x03\x04 broken", "type"),
        ("chu.pdf", b"chi la chu", "type"),
        ("rong.pdf", b"", "empty"),
        ("hong.pdf", b"%PDF-1.4 broken", "damaged"),
        (
            "script.pdf",
            pdf(root=b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (x) >> >>"),
            "script",
        ),
        ("script.pdf", pdf(b"<< /S /J#61vaScript /JS (x) >>"), "script"),
        ("launch.pdf", pdf(b"<< /S /Launch /F (cmd.exe) >>"), "script"),
        ("uri.pdf", pdf(root=b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /URI /URI (http://x) >> >>"), "script"),
        ("hidden.pdf", pdf_with_object_stream(b"<< /S /JavaScript /JS (app.alert) >>"), "script"),
    ],
)
def test_what_could_run_or_is_no_document_is_refused_with_a_sentence(name, content, code):
    with pytest.raises(ValidationError) as refusal:
        check_upload(upload(name, content))
    assert refusal.value.code == code
    assert len(refusal.value.messages[0]) > 15


def test_a_pdf_that_opens_on_a_page_is_fine():
    assert check_upload(upload("a.pdf", pdf(root=b"<< /Type /Catalog /Pages 2 0 R /OpenAction [2 0 R /Fit] >>")))
    assert check_upload(upload("a.pdf", pdf_with_object_stream(b"<< /Title (x) >>")))


def test_more_than_25_megabytes_is_refused_before_it_is_read():
    class Huge:
        size, name = 26 * 1024 * 1024, "lon.pdf"

        def read(self):
            raise AssertionError("must not be read")

    with pytest.raises(ValidationError) as refusal:
        check_upload(Huge())
    assert refusal.value.code == "too_large"
    assert "26" in refusal.value.messages[0]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("..\\..\\windows\\anh.png", "anh.png"),
        ("anh\u202egnp.png", "anh gnp.png"),
        ('a"<b>:c.png', "a b c.png"),
        ("anh.jpg", "anh.png"),
        (".png", "tai-lieu.png"),
    ],
)
def test_the_original_name_is_made_harmless(name, kept):
    file = upload("x.png", PNG)
    file._name = name
    if name == ".png":
        with pytest.raises(ValidationError):
            check_upload(file)
    else:
        assert check_upload(file).name == kept
