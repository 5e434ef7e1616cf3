"""The components with which people and things are chosen, and the pane that shows what comes of it."""

from dataclasses import dataclass
from typing import Any

from latchkey.people.model.choosing import MOST, Offered
from latchkey.people.model.person import Role
from web.pages import environment, reading


@dataclass(frozen=True)
class Someone:
    registration_group: str | None
    year_group: str | None = "7"
    role: Role = "student"


def made(source: str, **values: Any) -> str:
    with reading("en") as reader:
        return environment().from_string(source).render(reader=reader, **values)


CHOICE = (
    '{% from "parts/group_choice.html" import group_choice %}{{ group_choice("Who?", offered, typed, wrong, chosen=chosen) }}'
)


def choice(offered: Offered, typed: dict[str, str] | None = None, wrong: str = "", chosen: Any = None) -> str:
    return made(CHOICE, offered=offered, typed=typed or {}, wrong=wrong, chosen=chosen)


def test_groups_are_boxes_with_their_numbers_and_nothing_is_chosen_at_first() -> None:
    page = choice(Offered.of([Someone("7A"), Someone("7<B>"), Someone("8A", "8")]))
    assert "Year 7</p>" in page
    assert 'name="group.7A" data-people="1"' in page
    assert "7&lt;B&gt;" in page
    assert "checked" not in page
    assert "who-error" not in page


def test_what_was_chosen_is_kept_and_an_error_is_tied_to_it() -> None:
    page = choice(Offered.of([Someone("7A"), Someone("8A", "8")]), {"who": "years", "year.8": "on"}, "Which?")
    assert 'value="years" checked' in page
    assert 'name="year.8" data-people="1" checked' in page
    assert 'aria-describedby="who-error"' in page
    assert 'data-choice-number aria-live="polite">1<' in page


def test_people_who_were_chosen_before_stand_first_and_are_chosen() -> None:
    before = {"count": 108, "words": "The 108 you chose", "fields": {"selection": "abc"}}
    page = choice(Offered.of([Someone("7A")]), chosen=before)
    assert page.index("The 108 you chose") < page.index("The whole school")
    assert 'value="chosen" data-people="108" checked' in page
    assert '<input type="hidden" name="selection" value="abc">' in page
    assert ">108</output>" in page


def test_too_many_groups_are_typed() -> None:
    page = choice(Offered.of([Someone(f"G{number}") for number in range(MOST + 1)]), {"groups_typed": "G1"})
    assert 'name="groups_typed" value="G1"' in page
    assert 'name="group.' not in page


def test_cards_are_links_and_one_may_be_the_page_that_is_open() -> None:
    cards = [
        {"href": "/a", "name": "Slips", "text": "To cut", "picture": picture, "current": picture == "slips"}
        for picture in ("slips", "letters", "list", "files", "mail", "door", "other")
    ]
    page = made('{% from "parts/card_choice.html" import card_choice %}{{ card_choice(cards, "As what?") }}', cards=cards)
    assert page.count("<svg") == page.count('aria-hidden="true"') == len(cards)
    assert page.count('aria-current="page"') == 1
    assert "style=" not in page


def test_a_pane_says_where_it_comes_from_and_has_a_button_without_scripts() -> None:
    source = (
        '{% from "parts/preview_pane.html" import preview_button, preview_pane %}{{ preview_button("/x") }}'
        '{% call preview_pane("The first page", "/x", "form", "Made up") %}<b>inside</b>{% endcall %}'
    )
    page = made(source)
    assert 'data-preview="/x" data-preview-of="form"' in page
    assert "<div data-preview-body><b>inside</b></div>" in page
    assert 'formmethod="get" formaction="/x"' in page
