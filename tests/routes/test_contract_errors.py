"""What can be wrong with a request whatever it is about: every operation refuses it with the status of its kind, as described."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

import console.system
import portal.system
from latchkey.settings import FunctionName, Settings
from latchkey.wiring import Wiring
from tests.support.bad_days import throttled
from tests.support.console import ORIGIN, PAGE, Console
from tests.support.contract import OPERATIONS, Operation, real_names, world
from tests.support.gateway import Gateway
from tests.support.openapi import described
from web.request import LONGEST_BODY, READS, WITH_BODY

JSON = "application/json"
each_operation = pytest.mark.parametrize("asked", OPERATIONS, ids=lambda each: each.label)
with_a_body = pytest.mark.parametrize(
    "asked", [each for each in OPERATIONS if each.method in WITH_BODY], ids=lambda each: each.label
)
that_change = pytest.mark.parametrize(
    "asked", [each for each in OPERATIONS if each.method not in READS], ids=lambda each: each.label
)


class Asker:
    """Asks one operation as an admin of the school, and holds every answer to the document."""

    def __init__(self, asked: Operation, made: Console) -> None:
        self._asked, self.console = asked, made
        self._path = asked.path.format_map(real_names(made, asked.path))

    def __call__(self, query: str = "", body: bytes = b"", accept: str = JSON, **headers: str) -> int:
        """The status of the answer."""
        said = {"Accept": accept, "Content-Type": JSON, "Cookie": f"__Host-latchkey={self.console.token}", "Origin": ORIGIN}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        if self._asked.method in READS:
            said.pop("Content-Type")
        answer = Gateway(self._asked.app).request(self._asked.method, self._path + query, headers=said, body=body)
        described(self._asked.method.lower(), self._asked.path, answer)
        return int(answer.status_code)

    def both(self, **request: Any) -> set[int]:
        """What a script and a browser are answered."""
        return {self(**request), self(accept=PAGE, **request)}


@pytest.fixture
def ask(asked: Operation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asker]:
    with world(monkeypatch) as made:
        yield Asker(asked, made)


@each_operation
def test_a_parameter_that_comes_twice(ask: Asker) -> None:
    assert ask.both(query="?a=1&a=2") == {400}


@with_a_body
def test_a_body_that_cannot_be_read_is_too_large_or_of_another_kind(ask: Asker) -> None:
    for body in (b'{"a": 1, "a": 2}', b"[]", b"{", b" "):
        assert ask.both(body=body) == {400}
    assert ask.both(body=b"a=1&a=2", Content_Type="application/x-www-form-urlencoded") == {400}
    assert ask.both(body=b'{"a": "' + b"a" * LONGEST_BODY + b'"}') == {413}
    assert ask.both(body=b"<a/>", Content_Type="text/xml") == {415}


@that_change
def test_a_request_from_another_site(asked: Operation, ask: Asker) -> None:
    answered = ask.both(Origin="https://elsewhere.test")
    assert answered == {403} or (asked.kind.open_to_other_sites and 403 not in answered)


@each_operation
def test_a_field_of_another_kind_is_never_our_fault(ask: Asker) -> None:
    """Only what is described is answered, so never 500."""
    for value in ("1", '"a"', "[]", "{}", "null", "1e999", "true"):
        ask(body=b'{"' + quote(value).encode() + b'": ' + value.encode() + b"}")


@each_operation
def test_services_that_are_busy(ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 where AWS is asked, and only where the document says so."""
    made = ask.console.system

    def busy(function: FunctionName) -> Wiring:
        return Wiring(Settings(function, made.environment), Busy, made.clock, lambda _: None)

    for module in (console.system, portal.system):
        monkeypatch.setattr(module, "wiring", busy)
    ask.both()


class Busy:
    """A service that is busy, whatever is asked of it."""

    def __init__(self, service: str) -> None:
        self._service = service
        self.meta: Any = None

    def __getattr__(self, operation: str) -> Any:
        def refuse(**_: Any) -> None:
            raise throttled(self._service)

        return refuse
