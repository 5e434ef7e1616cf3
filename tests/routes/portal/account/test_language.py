"""The language of one's own pages and mails."""

from typing import Any

import pytest

from latchkey.accounts.stores.own_choices import OwnChoices
from latchkey.errors import Changed
from tests.support.portal import Portal

COOKIE = "__Host-latchkey"


@pytest.fixture
def token(portal: Portal) -> str:
    portal.add("ann", edited=("email", "year_group"))
    return str(portal.sign_in("ann").json_body["token"])


def choose(portal: Portal, token: str, language: Any) -> Any:
    return portal.post("/account/language", {"language": language}, Authorization=f"Bearer {token}")


def test_a_language_is_chosen_and_counts_as_edited_here(portal: Portal, token: str) -> None:
    assert choose(portal, token, "pl").status_code == 204
    ann = portal.person_named("ann")
    assert (ann.language, ann.edited) == ("pl", ("email", "year_group", "language"))
    assert portal.get("/account", Authorization=f"Bearer {token}").status_code == 200, "nobody is signed out by it"
    assert choose(portal, token, "pl").status_code == 204
    assert portal.get("/account/language", Authorization=f"Bearer {token}").json_body["language"] == "pl"
    assert choose(portal, token, "").status_code == 204
    assert portal.person_named("ann").language is None
    events = portal.system.wiring("console").audit("northbridge").page(limit=100)[0]
    said = [each["facts"]["language"] for each in events if each["action"] == "person.language"]
    assert sorted(said) == ["pl", "school"]


@pytest.mark.parametrize("language", ["fr", "PL", "english", "x" * 36, 7, "e\nn"])
def test_what_is_none_of_ours_is_refused_and_named(portal: Portal, token: str, language: Any) -> None:
    before = portal.person_named("ann")
    answer = choose(portal, token, language)
    assert (answer.status_code, list(answer.json_body["fields"])) == (422, ["language"])
    assert portal.person_named("ann") == before


def test_the_form_leads_back_and_says_it(portal: Portal, token: str) -> None:
    cookie = {"Cookie": f"{COOKIE}={token}"}
    done = portal.submit("/account/language", {"language": "cy"}, **cookie)
    assert (done.status_code, done.headers["Location"]) == (303, "/account?done=language")
    assert 'class="done"' in portal.page("/account?done=language", **cookie).body.decode()
    page = portal.page("/account/language", **cookie).body.decode()
    assert '<option value="cy" lang="cy" dir="ltr" selected>Cymraeg</option>' in page
    wrong = portal.submit("/account/language", {"language": "fr"}, **cookie)
    assert wrong.status_code == 422
    assert 'href="#language"' in wrong.body.decode()


def test_a_roster_that_takes_a_mark_away_meanwhile_is_looked_at_again(
    portal: Portal, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = portal.person_named("ann")
    write, times = OwnChoices.language, list[int]()

    def late(self: OwnChoices, *args: Any) -> None:
        if not times:
            times.append(1)
            portal.wiring.directory("northbridge").change(ann.id, {"edited": ["email"]})
        write(self, *args)

    monkeypatch.setattr(OwnChoices, "language", late)
    assert choose(portal, token, "ur").status_code == 204
    assert (portal.person_named("ann").language, portal.person_named("ann").edited) == ("ur", ("email", "language"))


def test_where_something_else_always_changes_it_is_tried_later(
    portal: Portal, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any) -> None:
        raise Changed

    monkeypatch.setattr(OwnChoices, "language", never)
    assert choose(portal, token, "ur").status_code == 503
    portal.wiring.directory("northbridge").change(portal.person_named("ann").id, {"status": "left"})
    assert choose(portal, token, "ur").status_code == 401
