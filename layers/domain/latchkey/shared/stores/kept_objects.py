"""Objects of S3 that an item names: what is derived, too large for the item, and made anew where it is gone."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from latchkey.errors import TryLater
from latchkey.shared.model.ids import new_id
from latchkey.shared.stores.aws import code_of, translate

if TYPE_CHECKING:
    from collections.abc import Callable

    from latchkey.shared.stores.aws import Client

_GONE: Final = frozenset({"NoSuchKey", "NoSuchBucket", "404", "AccessDenied", "403"})


class KeptObjects:
    """Deflated objects of one folder. ``client`` makes the client of S3, which most readers do not need: they remember what they
    have read. An empty ``bucket``: this function cannot read them.
    """

    def __init__(self, client: Callable[[], Client], bucket: str, folder: str) -> None:
        self._client = client
        self._bucket = bucket
        self._folder = folder

    @property
    def can_read(self) -> bool:
        """Whether this function can read what is kept."""
        return bool(self._bucket)

    def put(self, data: bytes) -> str:
        """Write a new object; its key."""
        key = f"{self._folder}/{new_id()}"
        try:
            self._client().put_object(Bucket=self._bucket, Key=key, Body=data, ContentType="application/zlib")
        except (ClientError, BotoCoreError) as error:
            translate(error)
        return key

    def read(self, key: str) -> bytes | None:
        """An object; None if there is none."""
        try:
            body: bytes = self._client().get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if code_of(error) in _GONE:
                return None
            translate(error)
        except HTTPClientError as error:  # the connection broke while the body came
            raise TryLater() from error
        except BotoCoreError as error:
            translate(error)
        return body

    def drop(self, key: str) -> None:
        """Delete an object that nothing names any more. Where it fails the bucket forgets it in the end."""
        if key:
            with suppress(ClientError, BotoCoreError):
                self._client().delete_object(Bucket=self._bucket, Key=key)
