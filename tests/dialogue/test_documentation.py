"""What the documents say of the program is so."""

import re

import polib
from django.conf import settings

DOCS = settings.BASE_DIR / "docs"
GUIDE = DOCS / "huong-dan-su-dung.md"
LINK = re.compile(r"\]\(([^)#\s]*)(#[^)\s]*)?\)")

# Set by every shell, and by us for our own processes: nothing that somebody who runs the product could choose.
NOT_OURS = {"PATH", "DJANGO_SETTINGS_MODULE"}
READS = re.compile(
    r"""(?: environ(?:\.get|\.setdefault)?[([]   # os.environ.get("X"), os.environ["X"]
        | env\.\w+\(                           # env.str("X")
        | (?:_switch|number)\(                # _switch("X"), number("X")
        | _setting\(env\.\w+,\s*               # _setting(env.int, "X")
        )"([A-Z][A-Z_]+)\"""",
    re.VERBOSE,
)


def _variables_read() -> set[str]:
    sources = (settings.BASE_DIR / "dialogue").rglob("*.py")
    return {name for source in sources for name in READS.findall(source.read_text())} - NOT_OURS


def _variables_described() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", (DOCS / "operations.md").read_text(), re.MULTILINE))


def test_every_variable_that_is_read_is_described():
    assert {"DATABASE_URL", "DEMONSTRATION_ALLOWED", "TRUSTED_PROXIES", "SESSION_HOURS", "PORT"} <= _variables_read()
    assert _variables_read() - _variables_described() == set()


def test_no_variable_is_described_that_nobody_reads():
    assert _variables_described() - _variables_read() == set()


def _slug(heading: str) -> str:
    return "#" + re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def test_every_link_of_the_documents_leads_somewhere():
    pages = [settings.BASE_DIR / "README.md", settings.BASE_DIR / "bench" / "README.md", *DOCS.rglob("*.md")]
    broken = []
    for page in pages:
        for target, anchor in LINK.findall(page.read_text()):
            if "://" in target:
                continue
            file = (page.parent / target).resolve() if target else page
            if not file.exists():
                broken.append(f"{page.name}: {target}")
            elif anchor and file.is_file():
                headings = {_slug(one) for one in re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)}
                if anchor not in headings:
                    broken.append(f"{page.name}: {anchor}")
    assert broken == []


def test_the_user_guide_names_things_as_the_screen_does():
    entries = polib.pofile(settings.BASE_DIR / "locale" / "vi" / "LC_MESSAGES" / "django.po")
    said = {entry.msgstr for entry in entries} | {text for e in entries for text in e.msgstr_plural.values()}
    said = {text.casefold() for text in said}
    # The sentence at the top and the numbered steps are in bold for the eye.
    text = re.sub(r"^\d+\. \*\*[^*]+\.\*\*|^- \*\*[^*]+\.\*\*", "", GUIDE.read_text(), flags=re.MULTILINE)
    named = {" ".join(one.split()) for one in re.findall(r"\*\*([^*]+)\*\*", text)} - {"in đậm"}
    assert sorted(one for one in named if one.casefold() not in said) == []


def test_every_path_in_the_maintainers_guide_exists():
    text = (DOCS / "maintaining.md").read_text()
    named = re.findall(r"`((?:[a-z_]+/)+[\w.]*)`", text)
    ours = [path for path in named if (settings.BASE_DIR / path.partition("/")[0]).is_dir()]
    assert ours
    assert [path for path in ours if not (settings.BASE_DIR / path).exists()] == []
