"""Tokens written by hand: a library would refuse to make most of them."""

import base64
import hashlib
import hmac
import json
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa


def b64(value: bytes) -> str:
    """base64url without its padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def written(value: Any) -> bytes:
    """JSON as it stands in a token; bytes are taken as they are."""
    return value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()


def signed(payload: Any, header: Any, key: rsa.RSAPrivateKey) -> str:
    """A compact token with an RS256 signature, whatever its header says."""
    start = f"{b64(written(header))}.{b64(written(payload))}"
    return f"{start}.{b64(key.sign(start.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def maced(payload: Any, header: Any, secret: bytes) -> str:
    """A compact token with an HS256 signature."""
    start = f"{b64(written(header))}.{b64(written(payload))}"
    return f"{start}.{b64(hmac.digest(secret, start.encode(), hashlib.sha256))}"


def unsigned(payload: Any, header: Any, signature: str = "") -> str:
    """A compact token with this signature, or none."""
    return f"{b64(written(header))}.{b64(written(payload))}.{signature}"


def public_pem(key: rsa.RSAPrivateKey) -> bytes:
    """The public key as everybody can have it."""
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def public_der(key: rsa.RSAPrivateKey) -> bytes:
    """The same in its binary form."""
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def public_jwk(key: rsa.RSAPrivateKey, kid: str | None, **more: Any) -> dict[str, Any]:
    """The public key as a provider publishes it."""
    numbers = key.public_key().public_numbers()
    n = numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")
    named = {} if kid is None else {"kid": kid}
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "n": b64(n), "e": b64(numbers.e.to_bytes(3, "big")), **named, **more}
