"""The children of an adult who is signed in: a card for each, and what helps a child in.

A section of the account page, and a page of its own.

A PIN is shown once, as the answer to a POST; what else a form does is said after a redirect, by the id of the child it was for.
"""

from typing import Any, Final

from latchkey.families.add_child import add_child
from latchkey.families.children import children_of
from latchkey.families.leave_child import leave_child
from latchkey.families.model.cards import Card
from latchkey.families.model.spelling import aloud
from latchkey.families.reveal_pin import ShownPin, reveal_pin
from latchkey.families.send_child_link import send_child_link
from latchkey.families.the_child import the_child
from latchkey.second_factors.model.asked import has_factor
from latchkey.second_factors.prove_again import demand_proof
from latchkey.shared.model.texts import said
from latchkey.sign_in.session import SignedIn
from latchkey.wiring import Wiring
from portal.account.sections import ALONE, my, shown_again
from portal.pasted import pasted_code
from portal.system import system
from web.answer import Answer
from web.request import Request
from web.route_group import RouteGroup
from web.times import rfc3339
from web.who import ready_to_ask

routes = RouteGroup(__name__, lambda: system().settings)
PAGE: Final = "/account/children"


def facts(system: Wiring, who: SignedIn) -> dict[str, Any] | None:
    """The cards; None for a student. Somebody who works at the school and has no child here sees where one is added."""
    if who.person.role == "student":
        return None
    cards = children_of(system, who.school, who.person)
    return {"cards": cards, "open": who.person.role == "parent" or bool(cards), "done": ""}


def _alone(system: Wiring, who: SignedIn) -> dict[str, Any]:
    """The same for the page of its own, where everybody can add a child who can have one."""
    return {**(facts(system, who) or {"cards": [], "done": ""}), "open": who.person.role != "student"}


@routes.on("GET", "/account/children", page=ALONE)
def show(request: Request) -> Answer:
    """The children of who is signed in; none of a student."""
    who = my(request)
    section = _alone(system(), who)
    section["done"] = _done(request, section["cards"])
    data = {"items": [card_json(card) for card in section["cards"]], "next": None}
    return Answer(data=data, context={"name": "children", "section": section})


@routes.on("POST", "/account/children", form=ALONE)
def add(request: Request) -> Answer:
    """Add the student of a parent code."""
    who = my(request)
    with shown_again(request, who, "children", _alone):
        added = add_child(system(), who.school, who.person, pasted_code(request), request.source_ip)
    child = added.child
    word = "added" if added.is_new else "already"
    data = {"id": child.id, "given_name": child.given_name, "family_name": child.family_name, "new": added.is_new}
    return Answer(data=data, status=201 if added.is_new else 200, location=f"{PAGE}?{word}={child.id}")


@routes.on("POST", "/account/children/{id}/pin", page="families/pin.html", form=ALONE)
def pin(request: Request, id: str) -> Answer:  # noqa: A002 - the name in the path
    """The PIN of a child: shown once, kept nowhere. Who has a second factor shows it again before."""
    who = my(request)
    if has_factor(who.school, who.person):  # before the child is looked for, so that it tells nothing of anybody's
        ready_to_ask(request, who)
        demand_proof(who, system().now())
    with shown_again(request, who, "children", _alone):
        shown = reveal_pin(system(), who.school, who.person, id)
    return Answer(data=pin_json(shown), context=_pin_page(shown) if request.wants_page else {})


@routes.on("POST", "/account/children/{id}/link", form=ALONE)
def link(request: Request, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Mail a password link to the child's address on file."""
    who = my(request)
    with shown_again(request, who, "children", _alone):
        send_child_link(system(), who.school, who.person, id)
    return Answer(data={"state": "queued"}, status=202, location=f"{PAGE}?link={id}")


@routes.on("GET", "/account/children/{id}/leave", page="families/leave.html")
def ask_to_leave(request: Request, id: str) -> Answer:  # noqa: A002 - the name in the path
    """The question before a child is taken off the account."""
    who = my(request)
    child = who.school.known_as(the_child(system(), who.school.slug, who.person, id))
    return Answer(data={"id": child.id, "given_name": child.given_name, "family_name": child.family_name})


def leave(request: Request, id: str) -> Answer:  # noqa: A002 - the name in the path
    """Take a child off the account, both ways."""
    who = my(request)
    leave_child(system(), who.school, who.person, id)
    return Answer(status=204, location=f"{PAGE}?left=1")


routes.on("DELETE", "/account/children/{id}")(leave)
routes.on("POST", "/account/children/{id}/delete")(leave)  # browsers can only post


def card_json(card: Card) -> dict[str, Any]:
    """A child as their adults see them."""
    return {
        "id": card.id,
        "given_name": card.given_name,
        "family_name": card.family_name,
        "year_group": card.year_group,
        "registration_group": card.registration_group,
        "sign_in": card.sign_in,
        "username": card.username,
        "email": card.email,
        "password_set_on": card.password_set_on,
        "last_login_on": card.last_login_on,
        "pin": card.pin,
        "link": card.link,
    }


def pin_json(shown: ShownPin) -> dict[str, Any]:
    """A PIN, its signs one by one to be read aloud, and the address that opens it on the child's own device."""
    return {
        "id": shown.child.id,
        "given_name": shown.child.given_name,
        "pin": shown.pin,
        "spoken": aloud(shown.pin),
        "url": shown.url,
        "expires_at": rfc3339(shown.expires_at),
        "new": shown.is_new,
    }


def _pin_page(shown: ShownPin) -> dict[str, Any]:
    from web.qr import qr

    return {"picture": qr(shown.url, said("The PIN as a square to scan"))}


def _done(request: Request, cards: list[Card]) -> str:
    """What a form has just done, from the address; of somebody who is no child of theirs nothing is said."""
    names = {card.id: card.given_name for card in cards}

    def child(word: str) -> str | None:
        return names.get(request.query.get(word, ""))

    if name := child("added"):
        return said("{name} was added to your account.", name=name)
    if name := child("already"):
        return said("{name} is on your account already, so no place of the code was taken.", name=name)
    if name := child("link"):
        return said("A mail with a link is on its way to {name}’s address.", name=name)
    return said("The child is no longer on your account. Using a code adds them again.") if request.query.get("left") else ""
