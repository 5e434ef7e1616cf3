"""SQS: messages of ids, never of names, addresses, tokens or codes."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from latchkey.errors import TryLater
from latchkey.shared.stores.aws import Client, translate

_BATCH: Final = 10  # SQS: SendMessageBatch
LONGEST_DELAY: Final = 900  # SQS: DelaySeconds


class Queue:
    """One queue."""

    def __init__(self, client: Client, url: str) -> None:
        self._client = client
        self._url = url

    def put(self, message: Mapping[str, Any], *, group: str = "", delay: int = 0) -> None:
        """Put one message, to be seen after ``delay`` seconds (at most 900). ``group``: see ``put_many``."""
        facts: dict[str, Any] = {"MessageGroupId": group} if group else {}
        if delay:
            facts["DelaySeconds"] = min(delay, LONGEST_DELAY)
        try:
            self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps({"v": 1, **message}), **facts)
        except (ClientError, BotoCoreError) as error:
            translate(error)

    def put_many(self, messages: Iterable[Mapping[str, Any]], *, group: str = "", delay: int = 0) -> None:
        """Put many messages, ten a call; ``TryLater`` if SQS refuses any: the caller may put all of them again.

        They are to be seen after ``delay`` seconds. ``group`` is whose they are: SQS then serves other groups first where one has
        filled the queue (a fair queue).
        """
        self.put_each(((message, delay) for message in messages), group=group)

    def put_each(self, messages: Iterable[tuple[Mapping[str, Any], int]], *, group: str = "") -> None:
        """The same of messages that are each to be seen after so many seconds."""
        batch: list[dict[str, Any]] = []
        for message, delay in messages:
            facts: dict[str, Any] = {"MessageGroupId": group} if group else {}
            if delay:
                facts["DelaySeconds"] = min(delay, LONGEST_DELAY)
            batch.append({"Id": str(len(batch)), "MessageBody": json.dumps({"v": 1, **message}), **facts})
            if len(batch) == _BATCH:
                self._put_batch(batch)
                batch = []
        if batch:
            self._put_batch(batch)

    def _put_batch(self, batch: list[dict[str, Any]]) -> None:
        try:
            answer = self._client.send_message_batch(QueueUrl=self._url, Entries=batch)
        except (ClientError, BotoCoreError) as error:
            translate(error)
        if answer.get("Failed"):
            raise TryLater()


def hide(client: Client, queue: str, receipt: str, seconds: int) -> None:
    """Let a message that was received be seen again after so many seconds; ``queue`` is its queue's ARN."""
    account, name = queue.split(":")[-2:]
    url = f"{client.meta.endpoint_url}/{account}/{name}"
    try:
        client.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=seconds)
    except (ClientError, BotoCoreError) as error:
        translate(error)
