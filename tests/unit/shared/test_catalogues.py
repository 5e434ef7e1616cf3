"""Every language says everything that mails, pages and paper say, with the same places, and in the right form of a number."""

from pathlib import Path
from typing import Any

import pytest

from infra.translations import script
from latchkey.mail.messages.phrases import words
from latchkey.shared import catalogues
from latchkey.shared.model.languages import LANGUAGES

OTHERS = sorted(set(LANGUAGES) - {"en"})
build: Any = script("catalogues")
MESSAGES: Any = script("messages")


@pytest.mark.house
def test_a_language_is_a_line_in_the_code_and_a_catalogue() -> None:
    assert build.languages() == OTHERS


@pytest.mark.parametrize("code", OTHERS)
def test_a_language_is_whole(code: str) -> None:
    """`make translations` writes what is new into the catalogues; whoever wrote the English translates it."""
    assert build.whole(code)[1] == []


@pytest.mark.parametrize(
    ("said", "string", "trouble"),
    [
        ("Hello,", "", "is not translated"),
        ("Questions? {help}", "Pytania?", "has other places"),
        ("Questions? {help}", "Pytania? {help} {link}", "has other places"),
        ("Hello,", "<b>Cześć</b>", "has other tags"),
        ("Hello,", "Cześć\u202e", "has a mark of direction"),
        (("{count} day", "{count} days"), ("{count} dzień", "", "{count} dni"), "is not translated"),
        ("Good-bye", "Do widzenia", "is no longer said"),
    ],
)
def test_a_catalogue_with_mistakes_is_refused(said: Any, string: Any, trouble: str) -> None:
    catalogue = build.read("pl", "mails")
    catalogue.delete(said[0] if isinstance(said, tuple) else said)
    catalogue.add(said, string)
    (found,) = build.problems(catalogue, set(build.messages()["mails"]))
    assert found.startswith(trouble)


def test_a_message_that_is_missing_or_not_sure_is_refused() -> None:
    catalogue = build.read("pl", "mails")
    catalogue.delete("Hello,")
    catalogue.get("student").flags.add("fuzzy")
    assert sorted(build.problems(catalogue, set(build.messages()["mails"]))) == [
        "is missing: Hello,",
        "is not sure (fuzzy): student",
    ]


@pytest.fixture
def two_areas(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A language with a message that two areas have, and a third area that the code does not know."""
    folder = tmp_path / "pl" / build.NAME
    folder.mkdir(parents=True)
    header = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\nmsgid "Sign in"\nmsgstr "Zaloguj się"\n'
    for area in ("mails", "pages"):
        (folder / f"{area}.po").write_text(header, "utf-8")
    monkeypatch.setattr(build, "LOCALE", tmp_path)
    monkeypatch.setattr(build, "messages", lambda: {"mails": {"Sign in": None}, "pages": {"Sign in": None}})
    return folder


def test_two_areas_may_have_one_message_if_they_say_the_same(two_areas: Path) -> None:
    catalogue, wrong = build.whole("pl")
    assert (catalogue.get("Sign in").string, wrong) == ("Zaloguj się", [])
    pages = two_areas / "pages.po"
    pages.write_text(pages.read_text("utf-8").replace("Zaloguj się", "Logowanie"), "utf-8")
    assert build.whole("pl")[1] == ["locale/pl: two areas translate differently: Sign in"]


def test_an_area_counts_like_the_others(two_areas: Path) -> None:
    pages = two_areas / "pages.po"
    pages.write_text(pages.read_text("utf-8").replace("n != 1", "n > 1"), "utf-8")
    (wrong,) = build.whole("pl")[1]
    assert wrong.endswith("pages.po: counts otherwise than mails.po (Plural-Forms)")


def test_a_catalogue_of_an_area_that_says_nothing_any_more_is_refused(two_areas: Path) -> None:
    (two_areas / "old.po").write_text((two_areas / "mails.po").read_text("utf-8"), "utf-8")
    assert build.whole("pl")[1] == ["locale/pl/LC_MESSAGES/old.po: is no longer said: Sign in"]


@pytest.mark.parametrize(
    ("path", "area"),
    [
        ("layers/domain/latchkey/mail/messages/reset.py", "mails"),
        ("layers/domain/latchkey/errors.py", "pages"),
        ("layers/domain/latchkey/codes/check_code.py", "codes"),
        ("functions/portal/account/second_factors.py", "second_factors"),
        ("functions/portal/account/password.py", "account"),
        ("functions/portal/account/parent_code.py", "families"),
        ("functions/web/templates/account/email.html", "addresses"),
        ("functions/web/templates/base.html", "pages"),
    ],
)
def test_the_path_of_a_file_says_its_area(path: str, area: str) -> None:
    assert MESSAGES.area_of(Path(path)) == area


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
