"""Every door at which a stranger, or somebody signed in, could ask who exists: how to ask it about somebody, and about nobody.

A pair is asked of the same system twice, from the same state. ``told`` names what may differ, and why it was decided so.
"""

import marshal
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chalice.test import HTTPResponse

from latchkey.codes.model import codes
from latchkey.invitations import invite as inviting
from latchkey.invitations.model.invitation import link_of
from latchkey.password_links.model import links
from latchkey.people.model.person import CodeState, Person
from latchkey.schools.model.school import DAY
from latchkey.second_factors.enrol_factor import begin_enrolment, finish_enrolment
from latchkey.second_factors.model.secrets import user_handle
from latchkey.shared.model.ids import person_id
from latchkey.sign_in.session import open_session
from latchkey.sign_in.session import who as signed_in
from tests.support.authenticator import Authenticator, app_code
from tests.support.portal import PASSWORD, Portal
from tests.support.system import START

SCHOOL = "/schools/northbridge"
WRONG = "wrong-harbour-94-quartz"
NOBODYS = person_id("northbridge", "mis-of-nobody")
LIVE = CodeState(3, START + 90 * DAY)
_NUMBER = 6_000_000  # a number that no person has


@dataclass
class Street:
    """A school with people of each kind, some signed in, to whose doors one goes."""

    portal: Portal
    people: dict[str, Person] = field(default_factory=dict)
    bearers: dict[str, dict[str, str]] = field(default_factory=dict)
    secrets: dict[str, Any] = field(default_factory=dict)
    _kept: bytes = b""

    def keep(self) -> None:
        """Remember every table as it is now."""
        self._kept = marshal.dumps(self._tables())

    def restore(self) -> None:
        """Every table as it was when it was kept."""
        tables = self._tables()
        tables.clear()
        tables.update(marshal.loads(self._kept))

    def _tables(self) -> Any:
        return self.portal.system.clients("dynamodb")._dynamo.tables

    def post(self, path: str, fields: Any, who: str | None = None) -> HTTPResponse:
        return self.portal.post(path, fields, **(self.bearers[who] if who else {}))

    def guess(self, kind: codes.Kind, whose: str | None, generation: int = 4_000) -> str:
        """A code that was never made, with a right check sign, for somebody's number or for nobody's."""
        number = self.people[whose].number or 0 if whose else _NUMBER
        return codes.code(kind, number, generation, self.portal.wiring.code_key("northbridge"))

    def forged(self, purpose: links.Purpose, whom: str) -> str:
        """A link about an id, whose signature is not ours."""
        link = links.Link(purpose=purpose, school="northbridge", person=whom, expires_at=START + 3600, version=1, stamp=1)
        return links.token(link, b"not our key" * 3)

    def sign(self, whom: str) -> dict[str, Any]:
        """What a passkey that nobody knows signs for an id."""
        given = self.secrets["options"]
        stranger: Authenticator = self.secrets["stranger"]
        return stranger.sign(given, handle=user_handle("northbridge", whom))

    def id(self, name: str) -> str:
        return self.people[name].id


def street(portal: Portal) -> Street:
    """Everybody at home."""
    made = Street(portal)

    def add(name: str, **facts: Any) -> None:
        made.people[name] = portal.add(name, **facts)

    add("mum", role="parent", email="mum@home.example")
    add("dad", role="parent", email="dad@home.example")
    add("ann", number=7, pin=LIVE, parent_code=LIVE, parents=(made.id("mum"),))
    add("ben", number=8, pin=LIVE, parent_code=LIVE, parents=(made.id("dad"),))
    add("gone", number=9, pin=LIVE, parent_code=LIVE, status="left", email="gone@home.example", role="teacher")
    add("off", number=10, status="disabled", email="off@home.example", role="teacher")
    add("new", number=11, pin=LIVE, parent_code=LIVE, password=None, username=None)
    add("sam", number=12, role="teacher", email="sam@northbridge.example", read_out=CodeState(3, START + 900))
    add("kim", number=13, role="teacher", email="kim@northbridge.example")
    for name in ("one", "two"):
        add(name, role="parent", email="family@home.example")
    add("head", role="staff", email="head@northbridge.example")
    directory = portal.wiring.directory("northbridge")
    for parent, child in (("mum", "ann"), ("dad", "ben")):
        made.people[parent] = directory.change(made.id(parent), {"children": [made.id(child)]})
    for name in ("mum", "ann", "kim", "head"):
        token = open_session(portal.wiring, "northbridge", portal.person(made.people[name]))[0]
        made.bearers[name] = {"Authorization": f"Bearer {token}"}
        made.secrets[name] = token
    _factors(made)
    school = portal.wiring.schools.get("northbridge")
    assert school is not None
    found = inviting.invite(portal.wiring, school, "dad@home.example", [made.id("ben")], "student")
    made.secrets["invitation"] = found.id
    link = link_of(found, "northbridge", portal.wiring.now() + DAY)
    made.secrets["joined"] = links.token(link, portal.wiring.link_key("northbridge"))
    portal.requests()
    return made


def _factors(made: Street) -> None:
    """The head has an app, of which a code and a recovery code were used; a stranger has a passkey of their own."""
    wiring, portal = made.portal.wiring, made.portal
    who = signed_in(wiring, made.secrets["head"])
    begun = begin_enrolment(wiring, who, "totp", "Phone", PASSWORD)
    now = portal.system.clock.now
    done = finish_enrolment(wiring, who, begun.id, code=app_code(begun.secret, now))
    made.secrets |= {"factor": begun.id, "used_code": app_code(begun.secret, now), "wrong_code": app_code(begun.secret, now, 900)}
    made.secrets["recovery"] = done.recovery[0]
    step = portal.sign_in("head").json_body["second_factor"]["token"]
    fields = {"token": step, "way": "recovery", "code": done.recovery[0]}
    assert portal.post(f"{SCHOOL}/sessions/second-factor", fields).status_code == 201
    made.secrets["step"] = portal.sign_in("head").json_body["second_factor"]["token"]
    token = open_session(wiring, "northbridge", portal.person(made.people["head"]))[0]
    made.bearers["head"] = {"Authorization": f"Bearer {token}"}
    stranger = Authenticator()
    stranger.make({"user": {"id": "AAAA"}, "rp": {"id": "latchkey.test"}, "challenge": "AAAA"})
    made.secrets["stranger"] = stranger
    made.secrets["options"] = portal.post(f"{SCHOOL}/sessions/passkey", {}).json_body["challenge"]


Ask = Callable[[Street], HTTPResponse]


@dataclass(frozen=True)
class Door:
    """A door, asked about somebody (``known``) and about nobody, or about somebody who is not the asker's (``other``)."""

    name: str
    known: Ask
    other: Ask
    status: int
    told: str = ""
    """Why the two may be told apart, where that was decided."""


def _sign_in(identifier: str) -> Ask:
    return lambda street: street.portal.sign_in(identifier, WRONG)


def _posts(path: str, known: Callable[[Street], Any], other: Callable[[Street], Any], who: str | None = None) -> tuple[Ask, Ask]:
    return (lambda street: street.post(path, known(street), who)), (lambda street: street.post(path, other(street), who))


def _about(path: str, known: Callable[[Street], str], who: str, other: str = NOBODYS, fields: Any = None) -> tuple[Ask, Ask]:
    """A path with an id in it."""
    body = fields or {}
    return (
        lambda street: street.post(path.format(known(street)), body, who),
        lambda street: street.post(path.format(other), body, who),
    )


def _guess(path: str, kind: codes.Kind, whose: str, who: str | None = None, **more: str) -> tuple[Ask, Ask]:
    return _posts(path, lambda s: {"code": s.guess(kind, whose), **more}, lambda s: {"code": s.guess(kind, None), **more}, who)


def _link(path: str, purpose: links.Purpose, **more: str) -> tuple[Ask, Ask]:
    """A forged link about somebody's id (an invitation's own id, for an invitation), and about one that nobody has."""
    whose: Callable[[Street], str] = lambda s: s.secrets["invitation"] if purpose == "invitation" else s.id("sam")  # noqa: E731
    return _posts(
        path, lambda s: {"token": s.forged(purpose, whose(s)), **more}, lambda s: {"token": s.forged(purpose, NOBODYS), **more}
    )


def _second(path: str, who: str | None = None) -> list[tuple[str, tuple[Ask, Ask]]]:
    """A code that was right and is used, and one that never was."""

    def fields(way: str, secret: str) -> Callable[[Street], Any]:
        def made(street: Street) -> Any:
            code = street.secrets.get(secret, "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE")
            return {"way": way, "code": code} | ({} if who else {"token": street.secrets["step"]})

        return made

    return [
        ("a used app code", _posts(path, fields("totp", "used_code"), fields("totp", "wrong_code"), who)),
        ("a used recovery code", _posts(path, fields("recovery", "recovery"), fields("recovery", "never made"), who)),
    ]


def _new_parent(email: str) -> Callable[[Street], Any]:
    names = {"given_name": "Pat", "family_name": "Reed", "password": PASSWORD}
    return lambda s: {"code": s.portal.code(s.people["new"], "parent"), "email": email, **names}


def _new_student(**fields: str) -> Callable[[Street], Any]:
    return lambda s: {"code": s.portal.code(s.people["new"], "pin"), "username": "newt", "password": PASSWORD, **fields}


_USE, _CHECK = f"{SCHOOL}/codes/use", f"{SCHOOL}/codes/check"
_KINDS: tuple[tuple[codes.Kind, str], ...] = (("pin", "ann"), ("parent", "ann"), ("read_out", "sam"))
_NOBODY = "nobody@home.example"

DOORS: tuple[Door, ...] = (
    *(
        Door(f"sign in: {what}", _sign_in(known), _sign_in(unknown), 401)
        for what, known, unknown in (
            ("an address", "sam@northbridge.example", "nobody@northbridge.example"),
            ("a username", "ann", "nobody"),
            ("who has left", "gone@home.example", "nobody@northbridge.example"),
            ("who is switched off", "off@home.example", "nobody@northbridge.example"),
        )
    ),
    Door(
        "sign in: an address that two share",
        _sign_in("family@home.example"),
        _sign_in(_NOBODY),
        401,
        told="each of the accounts (five at most) costs a hash, or their owners could not sign in with their own passwords",
    ),
    Door(
        "sign in by a passkey: an id",
        *_posts(
            f"{SCHOOL}/sessions/passkey/answer",
            lambda s: {"credential": s.sign(s.id("sam"))},
            lambda s: {"credential": s.sign(NOBODYS)},
        ),
        401,
    ),
    Door(
        "sign in by a passkey: who is switched off",
        *_posts(
            f"{SCHOOL}/sessions/passkey/answer",
            lambda s: {"credential": s.sign(s.id("off"))},
            lambda s: {"credential": s.sign(NOBODYS)},
        ),
        401,
    ),
    *(Door(f"second step: {what}", *pair, 422) for what, pair in _second(f"{SCHOOL}/sessions/second-factor")),
    *(Door(f"confirm again: {what}", *pair, 422) for what, pair in _second("/account/confirm", "head")),
    Door(
        "forgot password: an address",
        *_posts(
            f"{SCHOOL}/forgot-password",
            lambda _: {"identifier": "sam@northbridge.example"},
            lambda _: {"identifier": "abc@northbridge.example"},
        ),
        202,
    ),
    Door(
        "forgot password: a username",
        *_posts(f"{SCHOOL}/forgot-password", lambda _: {"identifier": "ann"}, lambda _: {"identifier": "abc"}),
        202,
    ),
    *(Door(f"look at a code: {kind}", *_guess(_CHECK, kind, whose), 410) for kind, whose in _KINDS),
    *(Door(f"use a code: {kind}", *_guess(_USE, kind, whose, password=PASSWORD), 410) for kind, whose in _KINDS),
    Door("use a code: who has left", *_guess(_USE, "pin", "gone", password=PASSWORD), 410),
    Door("a code for a passkey", *_guess(f"{SCHOOL}/codes/passkey", "pin", "ann"), 410),
    Door("register as a parent: an address", *_posts(_USE, _new_parent("sam@northbridge.example"), _new_parent(_NOBODY)), 201),
    Door("claim an account: an address", *_posts(_USE, _new_student(email="mum@home.example"), _new_student(email=_NOBODY)), 201),
    Door(
        "claim an account: a username",
        *_posts(_USE, _new_student(username="ann"), _new_student(username="newt")),
        422,
        told="a username is one person's: who holds a PIN is told that one is taken, within the budget of codes",
    ),
    Door("add a child: a code", *_guess("/account/children", "parent", "ben", "mum"), 410),
    Door("a child's PIN", *_about("/account/children/{}/pin", lambda s: s.id("ben"), "mum"), 404),
    Door("a child's link", *_about("/account/children/{}/link", lambda s: s.id("ben"), "mum"), 404),
    Door("leave a child", *_about("/account/children/{}/delete", lambda s: s.id("ben"), "mum"), 404),
    Door("not my parent", *_about("/account/parents/{}/not-mine", lambda s: s.id("dad"), "ann"), 404),
    Door(
        "take an invitation back",
        *_about("/account/parent-invitations/{}/take-back", lambda s: s.secrets["invitation"], "ann"),
        404,
    ),
    Door("remove a factor", *_about("/account/second-factors/{}/delete", lambda s: s.secrets["factor"], "kim"), 404),
    Door(
        "invite a parent: an address",
        *_posts(
            "/account/parent-invitations", lambda _: {"emails": ["dad@home.example"]}, lambda _: {"emails": [_NOBODY]}, "ann"
        ),
        202,
    ),
    Door(
        "another address of one's own",
        *_posts(
            "/account/email",
            lambda _: {"email": "sam@northbridge.example", "current": PASSWORD},
            lambda _: {"email": "abc@northbridge.example", "current": PASSWORD},
            "kim",
        ),
        202,
    ),
    *(
        Door(
            f"{path[1:]}: {purpose}",
            *_link(path, purpose, **({"password": PASSWORD} if path.endswith("use") else {})),
            202 if path.endswith("renew") else 410,
        )
        for path, purpose in (
            ("/password-links/check", "welcome"),
            ("/password-links/use", "reset"),
            ("/password-links/renew", "welcome"),
            ("/confirmations/check", "confirm"),
            ("/confirmations/use", "confirm"),
            ("/invitations/check", "invitation"),
            ("/invitations/use", "invitation"),
        )
    ),
)
