"""The consumer: what fails alone comes back alone, and the log says of a failure its category and nothing else."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from latchkey.errors import MustWait, Poison, TryLater
from worker.consume import LAST_TRY, Record, consume, is_last_try


def event_of(*bodies: str, attempt: int = 1) -> dict[str, Any]:
    attributes = {"ApproximateReceiveCount": str(attempt)}
    records = [{"messageId": f"id-of-{body}", "body": body, "attributes": attributes} for body in bodies]
    return {"Records": records}


def consumed(work: Callable[[Record], None], event: dict[str, Any]) -> tuple[list[str], list[dict[str, Any]]]:
    """The ids that failed, and what was logged."""
    out = io.StringIO()
    answer = consume(event, work, "a thing", Logger(service=f"test-{id(out)}", stream=out))
    assert list(answer) == ["batchItemFailures"]
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]], lines


def failing(error: Exception) -> Callable[[Record], None]:
    def work(record: Record) -> None:
        if record["body"] == "bad":
            raise error

    return work


def test_a_message_that_fails_comes_back_alone_and_the_others_are_worked_on() -> None:
    seen = []

    def work(record: Record) -> None:
        seen.append(record["body"])
        if record["body"] in {"2", "4"}:
            raise ValueError("no")

    assert consumed(work, event_of("1", "2", "3", "4"))[0] == ["id-of-2", "id-of-4"]
    assert seen == ["1", "2", "3", "4"]


def test_nothing_failed() -> None:
    assert consumed(lambda _: None, event_of("1", "2")) == ([], [])


@pytest.mark.parametrize(
    ("error", "level", "message", "reason"),
    [
        (TryLater("Another worker has it."), "WARNING", "a thing has to wait", "Another worker has it."),
        (MustWait("quota"), "WARNING", "a thing has to wait", "quota"),
        (Poison("a message without a usable school"), "ERROR", "a thing failed", "a message without a usable school"),
        (KeyError("ann@x.example"), "ERROR", "a thing failed", "KeyError"),
    ],
)
def test_a_failure_is_logged_once_by_its_category(error: Exception, level: str, message: str, reason: str) -> None:
    failures, (line,) = consumed(failing(error), event_of("good", "bad", attempt=3))
    assert failures == ["id-of-bad"]
    assert (line["level"], line["message"], line["reason"], line["attempt"]) == (level, message, reason, 3)
    assert not {"exception", "exception_name", "stack_trace"} & set(line)
    assert "ann@" not in json.dumps(line)


@pytest.mark.parametrize(("attempt", "last"), [(1, False), (LAST_TRY - 1, False), (LAST_TRY, True), (LAST_TRY + 1, True)])
def test_the_last_try_is_known_from_how_often_a_message_was_delivered(attempt: int, last: bool) -> None:
    (record,) = event_of("1", attempt=attempt)["Records"]
    assert is_last_try(record) is last
