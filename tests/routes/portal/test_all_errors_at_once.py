"""Every form of the portal says all that is wrong at once, names each field, and says the same above and beside it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest

from latchkey.people.model.person import CodeState
from latchkey.schools.model.school import DAY
from tests.support.portal import PASSWORD, Portal

LIVE = CodeState(3, 1_795_000_000 + 90 * DAY)
TYPED = ("text", "email", "password", "search", "tel")
NAMELESS = ("Fill this in.", "This is too long", "This has a character", "This must be a text.")


@dataclass
class Form:
    """One form of a page: where it goes, what it sends along, what people type, and which of that has to be there.

    ``is_ours``: the browser does not stop it at the first empty field, in words of its own.
    """

    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    required: list[str] = field(default_factory=list)
    is_ours: bool = True


class Forms(HTMLParser):
    """The forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "form":
            self._open = said.get("method") == "post" and bool(said.get("action"))
            if self._open:
                self.found.append(Form(str(said["action"]), is_ours="novalidate" in said))
        elif tag == "button" and self._open and said.get("name"):
            self.found[-1].hidden.setdefault(str(said["name"]), said.get("value") or "")
        elif tag == "input" and self._open and said.get("name"):
            name, form = str(said["name"]), self.found[-1]
            if said.get("type") == "hidden":
                form.hidden[name] = said.get("value") or ""
            elif said.get("type", "text") in TYPED:
                form.typed.append(name)
                form.required += [name] if "required" in said else []

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "form"


def forms_of(page: str) -> list[Form]:
    reader = Forms()
    reader.feed(page)
    return [form for form in reader.found if form.typed]


class Visitor:
    """Somebody at a form, signed in or not."""

    def __init__(self, portal: Portal, name: str | None = None) -> None:
        self.portal = portal
        self.headers = {}
        if name is not None:
            token = portal.sign_in(name).json_body["token"]
            self.headers = {"Cookie": f"__Host-latchkey={token}"}

    def page(self, path: str) -> str:
        answer = self.portal.page(path, **self.headers)
        assert answer.status_code == 200, path
        return str(answer.body.decode())

    def send(self, form: Form, typed: dict[str, str]) -> Any:
        return self.portal.submit(form.action, {**form.hidden, **typed}, **self.headers)


@pytest.fixture
def places(portal: Portal) -> dict[str, tuple[Visitor, str]]:
    """The pages with forms, and whoever stands before them. The pages of codes are those that a code has opened."""
    ann = portal.add("ann", email="ann@home.example", number=7, pin=LIVE, parent_code=LIVE, year_group="9")
    portal.add("bea", number=8, pin=LIVE, parent_code=LIVE, password=None, username=None)
    portal.add("mum", role="parent", email="mum@home.example", children=(ann.id,))
    portal.add("tess", role="teacher", email="tess@northbridge.example")
    bea = portal.person_named("bea")
    nobody, ann_in, mum_in, tess_in = Visitor(portal), Visitor(portal, "ann"), Visitor(portal, "mum"), Visitor(portal, "tess")

    def opened(kind: Any) -> str:
        answer = portal.submit("/schools/northbridge/codes/check", {"code": portal.code(bea, kind)})
        assert answer.status_code == 200
        return str(answer.body.decode())

    home = "/schools/northbridge"
    return {
        "sign in": (nobody, nobody.page(f"{home}/sessions")),
        "forgot": (nobody, nobody.page(f"{home}/forgot-password")),
        "code": (nobody, nobody.page(f"{home}/redeem")),
        "claim": (nobody, opened("pin")),
        "register": (nobody, opened("parent")),
        "password": (ann_in, ann_in.page("/account/password")),
        "email": (ann_in, ann_in.page("/account/email")),
        "invite parents": (ann_in, ann_in.page("/account/parent-invitations")),
        "add a child": (mum_in, mum_in.page("/account/children")),
        "second step": (tess_in, tess_in.page("/account/second-factors")),
    }


PLACES = ("sign in", "forgot", "code", "claim", "register", "password", "email", "invite parents", "add a child", "second step")


def wrong_in(answer: Any) -> Iterator[tuple[str, str]]:
    """(field, words) of the summary, each checked against what stands at the field."""
    page = answer.body.decode()
    assert answer.status_code == 422, page
    summary = page[page.index('id="problem"') :].partition("</ul>")[0]
    for name, words in re.findall(r'<li><a href="#([\w.]+)">(.*?)</a></li>', summary):
        beside = re.findall(rf'id="{re.escape(name)}-error"><span class="hidden">Error: </span>(.*?)</p>', page)
        assert beside == [words], f"{name}: the same words above and beside the field"
        assert re.search(rf'<(?:input|select|textarea) id="{re.escape(name)}"[^>]*aria-invalid="true"', page), name
        yield name, words


@pytest.mark.parametrize("place", PLACES)
def test_an_empty_form_names_every_field_that_has_to_be_filled_in(places: dict[str, tuple[Visitor, str]], place: str) -> None:
    visitor, page = places[place]
    forms = forms_of(page)
    assert forms, "there is a form to fill in"
    for form in forms:
        found = dict(wrong_in(visitor.send(form, dict.fromkeys(form.typed, ""))))
        assert form.is_ours, form
        assert set(form.required) <= set(found), form
        assert list(found) == [name for name in form.typed if name in found], "in the order of the form"
        assert len(set(found.values())) == len(found), "no two fields say the same"
        for words in found.values():
            assert not words.startswith(NAMELESS), words


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("typed", ["x" * 5_000, "a\x07b", "\ud7ff\x00"], ids=["long", "bell", "zero"])
def test_whatever_is_typed_into_all_fields_is_said_at_each(
    places: dict[str, tuple[Visitor, str]], place: str, typed: str
) -> None:
    visitor, page = places[place]
    for form in forms_of(page):
        found = dict(wrong_in(visitor.send(form, dict.fromkeys(form.typed, typed))))
        assert set(form.required) <= set(found) or set(found) == set(form.typed), (form, found)
        for words in found.values():
            assert not words.startswith(NAMELESS), words


def test_a_link_and_an_invitation_say_all_at_once_to_their_scripts(portal: Portal) -> None:
    """Their pages hold a token in the address and send JSON; the fields come together and name themselves."""
    ann = portal.add("ann", email="ann@home.example", password=None)
    answer = portal.post("/password-links/use", {"token": portal.token(ann), "password": ""})
    assert answer.json_body["fields"] == {"password": "Enter a password."}
    wrong = {"token": "x", "given_name": "a\x00", "family_name": "a" * 400, "password": "a\x00"}
    answer = portal.post("/invitations/use", wrong)
    assert list(answer.json_body["fields"]) == ["given_name", "family_name", "password"]
    assert all(not words.startswith(NAMELESS) for words in answer.json_body["fields"].values())


def test_a_script_that_signs_in_reads_both_fields(portal: Portal) -> None:
    portal.add("ann")
    answer = portal.post("/schools/northbridge/sessions", {})
    assert (answer.status_code, answer.json_body["fields"]) == (
        422,
        {"identifier": "Enter your e-mail address or your username.", "password": "Enter your password."},
    )
    assert portal.sign_in("ann", PASSWORD).status_code == 201
