"""No door tells who exists: the same status, headers and bytes, the same calls of AWS in the same order, and as many hashes."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from chalice.test import HTTPResponse

from latchkey.sign_in import hashing
from tests.support.doors import DOORS, Ask, Door, Street, street
from tests.support.portal import Portal, open_portal
from tests.support.system import running_system

OF_ITSELF = {"date", "x-request-id"}
_NEW = re.compile(rb'"(token|id|expires_at|email)":\s?"[^"]*"')


def shown(answer: HTTPResponse) -> Any:
    """All of an answer but what is new each time (a session, the id of somebody made) and the address as it was typed."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    headers["set-cookie"] = re.sub(r"=[^;]*", "=...", str(headers.get("set-cookie", "")), count=1)
    return (
        answer.status_code,
        sorted((name, str(value)) for name, value in headers.items() if name not in OF_ITSELF),
        _NEW.sub(rb'"\1": ...', answer.body),
    )


class Calls:
    """What is asked of AWS, and of argon2, while it watches."""

    def __init__(self, portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[str] = []
        judged, hasher = portal.system.judge.call, hashing._hasher

        def call(function: str, operation: str, request: Mapping[str, Any]) -> None:
            self.made.append(f"{operation} {' '.join(tables(request))}")
            judged(function, operation, request)

        def hashed() -> Any:
            self.made.append("argon2")
            return hasher()

        monkeypatch.setattr(portal.system.judge, "call", call)
        monkeypatch.setattr(hashing, "_hasher", hashed)

    def of(self, at: Street, ask: Ask) -> tuple[HTTPResponse, list[str]]:
        at.restore()
        self.made.clear()
        answer = ask(at)
        return answer, list(self.made)


def tables(request: Mapping[str, Any]) -> list[str]:
    """The tables, index or queue of a request, in its order."""
    if "TransactItems" in request:
        return [f"{name}:{part['TableName']}" for each in request["TransactItems"] for name, part in each.items()]
    found = [str(request[name]) for name in ("TableName", "IndexName", "QueueUrl", "KeyId") if name in request]
    return found + [f"{name} x{len(each['Keys'])}" for name, each in request.get("RequestItems", {}).items() if "Keys" in each]


@pytest.fixture(scope="module")
def street_() -> Iterator[Street]:
    """One street for all doors: a test begins with everything as it was."""
    with running_system() as system, pytest.MonkeyPatch.context() as patch, open_portal(system, patch) as portal:
        made = street(portal)
        made.keep()
        yield made


@pytest.fixture
def at(street_: Street) -> Street:
    street_.restore()
    return street_


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_a_door_answers_and_works_alike_for_somebody_and_for_nobody(
    at: Street, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    door.other(at)  # keys are derived once, and schools are kept for a minute
    calls = Calls(at.portal, monkeypatch)
    known, work = calls.of(at, door.known)
    other, as_much = calls.of(at, door.other)
    assert known.status_code == door.status, known.body
    if door.told:
        assert (shown(known), work) != (shown(other), as_much), "nothing is told any more: take the reason away"
        return
    assert shown(known) == shown(other)
    assert work == as_much
    assert work, "it does something"


@pytest.mark.parametrize(
    "door", [each for each in DOORS if each.status in {401, 404, 410, 422} and not each.told], ids=lambda d: d.name
)
def test_nor_is_somebody_told_by_how_often_one_can_ask(at: Street, door: Door) -> None:
    """Twelve times each: a budget that only people have would tell them."""
    answers = []
    for ask in (door.known, door.other):
        at.restore()
        answers.append([ask(at).status_code for _ in range(12)])
    assert answers[0] == answers[1]
