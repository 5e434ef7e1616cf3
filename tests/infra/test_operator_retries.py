"""A call of the operator's function is made again only if it cannot have begun, or if twice is as good as once."""

import io
import json
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from infra.local.trouble import Trouble
from infra.operator import invoke
from infra.operator.events import is_repeatable
from tests.support import sam

URL = "https://lambda.eu-west-2.amazonaws.com/"
TWICE_IS_ONCE: list[dict[str, Any]] = [
    {"command": "delete_school", "school": "x", "confirm": "x", "next": None},
    {"command": "delete_school", "school": "x", "confirm": None, "next": None},
    {"command": "export_school", "school": "x", "next": {"run": "y"}},
    {"command": "publish_pages", "after": ""},
    {"command": "list_admins", "school": "x"},
    {"command": "list_schools"},
    {"command": "end_epoch", "school": "x", "what": "link"},
    {"command": "rotate_lookup_key", "school": "x"},
    {"command": "rotate_lookup_key", "school": "x", "confirm": True, "since": 5},
]
ONCE_ONLY: list[dict[str, Any]] = [
    {"command": "make_school", "school": {}},
    {"command": "invite_admin", "school": "x"},
    {"command": "end_epoch", "school": "x", "what": "link", "confirm": True},
    {"command": "end_admin", "school": "x", "person": "y"},
    {"command": "export_school", "school": "x", "next": None},
    {"command": "rotate_lookup_key", "school": "x", "confirm": True},
    {},
]


def refused(code: str, status: int) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Invoke")  # type: ignore[typeddict-item]


NOT_BEGUN = [
    EndpointConnectionError(endpoint_url=URL),
    ConnectTimeoutError(endpoint_url=URL),
    refused("TooManyRequestsException", 429),
]
UNKNOWN = [ReadTimeoutError(endpoint_url=URL), ConnectionClosedError(endpoint_url=URL), refused("ServiceException", 500)]
FINAL = [refused("AccessDeniedException", 403), refused("ResourceNotFoundException", 404)]
BUSY = {"ok": False, "error": "A service that we need is busy.", "again": True}


class Session:
    """A stack whose function does each of these in turn, then answers."""

    def __init__(self, *troubles: Any) -> None:
        self.troubles = list(troubles)
        self.calls = 0
        self.configs: dict[str, Any] = {}

    def client(self, service: str, endpoint_url: str | None = None, config: Any = None) -> "Session":
        assert endpoint_url is None
        self.configs[service] = config
        return self

    def describe_stacks(self, **_: Any) -> Any:
        return {"Stacks": [{"Outputs": [{"OutputKey": "OperateFunction", "OutputValue": "operate"}]}]}

    def invoke(self, **_: Any) -> Any:
        self.calls += 1
        trouble = self.troubles.pop(0) if self.troubles else {"ok": True}
        if isinstance(trouble, Exception):
            raise trouble
        return {"Payload": io.BytesIO(json.dumps(trouble).encode())}


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    waited: list[float] = []
    monkeypatch.setattr(invoke.time, "sleep", waited.append)
    return waited


def calls(session: Any, event: dict[str, Any]) -> tuple[int, str]:
    """How often the function was called, and what went wrong."""
    try:
        invoke.operate(session, "latchkey", event)
    except Trouble as trouble:
        return session.calls, str(trouble)
    return session.calls, ""


@pytest.mark.parametrize("event", TWICE_IS_ONCE, ids=str)
@pytest.mark.parametrize("trouble", [*NOT_BEGUN, *UNKNOWN, BUSY], ids=repr)
def test_what_may_be_done_twice_is_asked_for_again(event: dict[str, Any], trouble: Any, waits: list[float]) -> None:
    assert is_repeatable(event)
    assert calls(Session(trouble, trouble), event) == (3, "")
    assert waits == [3, 6]


@pytest.mark.parametrize("event", ONCE_ONLY, ids=str)
@pytest.mark.parametrize("trouble", [*UNKNOWN, BUSY], ids=repr)
def test_what_may_have_been_done_and_counts_twice_is_never_asked_for_again(event: dict[str, Any], trouble: Any) -> None:
    assert not is_repeatable(event)
    made, said = calls(Session(trouble), event)
    assert made == 1
    assert said


@pytest.mark.parametrize("trouble", NOT_BEGUN, ids=repr)
def test_what_has_not_begun_is_asked_for_again(trouble: Exception) -> None:
    assert calls(Session(trouble), ONCE_ONLY[0]) == (2, "")


@pytest.mark.parametrize("trouble", FINAL, ids=repr)
def test_what_will_be_refused_again_is_not_asked_for_again(trouble: Exception) -> None:
    assert calls(Session(trouble), TWICE_IS_ONCE[0])[0] == 1


def test_it_gives_up_after_four_calls(waits: list[float]) -> None:
    made, said = calls(Session(*[BUSY] * 9), TWICE_IS_ONCE[0])
    assert (made, said) == (4, "A service that we need is busy.")
    assert waits == [3, 6, 12]


def test_a_timeout_of_what_counts_twice_says_to_look_first() -> None:
    _, said = calls(Session(UNKNOWN[0]), ONCE_ONLY[0])
    assert "Look before you give the command again" in said


def test_the_client_waits_longer_than_the_function_may_take_and_retries_nothing_itself() -> None:
    (function,) = (each for each in sam.functions().values() if sam.package(each) == "operate")
    assert function["Timeout"] == invoke.LONGEST
    session = Session()
    calls(session, {})
    config = session.configs["lambda"]
    assert config.read_timeout > function["Timeout"]
    assert config.retries == {"mode": "standard", "total_max_attempts": 1}
