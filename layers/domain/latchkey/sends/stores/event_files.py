"""The files in S3 that Firehose writes: SES's events about mails of sends that arrived."""

from collections.abc import Iterator
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from latchkey.errors import TryLater
from latchkey.shared.stores.aws import Client, code_of, translate

_BLOCK: Final = 256 * 1024  # bytes


class FileGone(Exception):
    """The file is not there: it was read and deleted before."""


class EventFiles:
    """The bucket of such files. ``TryLater`` while S3 is busy."""

    def __init__(self, client: Client, bucket: str) -> None:
        self._client = client
        self.bucket = bucket

    def read(self, key: str) -> Iterator[bytes]:
        """A file, block by block; ``FileGone``.

        A file that may not be read is an error, not one that is gone: its events would be lost.
        """
        try:
            body = self._client.get_object(Bucket=self.bucket, Key=key)["Body"]
            while block := body.read(_BLOCK):
                yield block
        except ClientError as error:
            if code_of(error) == "NoSuchKey":
                raise FileGone() from error
            translate(error)
        except HTTPClientError as error:  # the connection broke while the body came
            raise TryLater() from error
        except BotoCoreError as error:
            translate(error)

    def delete(self, key: str) -> None:
        """Delete a file, whether it is there or not."""
        try:
            self._client.delete_object(Bucket=self.bucket, Key=key)
        except (ClientError, BotoCoreError) as error:
            translate(error)
