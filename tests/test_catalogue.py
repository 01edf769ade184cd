"""The Vietnamese catalogue is complete: nothing untranslated, fuzzy, stale or missing."""

import re
import shutil
import subprocess
import sys

import polib
import pytest
from django.conf import settings

CATALOGUE = settings.BASE_DIR / "locale" / "vi" / "LC_MESSAGES" / "django.po"
PARTS = [
    "accounts",
    "audit",
    "deadlines",
    "dialogue",
    "feedback",
    "meetings",
    "notices",
    "portal",
    "reports",
    "templates",
]


@pytest.fixture(scope="module")
def extracted(tmp_path_factory) -> set[str]:
    """What xgettext finds in the code and the templates today."""
    assert shutil.which("xgettext"), "gettext is missing: script/bootstrap --tests installs it"
    copy = tmp_path_factory.mktemp("words")
    for part in PARTS:
        shutil.copytree(
            settings.BASE_DIR / part, copy / part, ignore=shutil.ignore_patterns("migrations", "__pycache__")
        )
    (copy / "locale").mkdir()
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "vi", "--no-location", "-v", "0"], cwd=copy, check=True
    )
    return {entry.msgid for entry in polib.pofile(copy / "locale" / "vi" / "LC_MESSAGES" / "django.po")}


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    return polib.pofile(CATALOGUE)


def test_every_sentence_is_translated(catalogue):
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []


def test_no_translation_is_a_guess(catalogue):
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


def test_no_sentence_is_missing_and_none_is_stale(catalogue, extracted):
    kept = {entry.msgid for entry in catalogue if not entry.obsolete}
    assert extracted - kept == set(), "sentences missing from the catalogue: run makemessages"
    assert kept - extracted == set(), "sentences that nobody says any more"
    assert [entry.msgid for entry in catalogue.obsolete_entries()] == []


def test_placeholders_are_the_same_on_both_sides(catalogue):
    placeholder = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
    wrong = []
    for entry in catalogue:
        said = set(placeholder.findall(entry.msgid)) | set(placeholder.findall(entry.msgid_plural))
        for translation in [entry.msgstr, *entry.msgstr_plural.values()]:
            if translation and set(placeholder.findall(translation)) - said:
                wrong.append(entry.msgid)
    assert wrong == []
