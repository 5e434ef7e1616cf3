"""Uploads in S3: a form that a browser or script posts straight to S3, and the object read in a stream."""

import io
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from latchkey.errors import TryLater
from latchkey.shared.stores.aws import Client, code_of, translate

_BLOCK: Final = 2 * 1024 * 1024  # bytes: a million rows are some 50 reads of each pass
_GONE: Final = {"NoSuchKey", "NoSuchVersion", "404", "AccessDenied", "403"}  # without s3:ListBucket a missing key is forbidden
_CHANGED: Final = {"PreconditionFailed", "412"}


class UploadLost(Exception):
    """The object is not there (any more), or is another one than before."""


class Upload(io.RawIOBase):
    """An object as a file that can be read from any place: one block in memory, each read with If-Match."""

    def __init__(self, client: Client, bucket: str, key: str, etag: str | None) -> None:
        super().__init__()
        self._client = client
        self._place = {"Bucket": bucket, "Key": key}
        self._at = 0
        self._start = 0
        self.etag = etag or ""
        self.size = 1
        self._block = self._fetch(0)

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read from any place."""
        return True

    def tell(self) -> int:
        """The place of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int = -1, /) -> bytes:
        """As many bytes as are asked for, across blocks, and fewer only at the end: zipfile takes less for damage."""
        if size < 0:
            return self.readall()
        found = bytearray()
        while len(found) < size and (some := super().read(size - len(found))):
            found += some
        return bytes(found)

    def readinto(self, buffer: Any) -> int:
        """Read some bytes; 0 at the end."""
        if self._at >= self.size:
            return 0
        if not self._start <= self._at < self._start + len(self._block):
            self._block = b""  # one block in memory, not two
            self._block = self._fetch(self._at)
        offset = self._at - self._start
        data = memoryview(self._block)[offset : offset + len(buffer)]
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def _fetch(self, start: int) -> bytes:
        wanted: dict[str, Any] = {**self._place, "Range": f"bytes={start}-{start + _BLOCK - 1}"}
        if self.etag:
            wanted["IfMatch"] = self.etag
        try:
            answer = self._client.get_object(**wanted)
            block: bytes = answer["Body"].read()
        except ClientError as error:
            if code_of(error) in _GONE | _CHANGED:
                raise UploadLost() from error
            translate(error)
        except HTTPClientError as error:  # the connection broke while the body came
            raise TryLater() from error
        except BotoCoreError as error:
            translate(error)
        self.etag = answer["ETag"]
        self.size = int(answer["ContentRange"].rpartition("/")[2]) if "ContentRange" in answer else len(block)
        self._start = start
        return block


class Uploads:
    """The bucket for what schools upload."""

    def __init__(self, client: Client, bucket: str) -> None:
        self._client = client
        self.bucket = bucket

    def form(self, key: str, *, longest: int, seconds: int, then: str | None = None) -> dict[str, Any]:
        """``{"url", "fields"}`` of a multipart form that may put exactly this key; ``then`` is where a browser goes after."""
        fields: dict[str, str] = {"success_action_redirect": then} if then else {"success_action_status": "201"}
        form: dict[str, Any] = self._client.generate_presigned_post(
            self.bucket,
            key,
            Fields={**fields},
            Conditions=[*({name: value} for name, value in fields.items()), ["content-length-range", 1, longest]],
            ExpiresIn=seconds,
        )
        return form

    def open(self, key: str, etag: str | None = None) -> Upload:
        """The object; with an ETag only if it still has it. ``UploadLost`` otherwise, also later while reading."""
        return Upload(self._client, self.bucket, key, etag)

    def delete(self, key: str) -> None:
        """Delete the object, whether it is there or not."""
        try:
            self._client.delete_object(Bucket=self.bucket, Key=key)
        except (ClientError, BotoCoreError) as error:
            translate(error)
