"""Bodies that are in order, for the walk of all routes, and the people, codes and links that stand in them.

A text in braces is a name of ``Console.tokens``; ``ways_in`` makes what has these names.
"""

from collections.abc import Mapping
from typing import Any, Final

from latchkey.codes.model import codes
from latchkey.invitations import invite as inviting
from latchkey.invitations.model.invitation import link_of
from latchkey.password_links.model import links
from latchkey.people.model.person import CodeState, Person
from latchkey.people.model.person_keys import with_keys
from latchkey.schools.model.school import DAY
from latchkey.sign_in.hashing import hash_of
from tests.support.console import HEAD, Console
from tests.support.costs import SCHOOL
from tests.support.large_school import copy_of
from tests.support.portal import PASSWORD

WALKER: Final = "walker"
"""The username of somebody who signs in with ``PASSWORD``."""
_NEW: Final = "marble-lantern-52-otter"
_NUMBER: Final = 4_000_000
_EVERYBODY: Final = {"select": {"filter": {}}}
_MUM: Final = {"given_name": "Pat", "family_name": "Reed", "email": "pat@home.example", "password": _NEW}
_USE, _CHECK = "POST /schools/{school}/codes/use", "POST /schools/{school}/codes/check"
BODIES: Final[Mapping[str, dict[str, Any]]] = {
    "POST /admin/{school}/sends": {"kind": "password_link", **_EVERYBODY},
    "POST /admin/{school}/sends?dry_run": {"kind": "password_link", **_EVERYBODY, "dry_run": True},
    "POST /admin/{school}/sends/test": {"mail": "welcome"},
    "POST /admin/{school}/exports": {"scope": "school", "format": "slips"},
    "POST /admin/{school}/exports?dry_run": {"scope": "school", "format": "slips", "dry_run": True},
    "POST /admin/{school}/codes/void": {"scope": {"filter": {"reason": "code_unused"}}, "kind": "pin"},
    "POST /admin/{school}/rosters": {"filename": "people.csv"},
    "POST /admin/{school}/contacts": {"filename": "contacts.csv"},
    "POST /admin/{school}/closure": {"notice": "Closed: snow", "rehearsal": True},
    "POST /admin/{school}/admins": {"email": "new@northbridge.example", "given_name": "New", "family_name": "Admin"},
    "POST /admin/{school}/people": {"role": "student", "given_name": "New", "family_name": "One", "year_group": "7"},
    "PATCH /admin/{school}/people/{id}": {"given_name": "Other"},
    "POST /admin/{school}/people/emails": {"text": "walker, wal@northbridge.example"},
    "POST /admin/{school}/people/find": {"q": "khan"},
    "POST /admin/{school}/people/merge": {"keep": copy_of(0, 0).id, "remove": copy_of(0, 1).id},
    "POST /admin/{school}/people/duplicates/apart": {"people": [copy_of(0, 0).id, copy_of(0, 1).id]},
    "POST /admin/{school}/people/leaving": {"select": {"filter": {"year_group": "13"}}},
    "POST /admin/{school}/people/leaving?some": {"select": {"ids": [copy_of(each, 0).id for each in range(400)]}},
    "POST /admin/{school}/people/returning": {"select": {"filter": {"year_group": "13"}}},
    "POST /admin/{school}/sends/drafts": {"kind": "password_link", **_EVERYBODY},
    "POST /admin/{school}/sends/drafts/new": {"kind": "password_link", "who": "school"},
    "POST /admin/{school}/sends/drafts/{id}": {"kind": "password_link", **_EVERYBODY},
    "POST /admin/{school}/sends/drafts/{id}/who": {"kind": "password_link", "who": "school"},
    "POST /admin/{school}/sends/drafts/{id}/when": {"when": "now"},
    "POST /admin/{school}/people/selection": {"filter": {}},
    "POST /admin/{school}/mail/tests": {"addresses": ["head@northbridge.example"]},
    "POST /admin/{school}/preflight": {},
    "POST /account/children": {"code": "{parent}"},
    "POST /account/confirm": {"way": "password", "password": PASSWORD},
    "POST /account/email": {"email": "ada.new@northbridge.example", "current": PASSWORD},
    "POST /account/password": {"current": PASSWORD, "password": _NEW},
    "POST /account/password?wrong": {"current": "not the one", "password": _NEW},
    "POST /account/second-factors": {"way": "totp", "name": "Phone", "current": PASSWORD},
    "POST /language": {"language": "cy"},
    _CHECK: {"code": "{pin}"},
    f"{_CHECK}?wrong": {"code": "{wrong}"},
    f"{_CHECK}?nobody": {"code": "{nobody}"},
    _USE: {"code": "{pin}", "password": _NEW},
    f"{_USE}?weak": {"code": "{pin}", "password": "short"},
    f"{_USE}?wrong": {"code": "{wrong}", "password": _NEW},
    f"{_USE}?parent": {"code": "{parent}", **_MUM},
    f"{_USE}?read_out": {"code": "{read_out}", "password": _NEW},
    "POST /schools/{school}/codes/passkey": {"code": "{parent}", "login": "pat@home.example"},
    "POST /password-links/check": {"token": "{link}"},
    "POST /password-links/use": {"token": "{link}", "password": _NEW},
    "POST /password-links/renew": {"token": "{old_link}"},
    "POST /invitations/check": {"token": "{invitation}"},
    "POST /invitations/passkey": {"token": "{invitation}"},
    "POST /invitations/use": {"token": "{invitation}", **_MUM},
    "POST /schools/{school}/forgot-password": {"identifier": "someone1"},
    "POST /schools/{school}/forgot-password?unknown": {"identifier": "nobody at all"},
    "POST /schools/{school}/sessions": {"identifier": "someone1", "password": "not the one"},
    "POST /schools/{school}/sessions?right": {"identifier": WALKER, "password": PASSWORD},
}
"""By method and path; ``?`` and a word names another of the same."""
ACCEPTED: Final = (
    "POST /account/children",
    "POST /account/password",
    "POST /account/second-factors",
    "POST /schools/{school}/sessions?right",
    _CHECK,
    _USE,
    f"{_USE}?parent",
    f"{_USE}?read_out",
    "POST /schools/{school}/codes/passkey",
    "POST /password-links/check",
    "POST /password-links/use",
    "POST /invitations/check",
    "POST /invitations/passkey",
    "POST /invitations/use",
)
"""What has to be accepted in the walk, else the refusal would be counted."""


def filled(body: Any, tokens: Mapping[str, str]) -> Any:
    """A body with what its texts in braces name."""
    if isinstance(body, dict):
        return {name: filled(each, tokens) for name, each in body.items()}
    return tokens.get(body[1:-1], body) if isinstance(body, str) and body.startswith("{") else body


def ways_in(console: Console) -> None:
    """A teacher with a password; the admin with the same; a student with codes; a password link; an invitation."""
    system = console.system
    portal, now = system.wiring("portal"), int(system.clock.now)
    directory = system.wiring("operate").directory(SCHOOL)
    key, live = portal.lookup_key(SCHOOL), CodeState(1, now + DAY)
    teacher = Person(id="w" * 20, role="teacher", given_name="Wal", family_name="Ker", username=WALKER, version=1)
    facts: dict[str, Any] = {"number": _NUMBER, "pin": live, "parent_code": live, "username": "coder"}
    student = Person(id="c" * 20, role="student", given_name="Co", family_name="Der", **facts)
    linked = Person(id="d" * 20, role="staff", given_name="Li", family_name="Nk", email="li@northbridge.example")
    spoken = Person(
        id="f" * 20, role="staff", given_name="Ri", family_name="Ng", username="ring", number=_NUMBER + 1, read_out=live
    )
    directory.put_new(with_keys(each, key) for each in (teacher, student, linked, spoken))
    hashed = hash_of(PASSWORD)
    for person in (teacher.id, HEAD):
        directory.change(person, {"password_set_at": now - 1})
        table, put = portal.credentials(SCHOOL).password_of(person, hashed, now)
        table.put(put)
    school = portal.schools.get(SCHOOL)
    assert school is not None
    made = inviting.invite(portal, school, "dad@home.example", [student.id], "contacts")
    link_key, code_key = portal.link_key(SCHOOL, 0), portal.code_key(SCHOOL, 0)

    def link(life: int) -> str:
        stamp = with_keys(linked, key).stamp
        return links.token(links.Link("welcome", SCHOOL, linked.id, now + life, linked.version, stamp), link_key)

    console.tokens |= {
        "pin": codes.code("pin", _NUMBER, 1, code_key),
        "parent": codes.code("parent", _NUMBER, 1, code_key),
        "read_out": codes.code("read_out", _NUMBER + 1, 1, code_key),
        "wrong": codes.code("pin", _NUMBER, 1, b"another key" * 3),
        "nobody": codes.code("pin", _NUMBER + 9, 1, code_key),
        "link": link(DAY),
        "old_link": link(-1),
        "invitation": links.token(link_of(made, SCHOOL, now + DAY), link_key),
    }


__all__ = ["ACCEPTED", "BODIES", "WALKER", "filled", "ways_in"]
