"""Files in S3: written in a stream with flat memory, and handed out by a URL that soon ends."""

from collections.abc import Sequence
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Any, Final, Self

from botocore.exceptions import BotoCoreError, ClientError

from latchkey.errors import TryLater
from latchkey.shared.stores.aws import Client, translate

URL_LIFE: Final = 300  # seconds
PART: Final = 5 * 1024 * 1024  # S3: every part but the last has at least 5 MiB, at most 10,000 parts: up to 50 GB
_IN_MEMORY: Final = 256 * 1024  # bytes; what is longer waits on the disk, so that no file takes more memory than a short one


class Upload:
    """One object that is written piece by piece. It appears whole, by ``finish``, or not at all."""

    def __init__(self, client: Client, bucket: str, key: str, media_type: str) -> None:
        self._client = client
        self._place = {"Bucket": bucket, "Key": key}
        self._media_type = media_type
        self._waiting = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with the upload
        self._upload: str | None = None
        self._parts: list[dict[str, Any]] = []
        self._finished = False

    def write(self, data: bytes) -> None:
        """Take some bytes; a part goes to S3 whenever one is full."""
        self._waiting.write(data)
        if self._waiting.tell() >= PART:
            self._put_part()

    def finish(self) -> None:
        """Make the object appear."""
        if self._upload is None:
            self._send("put_object", ContentType=self._media_type)
        else:
            if self._waiting.tell():
                self._put_part()
            self._call("complete_multipart_upload", **self._place, UploadId=self._upload, MultipartUpload={"Parts": self._parts})
        self._finished = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with suppress(OSError):  # the disk is full, and what waits is not wanted any more
            self._waiting.close()
        if self._upload is not None and not self._finished:
            # What cannot be called off now goes with the bucket's lifecycle; the first error is the one that counts.
            with suppress(ClientError, BotoCoreError):
                self._client.abort_multipart_upload(**self._place, UploadId=self._upload)

    def _put_part(self) -> None:
        if self._upload is None:
            # S3 checks each part by a CRC32 that botocore computes, and the object by the CRC32s of its parts.
            answer = self._call("create_multipart_upload", **self._place, ContentType=self._media_type, ChecksumAlgorithm="CRC32")
            self._upload = answer["UploadId"]
        number = len(self._parts) + 1
        answer = self._send("upload_part", UploadId=self._upload, PartNumber=number, ChecksumAlgorithm="CRC32")
        known = {name: answer[name] for name in ("ETag", "ChecksumCRC32") if answer.get(name)}
        self._parts.append({"PartNumber": number, **known})

    def _send(self, operation: str, **request: Any) -> dict[str, Any]:
        """Put what waits into S3; then nothing waits."""
        self._waiting.seek(0)
        answer = self._call(operation, **self._place, Body=self._waiting, **request)
        self._waiting.seek(0)
        self._waiting.truncate()
        return answer

    def _call(self, operation: str, **request: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**request)
        except (ClientError, BotoCoreError) as error:
            translate(error)
        return answer


class Files:
    """One bucket."""

    def __init__(self, client: Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def upload(self, key: str, media_type: str) -> Upload:
        """A new object, to be written in a ``with`` block."""
        return Upload(self._client, self._bucket, key, media_type)

    def keys(self, prefix: str) -> list[str]:
        """Up to 1,000 keys of objects that begin so."""
        try:
            answer = self._client.list_objects_v2(Bucket=self._bucket, Prefix=prefix)
        except (ClientError, BotoCoreError) as error:
            translate(error)
        return [each["Key"] for each in answer.get("Contents", [])]

    def delete(self, keys: Sequence[str]) -> None:
        """Delete these objects (at most 1,000), whether they exist or not."""
        try:
            answer = self._client.delete_objects(
                Bucket=self._bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
            )
        except (ClientError, BotoCoreError) as error:
            translate(error)
        if answer.get("Errors"):
            raise TryLater()

    def url(self, key: str, seconds: int, *, name: str, media_type: str) -> str:
        """A URL with which anybody can download the object for some seconds. ``name`` must be plain ASCII.

        A signature ends with the credentials that made it, however long it was meant to live, so credentials that end
        sooner are renewed first. Those of a Lambda function say no end: Lambda replaces them long before it.
        """
        credentials = self._client._request_signer._credentials  # noqa: SLF001 - botocore has no public way to them
        if hasattr(credentials, "refresh_needed"):
            credentials.get_frozen_credentials()
            if credentials.refresh_needed(refresh_in=seconds):
                raise TryLater()
        try:
            signed: str = self._client.generate_presigned_url(
                "get_object",
                Params={
                    "Bucket": self._bucket,
                    "Key": key,
                    "ResponseContentDisposition": disposition(name),
                    "ResponseContentType": media_type,
                },
                ExpiresIn=seconds,
            )
        except (ClientError, BotoCoreError) as error:
            translate(error)
        return signed


def disposition(name: str) -> str:
    """The Content-Disposition of a download (RFC 6266); a name with anything but plain signs is refused."""
    if not name or not name.isascii() or not set(name.lower()) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-"):
        raise ValueError("not a safe file name")
    return f'attachment; filename="{name}"'
