"""Every language says everything that the mails say, with the same places, and in the right form of a number."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from latchkey.mail.messages.phrases import words
from latchkey.shared import catalogues
from latchkey.shared.model.languages import LANGUAGES
from tests.support.sam import ROOT

OTHERS = sorted(set(LANGUAGES) - {"en"})


def build() -> ModuleType:
    """The script of the build, which is in no package."""
    spec = importlib.util.spec_from_file_location("build_catalogues", ROOT / "layers/domain/build/catalogues.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.house
def test_a_language_is_a_line_in_the_code_and_a_catalogue() -> None:
    assert build().languages() == OTHERS


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_is_whole(code: str) -> None:
    assert build().problems(build().read(code), build().messages()) == []


@pytest.mark.parametrize(
    ("said", "string", "trouble"),
    [
        ("Hello,", "", "is not translated"),
        ("Questions? {help}", "Pytania?", "has other places"),
        ("Questions? {help}", "Pytania? {help} {link}", "has other places"),
        ("Hello,", "<b>Cześć</b>", "has a sign"),
        ("Hello,", "Cześć\u202e", "has a sign"),
        (("{count} day", "{count} days"), ("{count} dzień", "", "{count} dni"), "is not translated"),
        ("Good-bye", "Do widzenia", "is no longer said"),
    ],
)
def test_a_catalogue_with_mistakes_is_refused(said: Any, string: Any, trouble: str) -> None:
    catalogue = build().read("pl")
    catalogue.delete(said[0] if isinstance(said, tuple) else said)
    catalogue.add(said, string)
    (found,) = build().problems(catalogue, build().messages())
    assert found.startswith(trouble)


def test_a_message_that_is_missing_or_not_sure_is_refused() -> None:
    catalogue = build().read("pl")
    catalogue.delete("Hello,")
    catalogue.get("student").flags.add("fuzzy")
    assert sorted(build().problems(catalogue, build().messages())) == ["is missing: Hello,", "is not sure (fuzzy): student"]


@pytest.mark.parametrize(
    ("code", "seconds", "said"),
    [
        ("pl", 86_400, "1 dzień"),
        ("pl", 2 * 86_400, "2 dni"),
        ("pl", 14 * 86_400, "14 dni"),
        ("pl", 3_600, "1 godzinę"),
        ("pl", 3 * 3_600, "3 godziny"),
        ("pl", 12 * 3_600, "12 godzin"),
        ("pl", 22 * 3_600, "22 godziny"),
        ("pl", 60, "1 minutę"),
        ("pl", 45 * 60, "45 minut"),
        ("cy", 86_400, "1 diwrnod"),
        ("cy", 2 * 86_400, "2 ddiwrnod"),
        ("cy", 14 * 86_400, "14 diwrnod"),
        ("cy", 2 * 60, "2 funud"),
        ("cy", 3_600, "1 awr"),
        ("ur", 86_400, "1 دن"),
        ("ur", 3_600, "1 گھنٹے"),
        ("ur", 10 * 60, "10 منٹ"),
    ],
)
def test_a_life_in_other_languages(code: str, seconds: int, said: str) -> None:
    assert words(seconds, code) == said


def test_a_language_without_a_catalogue_is_english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    for code in ("pl", "xx", ""):
        language, texts = catalogues.catalogue.__wrapped__(code)
        assert language.code == "en"
        assert texts.gettext("Hello,") == "Hello,"
