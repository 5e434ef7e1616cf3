"""What SQS hands to Lambda, and what Lambda tells a function about itself."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from tests.support.system import REGION, START

ACCOUNT = "123456789012"  # moto's


@dataclass
class Context:
    """What Lambda tells a function about itself."""

    seconds: float = 120.0

    def get_remaining_time_in_millis(self) -> int:
        """The time left."""
        return int(self.seconds * 1000)


def event_of(bodies: Iterable[Any], queue: str, *, attempt: int = 1, sent: float = START) -> dict[str, Any]:
    """An event with a record of its own for each body (a text, or what is to be one); ``queue`` by its setting, in any case."""
    return {
        "Records": [
            {
                "messageId": str(uuid.uuid4()),
                "receiptHandle": "handle",
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {"ApproximateReceiveCount": str(attempt), "SentTimestamp": str(int(sent * 1000))},
                "messageAttributes": {},
                "md5OfBody": "",
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue.lower()}",
                "awsRegion": REGION,
            }
            for body in bodies
        ]
    }


def s3_message(bucket: str, key: str) -> dict[str, Any]:
    """What S3 says of a new file."""
    return {
        "Records": [
            {
                "eventVersion": "2.1",
                "eventSource": "aws:s3",
                "awsRegion": REGION,
                "eventName": "ObjectCreated:Put",
                "s3": {"bucket": {"name": bucket}, "object": {"key": quote_plus(key, safe="/"), "size": 1}},
            }
        ]
    }
