"""What a call of botocore gets instead of the network, by its event ``before-send``."""

import io
from collections.abc import Iterator
from typing import Any


class _Raw(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def operation_of(request: Any) -> str:
    """The operation of a call in JSON; empty for one of S3."""
    target = request.headers.get("X-Amz-Target", b"")
    return str((target.decode() if isinstance(target, bytes) else target).rpartition(".")[2])


def response(url: str, body: bytes, headers: dict[str, str] | None = None, status: int = 200) -> Any:
    """An answer of AWS."""
    from botocore.awsrequest import AWSResponse

    return AWSResponse(url, status, {"x-amzn-requestid": "r", **(headers or {})}, _Raw(body))
