"""S3's messages about uploads: which file has come."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from latchkey.errors import Poison


def records_of(message: object) -> list[object] | None:
    """The records of a message of S3 (none: it only tries whether the queue is there); None for a message that is not S3's."""
    match message:
        case {"Event": "s3:TestEvent"}:
            return []
        case {"Records": [_, *_] as records}:
            return [*records]
    return None


def key_of(record: Mapping[str, Any] | object, bucket: str) -> str:
    """The key of the file that came into our bucket; ``Poison`` for any other event."""
    match record:
        case {
            "eventSource": "aws:s3",
            "eventName": str(event),
            "s3": {"bucket": {"name": str(name)}, "object": {"key": str(quoted)}},
        } if event.removeprefix("s3:").startswith("ObjectCreated:") and name == bucket:
            return unquote_plus(quoted)
    raise Poison("This event is not about an upload that we asked for.")
