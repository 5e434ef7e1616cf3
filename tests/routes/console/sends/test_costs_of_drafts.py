"""What making a message costs in a large school, step by step and of every kind: at most 8 calls and 50 RRU.

Its 10,000 students and 8,000 parents stand in the roll alone, which is what these steps read: that a number is right and cheap
shows that nobody was asked for in the directory.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest

from latchkey.invitations.invite import id_for
from latchkey.roll.model.changes import Base
from latchkey.roll.model.entry import Entry, Refusal, entry_of, place_of
from latchkey.roll.model.packing import pack_base
from latchkey.sends import look_up_invitees
from tests.support.console import Console
from tests.support.costs import CALLS, HOME, RRU, SCHOOL, followed, keep, metered, somebody

STUDENTS, FAMILIES = 10_000, 8_000
KINDS: Final = ("password_link", "parent_invitation", "parent_code_ready")


def students() -> Iterator[Entry]:
    """Every fifth has no parent here; the parents of the others have their next child, too."""
    one = entry_of(somebody(1))
    for number in range(STUDENTS):
        last_login = 1_700_000_000 if number % 10 == 0 else None
        family = (_parent((number - 1) % FAMILIES), _parent(number)) if number < FAMILIES else ()
        email = f"student{number}@northbridge.example"
        yield one._replace(id=_student(number), number=number, email=email, last_login_at=last_login, parents=family)


def parents() -> Iterator[Entry]:
    """Each of two children; every fourth has no address, every eighth shares one with the parent before, some have a password."""
    for number in range(FAMILIES):
        email = None if number % 4 == 0 else f"parent{number - (number % 8 == 7)}@home.example"
        children = (_student(number), _student((number + 1) % FAMILIES))
        since = 1_700_000_000 if number % 100 == 1 else None
        yield Entry(_parent(number), "parent", "May", f"Lee-{number}", email=email, children=children, password_set_at=since)


def _student(number: int) -> str:
    return f"{number:020d}"


def _parent(number: int) -> str:
    return f"9{number:019d}"


@pytest.fixture
def school(console: Console, monkeypatch: pytest.MonkeyPatch) -> Console:
    console.add([somebody(0)])
    keep(console, followed(console, monkeypatch))
    state = console.system.wiring("keep_roll").rolls(SCHOOL).state()
    assert state is not None
    entries = tuple(sorted([*students(), *parents()], key=place_of))
    wiring = console.system.wiring("console")
    here = wiring.schools.get(SCHOOL)
    assert here is not None
    refused: dict[str, Refusal] = {id_for(wiring, here, "parent2@home.example"): "bounced"}
    data = pack_base(SCHOOL, Base(entries, {}, frozenset(), state.wanted, refused))
    console.system.clients("s3").put_object(Bucket="rolls-bucket", Key=state.base, Body=data)
    wiring.roll_memory._schools.clear()
    return console


@contextmanager
def cheap(school: Console, what: str) -> Iterator[None]:
    with metered(school) as found:
        yield
    assert len(found) <= CALLS, (what, [name for name, _ in found])
    assert sum(units for _, units in found) <= RRU, (what, found)


def steps(school: Console, kind: str, select: dict[str, Any]) -> dict[str, Any]:
    """Go through every step of a draft as a browser and as a script; its check."""
    made = school.post(f"{HOME}/sends/drafts", {"kind": kind, "select": select})
    assert made.status_code == 201, made.body
    path = f"{HOME}/sends/drafts/{made.json_body['id']}"
    school.page(f"{path}/who")  # templates are loaded, the roll is read
    for step in ("", "/who", "/what", "/when", "/people", "/people?reason=no_address"):
        query = {"reason": "no_address"} if "?" in step else {}
        for way in (school.page, school.get):
            with cheap(school, f"{kind} {step}"):
                answer = way(path + step.partition("?")[0], **query)
            assert answer.status_code == 200, (step, answer.body)
    with cheap(school, f"{kind} keep"):
        assert school.post(f"{path}/keep", {}).status_code == 200
    with cheap(school, f"{kind} dry run"):
        tried = school.post(f"{HOME}/sends", {"kind": kind, "select": select, "dry_run": True}).json_body
    found = school.get(path).json_body["dry_run"]
    assert (found["total"], found["to_send"], found["skipped"]) == (tried["total"], tried["to_send"], tried["skipped"])
    return dict(found)


def reasons(tried: dict[str, Any]) -> dict[str, int]:
    return {each["reason"]: each["count"] for each in tried["skipped"]}


def test_links_to_everybody(school: Console) -> None:
    tried = steps(school, "password_link", {"filter": {}})
    assert (tried["total"], reasons(tried)) == (STUDENTS + FAMILIES, {"no_address": FAMILIES // 4})


def test_codes_to_all_students(school: Console) -> None:
    tried = steps(school, "parent_code_ready", {"filter": {"role": "student"}})
    assert tried["total"] == STUDENTS


@pytest.mark.parametrize("role", ["student", "parent"])
def test_invitations(school: Console, role: str) -> None:
    """Parents without an address, with several children, with one address for two, with an account, and one who has refused."""
    tried = steps(school, "parent_invitation", {"filter": {"role": role}})
    accounts = FAMILIES // 100
    assert reasons(tried) == {"no_address": FAMILIES // 4, "has_account": accounts, "bounced_before": 1}
    assert (tried["total"], tried["to_send"]) == (FAMILIES, FAMILIES * 3 // 4 - accounts - 1)
    assert tried["mails"] == tried["to_send"] - FAMILIES // 8


def test_the_id_of_a_mailbox_is_worked_out_once(school: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def counted(system: Any, of: Any, email: str) -> str:
        made.append(email)
        return id_for(system, of, email)

    monkeypatch.setattr(look_up_invitees, "id_for", counted)
    body = {"kind": "parent_invitation", "select": {"filter": {"role": "parent"}}, "dry_run": True}
    first = school.post(f"{HOME}/sends", body).json_body
    boxes = len(made)
    assert boxes == len({*made}) == FAMILIES * 3 // 4 - FAMILIES // 8 - FAMILIES // 100
    assert school.post(f"{HOME}/sends", body).json_body == first
    assert len(made) == boxes


def test_a_kept_selection(school: Console) -> None:
    """All students but one, and a parent: no filter says so, so a copy is kept of it."""
    school.post(f"{HOME}/people/selection", {"filter": {"role": "student"}})
    school.post(f"{HOME}/people/selection", {"add": [_parent(3)], "remove": [_student(8_500)]})
    chosen = school.get(f"{HOME}/people/selection").json_body
    assert (chosen["count"], chosen["taken_out"], chosen["added"]) == (STUDENTS, 1, 1)
    for kind in KINDS:
        tried = steps(school, kind, {"selection": chosen["id"]})
        if kind != "parent_invitation":
            assert tried["total"] == STUDENTS, kind


def test_ids_that_nobody_has(school: Console) -> None:
    wanted = [*(_student(number) for number in range(600)), *(f"7{number:019d}" for number in range(300))]
    tried = steps(school, "password_link", {"ids": wanted})
    assert (tried["total"], reasons(tried)["unknown"]) == (900, 300)
    few = steps(school, "password_link", {"ids": [somebody(0).id, "7" * 20]})
    assert (few["total"], reasons(few)["unknown"]) == (2, 1), "a few are read, whatever the roll says of them"


def test_leaving_out_who_has_logged_in(school: Console) -> None:
    made = school.post(f"{HOME}/sends/drafts", {"kind": "password_link", "select": {"filter": {}}}).json_body
    page = school.page(f"{HOME}/sends/drafts/{made['id']}/who").body.decode()
    assert f"{STUDENTS // 10:,}" in page


def test_the_closure_plan(school: Console) -> None:
    school.page(f"{HOME}/closure")
    for way in (school.page, school.get):
        with cheap(school, "closure"):
            assert way(f"{HOME}/closure").status_code == 200
