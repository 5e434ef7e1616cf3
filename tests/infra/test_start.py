"""What Lambda's start-up does before a function's first event (functions/start)."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

import latchkey.wiring
from latchkey.errors import TryLater
from start import ready as start
from start.ready import ready
from tests.support import sam


class Schools:
    def __init__(self, work: Callable[[], None]) -> None:
        self.work, self.asked = work, list[str]()

    def get(self, slug: str) -> None:
        self.asked.append(slug)
        self.work()


class Made:
    """A function's wiring."""

    def __init__(self, work: Callable[[], None] = lambda: None) -> None:
        self.schools, self.made = Schools(work), list[str]()

    def client(self, service: str) -> None:
        self.made.append(service)

    def hang_up(self) -> None:
        self.made.append("hung up")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Callable[[Made], Any]:
    """Starts a function with this wiring."""

    def begin(made: Made) -> Any:
        monkeypatch.setattr(latchkey.wiring, "wiring", lambda _: made)
        return ready("daily", "daily.handler:handle", services=("dynamodb", "sqs"))

    return begin


def test_every_function_that_people_or_messages_wait_for_starts_like_this() -> None:
    for function in sam.functions().values():
        package = sam.package(function)
        if package in {"operate", "federate", "saml"}:
            continue  # an operator's command may take a second longer; the others have libraries of their own to load
        assert function["Handler"] == f"{package}.start.handle"
        entry = (sam.ROOT / "functions" / package / "start.py").read_text()
        assert f'"{package}"' in entry
        assert f'"{package}.' in entry


def test_the_clients_are_made_and_dynamodb_is_asked_for_what_nobody_has(started: Callable[[Made], Any]) -> None:
    from daily.handler import handle

    made = Made()
    assert started(made) is handle
    assert (made.made, made.schools.asked) == (["dynamodb", "sqs"], ["-"])


def test_a_snapshot_holds_no_connection(started: Callable[[Made], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")
    made = Made()
    started(made)
    assert made.made == ["dynamodb", "sqs", "hung up"]


@pytest.mark.parametrize("error", [TryLater(), RuntimeError("denied")])
def test_a_service_that_does_not_answer_does_not_stop_the_start(started: Callable[[Made], Any], error: Exception) -> None:
    def fail() -> None:
        raise error

    assert callable(started(Made(fail)))


def test_a_call_that_hangs_does_not_hold_the_start_up(started: Callable[[Made], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "_PATIENCE", 0.01)
    answered = threading.Event()
    assert callable(started(Made(lambda: answered.wait(30) and None)))
    answered.set()


def test_settings_that_are_missing_stop_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DIRECTORY_TABLE", raising=False)
    latchkey.wiring.wiring.cache_clear()
    with pytest.raises(RuntimeError, match="daily lacks DIRECTORY_TABLE"):
        ready("daily", "daily.handler:handle")
