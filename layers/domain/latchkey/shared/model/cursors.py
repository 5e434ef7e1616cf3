"""Cursors: where the next page of a list begins, sealed so that nobody can make one up or take it elsewhere.

A cursor is bound to what it pages through (school, list and filter) by an HMAC: in another list it is refused. It stands in
a URL, so it holds positions and ids only, never names or addresses.
"""

import base64
import binascii
import hmac
import json
from typing import Final

from latchkey.errors import Invalid

_MAC: Final = 16
_LONGEST: Final = 400


def seal(position: list[str | int], context: str, key: bytes) -> str:
    """The cursor of a position in a list; ``context`` names the list and everything that decides what is in it."""
    body = json.dumps(position, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_mac(body, context, key) + body).rstrip(b"=").decode()


def unseal(cursor: str, context: str, key: bytes) -> list[str | int]:
    """The position that a cursor holds; ``Invalid`` for one that was made for another list, or by somebody else."""
    if not 0 < len(cursor) <= _LONGEST or not cursor.isascii():
        raise refused()
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise refused() from None
    mac, body = raw[:_MAC], raw[_MAC:]
    if not hmac.compare_digest(mac, _mac(body, context, key)):
        raise refused()
    position: list[str | int] = json.loads(body)
    return position


def _mac(body: bytes, context: str, key: bytes) -> bytes:
    return hmac.digest(key, b"cursor\0" + json.dumps(context).encode() + b"\0" + body, "sha256")[:_MAC]


def refused() -> Invalid:
    """What to raise for a cursor that cannot be used."""
    return Invalid(
        "This page of the list cannot be found again. Start from the first page.",
        fields={"cursor": "This cursor does not belong to this list."},
    )
