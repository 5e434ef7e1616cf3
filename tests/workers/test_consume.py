"""The consumer: what fails alone comes back alone and soon, and the log says of a failure its category and nothing else."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from latchkey.errors import MustWait, Poison, TryLater
from tests.support import sqs
from worker.consume import LAST_TRY, LONGEST_PAUSE, Consumer, Record, is_last_try, is_of, life, pause


def event_of(*bodies: str, attempt: int = 1) -> dict[str, Any]:
    event = sqs.event_of(bodies, "A_QUEUE", attempt=attempt)
    for record in event["Records"]:
        record["messageId"] = f"id-of-{record['body']}"
        record["receiptHandle"] = f"receipt-of-{record['body']}"
    return event


@dataclass
class Worker:
    """A consumer whose queue only listens: which messages come again, and when."""

    busy: bool = False
    back: list[tuple[str, int]] = field(default_factory=list)
    held: list[tuple[str, int]] = field(default_factory=list)
    out: io.StringIO = field(default_factory=io.StringIO)

    def hide(self, queue: str, receipt: str, seconds: int) -> None:
        """What the wiring does."""
        if self.busy:
            raise TryLater()
        assert queue == "arn:aws:sqs:eu-west-2:123456789012:a_queue"
        self.back.append((receipt.removeprefix("receipt-of-"), seconds))

    def hold(self, queue: str, receipt: str, seconds: int) -> None:
        """What the wiring does."""
        if self.busy:
            raise TryLater()
        self.held.append((receipt.removeprefix("receipt-of-"), seconds))

    @property
    def consumer(self) -> Consumer:
        """The consumer."""
        return Consumer("a thing", Logger(service=f"test-{id(self.out)}", stream=self.out), lambda: self)

    def consume(self, work: Callable[[Record], None], event: dict[str, Any], context: Any = None) -> list[str]:
        """The ids that failed."""
        return ids(self.consumer.consume(event, context, work))

    def lines(self) -> list[dict[str, Any]]:
        """What was logged."""
        return [json.loads(line) for line in self.out.getvalue().splitlines()]


def ids(answer: dict[str, Any]) -> list[str]:
    assert list(answer) == ["batchItemFailures"]
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def consumed(work: Callable[[Record], None], event: dict[str, Any]) -> tuple[list[str], list[dict[str, Any]]]:
    """The ids that failed, and what was logged."""
    worker = Worker()
    return worker.consume(work, event), worker.lines()


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


def spread(tries: int) -> tuple[int, int]:
    """The shortest and the longest of many pauses."""
    found = [pause(tries) for _ in range(3_000)]
    return min(found), max(found)


def test_a_message_comes_again_after_a_pause_that_doubles_half_of_it_left_to_chance() -> None:
    bounds = [spread(tries) for tries in range(1, 9)]
    assert bounds == [(3, 5), (5, 10), (10, 20), (20, 40), (40, 80), (80, 160), (90, 180), (90, 180)]
    assert spread(LAST_TRY - 1)[1] == LONGEST_PAUSE


def test_after_the_last_try_a_message_is_with_the_dead_letters_at_once() -> None:
    assert spread(LAST_TRY) == spread(LAST_TRY + 1) == (0, 0)


@pytest.mark.parametrize("error", [TryLater(), KeyError("x")])
def test_what_fails_is_hidden_for_its_pause(error: Exception) -> None:
    worker = Worker()
    worker.consume(failing(error), event_of("good", "bad", attempt=4))
    ((body, seconds),) = worker.back
    assert body == "bad"
    assert 20 <= seconds <= 40


@pytest.mark.parametrize(
    ("error", "tries", "bounds"),
    [
        (TryLater(seconds=300), 1, (300, 300)),  # another worker's lease: before its end trying would be in vain
        (TryLater(seconds=2), 3, (10, 20)),
        (Poison("x"), 1, (0, 0)),  # trying again changes nothing, and a person should see it soon
    ],
)
def test_an_error_may_know_better(error: Exception, tries: int, bounds: tuple[int, int]) -> None:
    worker = Worker()
    worker.consume(failing(error), event_of("bad", attempt=tries))
    ((_, seconds),) = worker.back
    assert bounds[0] <= seconds <= bounds[1]


def test_a_queue_that_cannot_be_reached_either_brings_the_message_again_by_itself() -> None:
    worker = Worker(busy=True)
    assert worker.consume(failing(TryLater()), event_of("good", "bad")) == ["id-of-bad"]
    assert [line["message"] for line in worker.lines()] == ["a thing has to wait", "a message comes late"]


def test_a_batch_that_takes_too_long_is_handed_back_before_lambda_ends_the_worker() -> None:
    """Each call that hangs takes up to 80 seconds; a worker that is ended says nothing of any message."""
    worker, context = Worker(), sqs.Context(300)

    def hang(_: Record) -> None:
        context.seconds -= 80
        raise TryLater()

    assert worker.consume(hang, event_of(*"12345"), context) == [f"id-of-{each}" for each in "12345"]
    assert context.seconds == 60
    assert [(body, seconds > 0) for body, seconds in worker.back] == [(each, each < "4") for each in "12345"]


def test_messages_are_held_before_the_first_of_them_is_worked_on() -> None:
    """Should the worker die, they come again when its life is over, not after their queue's visibility timeout."""
    worker = Worker()

    def work(_: Record) -> None:
        assert worker.held == [("1", 60), ("2", 60)]

    assert ids(worker.consumer.consume(event_of("1", "2"), None, work, held=60)) == []
    assert len(worker.held) == 2


def test_work_goes_on_where_a_message_cannot_be_held() -> None:
    worker, seen = Worker(busy=True), []
    assert ids(worker.consumer.consume(event_of("1", "2"), None, lambda each: seen.append(each["body"]), held=60)) == []
    assert seen == ["1", "2"]
    assert [line["message"] for line in worker.lines()] == ["messages are hidden for long"]


def test_a_whole_run_is_held_for_as_long_as_its_worker_can_live_and_its_lease() -> None:
    assert life(sqs.Context(300)) == 370
    assert life(None) is None


def test_a_message_is_of_the_queue_whose_name_ends_its_url() -> None:
    (record,) = event_of("1")["Records"]
    assert is_of(record, "https://sqs.eu-west-2.amazonaws.com/123456789012/a_queue")
    assert not is_of(record, "https://sqs.eu-west-2.amazonaws.com/123456789012/another_a_queue")


def test_one_message_is_always_tried() -> None:
    assert Worker().consume(lambda _: None, event_of("1"), sqs.Context(10)) == []


def test_a_worker_that_takes_a_batch_as_a_whole_hands_back_some_of_it() -> None:
    worker = Worker()
    assert ids(worker.consumer.consume_whole(event_of("1", "2", "3", attempt=2), lambda: {2, 0})) == ["id-of-1", "id-of-3"]
    assert [body for body, seconds in worker.back if 5 <= seconds <= 10] == ["1", "3"]


def test_a_batch_that_fails_as_a_whole_comes_again_as_a_whole() -> None:
    worker = Worker()
    assert ids(worker.consumer.consume_whole(event_of("1", "2"), lambda: {1 // 0})) == ["id-of-1", "id-of-2"]
    assert [body for body, _ in worker.back] == ["1", "2"]
    assert [(line["message"], line["reason"]) for line in worker.lines()] == [("a thing failed", "ZeroDivisionError")]
