"""SQS in memory, for tests that are about what the messages say: the operations that the product and the tests ask for.

tests/stores/shared/test_memory_queues.py holds it to the same contract as moto. What the test must wait for by the wall clock
(a delay, the end of a time out) never comes, so nobody sees a message twice or late by accident; ``all`` shows what waits.
"""

from collections.abc import Iterable, Mapping
from itertools import count
from types import SimpleNamespace
from typing import Any, Final

from botocore.exceptions import ClientError

LONGEST: Final = 1024 * 1024
"""Bytes of a message, and of all messages of a batch: the SQS quota since August 2025."""
LONGEST_DELAY: Final = 900
MOST: Final = 10
"""Messages of a call."""


class MemoryQueues:
    """Queues by the last part of their URL; there are no others than those that are given."""

    def __init__(self, names: Iterable[str], endpoint: str) -> None:
        self.meta = SimpleNamespace(endpoint_url=endpoint)
        self._numbers = count(1)
        self.waiting: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
        """The messages of each queue, also those that are hidden."""
        self._taken: dict[str, dict[str, Any]] = {}

    def all(self, name: str) -> list[str]:
        """The bodies of all messages of a queue: seen, delayed and taken ones."""
        return [each["Body"] for each in self.waiting[name]]

    def send_message(
        self,
        *,
        QueueUrl: str,  # noqa: N803 - botocore's names
        MessageBody: str,  # noqa: N803
        DelaySeconds: int = 0,  # noqa: N803
        MessageGroupId: str | None = None,  # noqa: N803
    ) -> dict[str, Any]:
        """SendMessage."""
        assert 0 < len(MessageBody.encode()) <= LONGEST
        assert 0 <= DelaySeconds <= LONGEST_DELAY
        assert MessageGroupId is None or 1 <= len(MessageGroupId) <= 128
        made = {"MessageId": f"m{next(self._numbers)}", "Body": MessageBody}
        self._queue(QueueUrl, "SendMessage").append(made | {"hidden": DelaySeconds > 0})
        return {"MessageId": made["MessageId"]}

    def send_message_batch(self, *, QueueUrl: str, Entries: list[Mapping[str, Any]]) -> dict[str, Any]:  # noqa: N803
        """SendMessageBatch."""
        assert 1 <= len(Entries) <= MOST
        assert len({each["Id"] for each in Entries}) == len(Entries)
        assert sum(len(each["MessageBody"].encode()) for each in Entries) <= LONGEST
        done = []
        for each in Entries:
            answer = self.send_message(QueueUrl=QueueUrl, **{name: value for name, value in each.items() if name != "Id"})
            done.append({"Id": each["Id"], **answer})
        return {"Successful": done}

    def receive_message(self, *, QueueUrl: str, MaxNumberOfMessages: int = 1) -> dict[str, Any]:  # noqa: N803
        """ReceiveMessage."""
        assert 1 <= MaxNumberOfMessages <= MOST
        found = []
        for each in self._queue(QueueUrl, "ReceiveMessage"):
            if len(found) < MaxNumberOfMessages and not each["hidden"]:
                each["hidden"] = True
                receipt = f"r{next(self._numbers)}"
                self._taken[receipt] = each
                found.append({"MessageId": each["MessageId"], "ReceiptHandle": receipt, "Body": each["Body"]})
        return {"Messages": found} if found else {}

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> dict[str, Any]:  # noqa: N803
        """DeleteMessage."""
        queue, taken = self._queue(QueueUrl, "DeleteMessage"), self._message(ReceiptHandle, "DeleteMessage")
        queue[:] = [each for each in queue if each is not taken]
        return {}

    def change_message_visibility(
        self,
        *,
        QueueUrl: str,  # noqa: N803
        ReceiptHandle: str,  # noqa: N803
        VisibilityTimeout: int,  # noqa: N803
    ) -> dict[str, Any]:
        """ChangeMessageVisibility."""
        self._queue(QueueUrl, "ChangeMessageVisibility")
        self._message(ReceiptHandle, "ChangeMessageVisibility")["hidden"] = VisibilityTimeout > 0
        return {}

    def _queue(self, url: str, operation: str) -> list[dict[str, Any]]:
        name = url.rpartition("/")[2]
        if name not in self.waiting:
            raise ClientError({"Error": {"Code": "AWS.SimpleQueueService.NonExistentQueue", "Message": url}}, operation)
        return self.waiting[name]

    def _message(self, receipt: str, operation: str) -> dict[str, Any]:
        if receipt not in self._taken:
            raise ClientError({"Error": {"Code": "ReceiptHandleIsInvalid", "Message": receipt}}, operation)
        return self._taken[receipt]
