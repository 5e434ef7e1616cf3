"""AWS without a network: botocore does all its work, and a ``before-send`` event hands it an answer that was made before.

So CPU is the product's and botocore's, and every call is counted by the event that botocore gives out for it. What making an
answer takes is nobody's: it is timed in ``own``, to be taken off.
"""

import base64
import json
import re
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSResponse

from latchkey.shared.stores.aws import Client, ClientFactory, client_factory

Answer = Callable[[bytes], bytes]
_DESTINATION = re.compile(rb'"ToAddresses"')


class _Body:
    """What urllib3 would hand over."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> list[bytes]:
        """The body in one piece."""
        return [self._content]

    def read(self, *_: Any) -> bytes:
        """The body."""
        return self._content


class NullAws:
    """Counts calls in ``calls`` (``dynamodb.Query``) and answers them with ``answers``, which are given the request's body."""

    def __init__(self, rate: float = 10.0**9) -> None:
        self.calls: Counter[str] = Counter()
        self.mails = 0
        self.own = 0.0  # seconds of CPU
        mac = base64.b64encode(bytes(32)).decode()
        sent = json.dumps(
            {"Successful": [{"Id": str(n), "MessageId": "m", "MD5OfMessageBody": ""} for n in range(10)], "Failed": []}
        )
        mails = [json.dumps({"BulkEmailEntryResults": [_result(n) for n in range(count)]}).encode() for count in range(51)]
        account = json.dumps({"SendingEnabled": True, "SendQuota": {"Max24HourSend": -1.0, "MaxSendRate": rate}}).encode()
        self.answers: dict[str, Answer] = {
            "kms.GenerateMac": lambda _: json.dumps({"KeyId": "k", "Mac": mac, "MacAlgorithm": "HMAC_SHA_256"}).encode(),
            "sqs.SendMessageBatch": lambda _: sent.encode(),
            "sesv2.GetAccount": lambda _: account,
            "sesv2.SendBulkEmail": lambda body: mails[self._count(body)],
            "sesv2.SendEmail": lambda _: b'{"MessageId":"m"}',
            "sqs.SendMessage": lambda _: b'{"MessageId":"m"}',
            "sqs.ChangeMessageVisibility": lambda _: b"{}",
            "dynamodb.PutItem": lambda _: b"{}",
            "dynamodb.BatchWriteItem": lambda _: b'{"UnprocessedItems":{}}',
            "dynamodb.TransactWriteItems": lambda _: b"{}",
        }
        self._make = client_factory()

    @property
    def factory(self) -> ClientFactory:
        """Clients whose calls end here."""
        return self._client

    def _count(self, body: bytes) -> int:
        count = len(_DESTINATION.findall(body))
        self.mails += count
        return count

    def _client(self, service: str) -> Client:
        client = self._make(service)
        client.meta.events.register("before-send", self._answer)
        return client

    def _answer(self, event_name: str, request: Any, **_: Any) -> AWSResponse:
        operation = event_name.removeprefix("before-send.")
        self.calls[operation] += 1
        start = time.process_time()
        body = self.answers[operation](request.body)
        self.own += time.process_time() - start
        return AWSResponse(request.url, 200, {}, _Body(body))


def _result(number: int) -> dict[str, str]:
    return {"Status": "SUCCESS", "MessageId": f"0107019a{number:08x}-3bda490f-8eaa-63cf4b00d10c-000000"}
