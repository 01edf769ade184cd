"""Milliseconds and memory of a conclusion notice as a PDF: one page and several, first and warm. No database."""

import argparse
import io
import os
import resource
import statistics
import subprocess
import sys
import time
from datetime import date

import house

SENTENCE = (
    "Giao các phòng chuyên môn phối hợp kiểm tra, rà soát nội dung kiến nghị của Nhân dân, báo cáo kết quả và trả lời "
    "bằng văn bản đúng thời hạn quy định. "
)
# Conclusions, sentences in each, and tasks: about one page and about three.
SIZES = {"one page": (1, 1, 1), "three pages": (5, 3, 5)}


def notice(groups: int, sentences: int, tasks: int):
    """A notice of rows that no database knows."""
    from accounts.models import Unit
    from meetings.models import Field, Meeting
    from notices.models import Conclusion, Notice, NoticeTask

    committee = Unit(name="Ủy ban nhân dân thành phố Đo", abbreviation="UBND", kind="peoples_committee")
    ward = Unit(name="Ủy ban nhân dân phường Đo", abbreviation="UBND", kind="peoples_committee", superior=committee)
    made = Notice(
        meeting=Meeting(topic="Đối thoại với Nhân dân", host_unit=ward),
        unit=ward,
        regime="state",
        state="issued",
        subject="Kết luận tại Hội nghị đối thoại định kỳ với Nhân dân",
        opening="Ngày 21 tháng 8 năm 2026, Ủy ban nhân dân phường tổ chức Hội nghị đối thoại với Nhân dân.",
        assessment="Hội nghị có 80 đại biểu, Nhân dân tham dự; 12 lượt phát biểu với 15 ý kiến.",
        closing="Trên đây là Thông báo kết luận; đề nghị các cơ quan, đơn vị nghiêm túc tổ chức thực hiện.",
        recipients="- Như trên;\n- Lưu: VT.",
        place="Đo",
        signer_title="CHỦ TỊCH",
        signer_name="Nguyễn Văn An",
        signing_authority="TM. ỦY BAN NHÂN DÂN",
        number=5,
        document_code="05/TB-UBND",
        issued_on=date(2026, 9, 4),
    )
    names = ["Kinh tế", "Vệ sinh môi trường", "An ninh trật tự", "Văn hóa - xã hội"]
    conclusions = [Conclusion(field=Field(name=names[i % 4]), text=SENTENCE * sentences) for i in range(groups)]
    rows = [
        NoticeTask(task=SENTENCE, lead_department="Phòng Kinh tế, Hạ tầng và Đô thị", due_on=date(2026, 9, 30))
        for _index in range(tasks)
    ]
    return made, conclusions, rows


def measure(size: str, times: int) -> None:
    """In a process of its own: what the first document costs, and the others."""
    # The settings want a database; nothing here ever asks it anything.
    os.environ |= {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "SECRET_KEY": "only-for-measuring"}
    os.environ |= {"REDIS_URL": "redis://127.0.0.1:1/0"}
    house.use_django()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    set_up = time.perf_counter()
    from notices.documents import render_notice

    imported = time.perf_counter()
    made, conclusions, tasks = notice(*SIZES[size])
    spent, used = [], []
    for _index in range(times + 1):
        start, cpu = time.perf_counter(), time.process_time()
        pdf = render_notice(made, conclusions=conclusions, tasks=tasks)
        spent.append((time.perf_counter() - start) * 1000)
        used.append((time.process_time() - cpu) * 1000)
    from pypdf import PdfReader

    pages = len(PdfReader(io.BytesIO(pdf)).pages)
    unit = 1024 if sys.platform == "linux" else 1024 * 1024
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"| {size:<11} | {pages:>5} | {len(pdf) / 1000:>5.0f} | {(imported - set_up) * 1000:>6.0f} | {spent[0]:>5.0f} "
        f"| {statistics.median(spent[1:]):>7.0f} | {statistics.median(used[1:]):>6.0f} "
        f"| {memory / unit:>6.0f} | {before / unit:>6.0f} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=house.number(1, 1000), default=20, help="warm documents of each size")
    parser.add_argument("--size", choices=SIZES, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.size:
        measure(chosen.size, chosen.times)
        return
    print(house.machine())
    print("\n| document    | pages |    kB | import | first |    warm | CPU ms | MB top | MB set |")
    print("|-------------|------:|------:|-------:|------:|--------:|-------:|-------:|-------:|", flush=True)
    command = [sys.executable, __file__, "--times", str(chosen.times), "--size"]
    for size in SIZES:
        subprocess.run([*command, size], check=True)
    began = time.perf_counter()
    both = [subprocess.Popen([*command, "one page"], stdout=subprocess.DEVNULL) for _index in range(2)]
    for process in both:
        process.wait()
    seconds = time.perf_counter() - began
    print(f"\ntwo processes at once, starts included: {2 * (chosen.times + 1) / seconds:.1f} documents/s")


if __name__ == "__main__":
    main()
