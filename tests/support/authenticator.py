"""A passkey's authenticator and an authenticator app, as a browser and a phone would use them: written on cryptography alone.

What fido2 encodes for us elsewhere is encoded here by hand, so that a fault of one side is no fault of both.
"""

import base64
import hashlib
import hmac
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

USER_PRESENT, USER_VERIFIED, BACKUP_ELIGIBLE, BACKED_UP, ATTESTED = 1, 4, 8, 16, 64


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def app_code(secret: str, at: float, step: int = 0) -> str:
    """RFC 6238, from its text: what an app with this secret shows, ``step`` steps later."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(at) // 30 + step), "sha1")
    place = digest[-1] & 15
    return f"{(int.from_bytes(digest[place : place + 4]) & 0x7FFFFFFF) % 1_000_000:06}"


@dataclass
class Authenticator:
    """One passkey. What a test changes before it is used decides what kind it is, or what is wrong with it."""

    origin: str = "https://latchkey.test"
    counts: bool = False
    synced: bool = True
    verifies: bool = True
    algorithm: int = -7
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    counter: int = 0
    handle: bytes = b""
    key: Any = None

    def make(self, options: dict[str, Any], **wrong: Any) -> dict[str, Any]:
        """What ``navigator.credentials.create`` answers, as JSON; ``wrong`` replaces parts of it."""
        self.key = {-7: lambda: ec.generate_private_key(ec.SECP256R1()), -8: ed25519.Ed25519PrivateKey.generate}.get(
            self.algorithm, lambda: rsa.generate_private_key(65537, 2048)
        )()
        self.handle = unb64(options["user"]["id"])
        party = wrong.get("party", options["rp"]["id"])
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + self._cose()
        data = self._data(party, ATTESTED) + attested
        attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData" + _bytes(data)
        return {
            "id": b64(self.id),
            "rawId": b64(self.id),
            "type": "public-key",
            "clientExtensionResults": {},
            "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": b64(self._client("webauthn.create", wrong.get("challenge", options["challenge"]))),
                "attestationObject": b64(attestation),
                "transports": ["internal", "hybrid", "none of ours"],
            },
        }

    def sign(self, options: dict[str, Any], **wrong: Any) -> dict[str, Any]:
        """What ``navigator.credentials.get`` answers, as JSON."""
        self.counter += self.counts
        client = self._client(wrong.get("type", "webauthn.get"), wrong.get("challenge", options["challenge"]))
        data = self._data(wrong.get("party", options["rpId"]))
        signature = self._sign(data + hashlib.sha256(client).digest())
        return {
            "id": b64(self.id),
            "rawId": b64(self.id),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": b64(client),
                "authenticatorData": b64(data),
                "signature": b64(wrong.get("signature", signature)),
                "userHandle": b64(wrong.get("handle", self.handle)),
            },
        }

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _data(self, party: str, flags: int = 0) -> bytes:
        flags |= USER_PRESENT | (USER_VERIFIED if self.verifies else 0) | (BACKUP_ELIGIBLE | BACKED_UP if self.synced else 0)
        return hashlib.sha256(party.encode()).digest() + bytes([flags]) + struct.pack(">I", self.counter)

    def _sign(self, data: bytes) -> bytes:
        if self.algorithm == -7:
            return bytes(self.key.sign(data, ec.ECDSA(hashes.SHA256())))
        return bytes(self.key.sign(data) if self.algorithm == -8 else self.key.sign(data, padding.PKCS1v15(), hashes.SHA256()))

    def _cose(self) -> bytes:
        public = self.key.public_key()
        if self.algorithm == -7:
            numbers = public.public_numbers()
            return b"\xa5\x01\x02\x03\x26\x20\x01\x21" + _bytes(numbers.x.to_bytes(32)) + b"\x22" + _bytes(numbers.y.to_bytes(32))
        if self.algorithm == -8:
            return b"\xa4\x01\x01\x03\x27\x20\x06\x21" + _bytes(public.public_bytes_raw())
        numbers = public.public_numbers()
        return (
            b"\xa4\x01\x03\x03" + _negative(-self.algorithm) + b"\x20" + _bytes(numbers.n.to_bytes(256)) + b"\x21\x43\x01\x00\x01"
        )


def _negative(number: int) -> bytes:
    return b"\x39" + struct.pack(">H", number - 1)


def _bytes(data: bytes) -> bytes:
    return (b"\x58" + bytes([len(data)]) if len(data) < 256 else b"\x59" + struct.pack(">H", len(data))) + data
