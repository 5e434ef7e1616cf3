"""The steps of signing in, in their order, and how each of their outcomes is answered."""

from typing import Final

from latchkey.errors import LatchkeyError
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.second_factors.second_step import SecondStep
from latchkey.sign_in.choose_account import choices
from latchkey.sign_in.steps import Asked, Opened, Opening, Proof, Step, go_on, opening, settle
from latchkey.sign_in.stores.credentials import FactorsItem
from portal.account.account import person_facts
from portal.system import system
from web import way_back
from web.answer import Answer
from web.entered import PAGES, cookies_of, step_cookie, visit_of
from web.request import Request
from web.times import rfc3339

STEPS: Final[tuple[Step, ...]] = (SecondStep(),)
"""What stands between a right password and a session, in this order."""


def outcome(request: Request, proof: Proof) -> Answer:
    """The answer to whoever has shown this much: a session, or (202) what the next step asks for."""
    if proof.also:
        settle(system(), proof)
        return chosen_from(proof)
    found = _go_on(request, proof)
    return opened(request, found) if isinstance(found, Opened) else asked(found, proof.school.slug)


def chosen_from(proof: Proof) -> Answer:
    """202 with the accounts that one address and password fit: who signs in says which is meant."""
    slug, known = proof.school.slug, proof.school.known_as
    found = [
        {
            "token": each.token,
            "given_name": known(each.person).given_name,
            "role": each.person.role,
            "children": list(each.children),
        }
        for each in choices(system(), proof)
    ]
    return Answer(
        data={"choose": {"accounts": found, "at": f"/schools/{slug}/sessions/account"}},
        status=202,
        page="sign_in/choose.html",
        context={"school": proof.school},
    )


def by_password(request: Request, factors: FactorsItem | None, school: School, person: Person) -> Opening | None:
    """The session with which somebody goes on whose code sets a password, written with that; None if they are to sign in.

    The school has to have switched it on, and no step may ask for anything. ``factors``: the item of their second factors.
    """
    if not _goes_on(school, person):
        return None
    proof = Proof(school=school, person=person, at=system().now(), factors={person.id: factors})
    return opening(system(), proof, STEPS, visit=visit_of(request))


def by_phone(request: Request, school: School, person: Person) -> Opening | None:
    """The same of somebody who has made a passkey on their phone with a code or an invitation."""
    now = system().now()
    proof = Proof(school=school, person=person, at=now, ways=("passkey",), proved_at=now)
    return opening(system(), proof, STEPS, visit=visit_of(request))


def _goes_on(school: School, person: Person) -> bool:
    """Whether this person is signed in who has just set a password."""
    return school.settings.afterwards == "signed_in" and not school.uses_sso(person)


def afterwards(request: Request, school: School, person: Person) -> dict[str, str | list[str]]:
    """The headers with which somebody goes on who has just set a password with a link; none if they are to sign in.

    The school has to have switched it on, and no step may ask for anything. The password stands, whatever happens here.
    """
    if not _goes_on(school, person):
        return {}
    proof = Proof(school=school, person=person, at=system().now())
    try:
        found = _go_on(request, proof)
    except LatchkeyError:  # another password was set since, or a table is busy: they can sign in
        return {}
    return {"Set-Cookie": cookies_of(request, found.token)} if isinstance(found, Opened) else {}


def _go_on(request: Request, proof: Proof) -> Opened | Asked:
    return go_on(system(), proof, STEPS, visit=visit_of(request))


def opened(request: Request, found: Opened) -> Answer:
    """201 with the session."""
    token, who = found.token, found.who
    there = way_back.followed(request, who.school.slug, is_admin=who.person.is_admin)
    cookies = cookies_of(request, token)
    gone = way_back.forgotten(request, there)
    return Answer(
        data={"token": token, "expires_at": rfc3339(who.session.expires_at), "person": person_facts(who.person, who.school)},
        status=201,
        location=there or (f"/admin/{who.school.slug}" if who.person.is_admin else "/account"),
        headers={"Set-Cookie": [*([cookies] if isinstance(cookies, str) else cookies), *gone] if gone else cookies},
    )


def asked(found: Asked, school: str) -> Answer:
    """202 with what the step asks for; a browser goes to its page, and keeps the proof in a cookie that no script sees."""
    return Answer(
        data={found.step: {"token": found.token, **found.facts}},
        status=202,
        location=f"/schools/{school}/sessions/{PAGES[found.step]}",
        headers={"Set-Cookie": step_cookie(found)},
    )
