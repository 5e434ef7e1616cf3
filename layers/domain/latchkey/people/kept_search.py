"""A search as it may stand in an address: what is searched for may be a UPN or an e-mail address, and these never stand in one.

It is encrypted, so that no log, history or Referer holds it; bound to its school, so that it means nothing elsewhere. The same
search gives the same text, so Back and bookmarks work as with any other.
"""

import base64
import binascii
import hmac
from typing import TYPE_CHECKING, Final

from latchkey.errors import Invalid

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

_LONGEST: Final = 800
_MANY_DIGITS: Final = 4
"""From so many digits on a word is an id, and no group (``7A``, ``11-2``)."""


def is_private(typed: str) -> bool:
    """Whether what was typed may be an address, a UPN or another id, or the beginning of one."""
    return "@" in typed or any(sum(char.isdigit() for char in word) >= _MANY_DIGITS for word in typed.split())


def seal(typed: str, school: str, key: bytes) -> str:
    """What was typed, for an address. ``key``: one of the school's."""
    sealed = _cipher(key).encrypt(typed.encode(), [school.encode()])
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def unseal(text: str, school: str, key: bytes) -> str:
    """What was typed; ``Invalid`` for a text that this school's key has not sealed."""
    from cryptography.exceptions import InvalidTag

    if not text.isascii() or not 0 < len(text) <= _LONGEST:
        raise _refused()
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return _cipher(key).decrypt(sealed, [school.encode()]).decode()
    except (binascii.Error, InvalidTag, ValueError):
        raise _refused() from None


def _cipher(key: bytes) -> "AESSIV":
    """The library is loaded only where somebody searches for an id."""
    from cryptography.hazmat.primitives.ciphers.aead import AESSIV

    return AESSIV(hmac.digest(key, b"search", "sha512"))


def _refused() -> Invalid:
    return Invalid("This search cannot be found again. Search once more.", fields={"search": "This is no search of this school."})
