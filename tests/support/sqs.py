"""Messages as SQS hands them to Lambda."""

import uuid
from collections.abc import Iterable
from typing import Any


def event_of(bodies: Iterable[str], attempt: int = 1) -> dict[str, Any]:
    """An event with these messages, each record with an id of its own."""
    return {
        "Records": [
            {
                "messageId": str(uuid.uuid4()),
                "receiptHandle": "handle",
                "body": body,
                "attributes": {"ApproximateReceiveCount": str(attempt)},
                "messageAttributes": {},
                "md5OfBody": "",
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-west-2:123456789012:queue",
                "awsRegion": "eu-west-2",
            }
            for body in bodies
        ]
    }
