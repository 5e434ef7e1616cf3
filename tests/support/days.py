"""The day's work of schools on a whole system: the schedule's call, and messages as Lambda hands them to the function daily."""

import json
from typing import Any

import pytest

import daily.handler as door
from tests.support.sqs import Context, event_of
from tests.support.system import TestSystem


class Days:
    """The function daily over a system; ``bodies`` are the messages that wait."""

    def __init__(self, system: TestSystem, monkeypatch: pytest.MonkeyPatch) -> None:
        self.system = system
        monkeypatch.setattr(door, "system", lambda: system.wiring("daily"))

    def begin(self) -> int:
        """The schedule's call; how many schools have a message."""
        found: int = door.handle({"kind": "day"}, None)["schools"]
        return found

    def bodies(self) -> list[str]:
        """The messages that wait, taken from the queue."""
        sqs, url = self.system.clients("sqs"), self.system.environment["DAILY_QUEUE"]
        found: list[str] = []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            found += [each["Body"] for each in messages]
            for each in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        return found

    def work(self, bodies: list[str] | None = None, attempt: int = 1) -> int:
        """Hand on messages, those of the queue unless others are given; how many failed."""
        given = self.bodies() if bodies is None else bodies
        return sum(self._one(body, attempt) for body in given)

    def _one(self, body: str, attempt: int) -> int:
        answer: dict[str, Any] = door.handle(event_of([body], "DAILY_QUEUE", attempt=attempt), Context(300))
        return len(answer["batchItemFailures"])

    def day(self) -> int:
        """A whole day's work of all schools; how many messages failed."""
        self.begin()
        return self.work()


def message(school: str, at: int) -> str:
    """The message of a school's day."""
    return json.dumps({"v": 1, "kind": "school", "school": school, "at": at})
