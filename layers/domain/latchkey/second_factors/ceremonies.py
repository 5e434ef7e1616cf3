"""WebAuthn, by Yubico's fido2: what a browser is asked to make or to sign, and whether what comes back is right.

Loaded only where a passkey is in play: it brings cryptography, and 60 ms with it. User verification is required, the origin is
compared exactly, attestation is not asked for, and the algorithms are those three that authenticators have.
"""

import base64
import json
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from fido2 import cbor
from fido2.cose import ES256, RS256, CoseKey, EdDSA
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorTransport,
    CollectedClientData,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from latchkey.second_factors.model.factors import Passkey
from latchkey.second_factors.model.relying_party import RelyingParty

_ALGORITHMS: Final = (ES256.ALGORITHM, EdDSA.ALGORITHM, RS256.ALGORITHM)
_WAIT: Final = 300_000  # milliseconds: as long as a challenge counts
_LONGEST: Final = 16_384
logging.getLogger("fido2").setLevel(logging.WARNING)  # it would log the id of every passkey


class NotGenuine(Exception):
    """What came back is not what was asked for."""


class CounterFell(Exception):
    """A passkey that counts has counted backwards: there are two of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Whom a passkey is made for: ``handle`` is what it keeps, ``login`` and ``name`` what its owner sees of it."""

    handle: bytes
    login: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a new passkey consists of."""

    credential: bytes
    public_key: bytes
    counter: int
    transports: tuple[str, ...]
    backup_eligible: bool
    backed_up: bool


def making_options(party: RelyingParty, name: str, user: User, there: Sequence[Passkey], challenge: bytes) -> dict[str, Any]:
    """What the browser is given to make a passkey (``PublicKeyCredential.parseCreationOptionsFromJSON``)."""
    options, _ = _server(party, name).register_begin(
        PublicKeyCredentialUserEntity(id=user.handle, name=user.login, display_name=user.name),
        credentials=_descriptors(there),
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.REQUIRED,
        challenge=challenge,
    )
    return dict(options.public_key)


def signing_options(party: RelyingParty, passkeys: Sequence[Passkey] | None, challenge: bytes) -> dict[str, Any]:
    """What the browser is given to sign with a passkey: one of these; None: with any that it has for this site."""
    options, _ = _server(party, "").authenticate_begin(
        credentials=None if passkeys is None else _descriptors(passkeys),
        user_verification=UserVerificationRequirement.REQUIRED,
        challenge=challenge,
    )
    return dict(options.public_key)


def made(party: RelyingParty, answer: object, challenge: bytes) -> Made:
    """The passkey that the browser has made; ``NotGenuine``."""
    try:
        response = RegistrationResponse.from_dict(_checked(answer))
        data = _server(party, "").register_complete(_state(challenge), response).credential_data
        if data is None or data.public_key.get(3) not in _ALGORITHMS:
            raise NotGenuine
        with suppress(InvalidSignature):  # no signature fits; a key that is none is a ValueError
            data.public_key.verify(b"", b"")
        flags = response.response.attestation_object.auth_data
        return Made(
            credential=data.credential_id,
            public_key=cbor.encode(dict(data.public_key)),
            counter=flags.counter,
            transports=_transports(answer),
            backup_eligible=flags.is_backup_eligible(),
            backed_up=flags.is_backed_up(),
        )
    except _UNREADABLE as error:
        raise NotGenuine from error


def signed(party: RelyingParty, passkeys: Sequence[Passkey], answer: object, challenge: bytes, now: int) -> Passkey:
    """The passkey that has signed, as it is now; ``NotGenuine``, or ``CounterFell``."""
    try:
        response = AuthenticationResponse.from_dict(_checked(answer))
        keys = [_key(each) for each in passkeys]
        used = _server(party, "").authenticate_complete(_state(challenge), keys, response)
        passkey = next(each for each in passkeys if each.credential == used.credential_id)
        data = response.response.authenticator_data
    except _UNREADABLE as error:
        raise NotGenuine from error
    if data.is_backup_eligible() != passkey.backup_eligible:
        raise NotGenuine  # it is fixed when a passkey is made (WebAuthn 3, 7.2)
    if (data.counter or passkey.counter) and data.counter <= passkey.counter:
        raise CounterFell
    return replace(passkey, counter=data.counter, backed_up=data.is_backed_up(), used_at=now)


def challenge_in(answer: object) -> bytes:
    """The challenge that an answer says it is about; ``NotGenuine`` if it says none."""
    try:
        encoded = _checked(answer)["response"]["clientDataJSON"]
        return CollectedClientData(_decoded(encoded)).challenge
    except _UNREADABLE as error:
        raise NotGenuine from error


def handle_in(answer: object) -> bytes:
    """The user handle that a passkey which was not named beforehand brings; ``NotGenuine`` if there is none."""
    try:
        return _decoded(_checked(answer)["response"]["userHandle"])
    except _UNREADABLE as error:
        raise NotGenuine from error


_UNREADABLE: Final = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    UnsupportedAlgorithm,
    StopIteration,
    RecursionError,
)
"""What fido2 and cryptography raise over what is not as it should be: bad base64, CBOR, JSON, keys and signatures."""


def _checked(answer: object) -> Mapping[str, Any]:
    """The answer, if it is a mapping of a usual size. A browser's answer comes in a form as JSON text."""
    if isinstance(answer, str) and len(answer) <= _LONGEST:
        answer = json.loads(answer)
    if not isinstance(answer, dict) or len(json.dumps(answer)) > _LONGEST:
        raise NotGenuine
    return answer


def _key(passkey: Passkey) -> AttestedCredentialData:
    key: Any = cbor.decode(passkey.public_key)
    return AttestedCredentialData.create(Aaguid.NONE, passkey.credential, CoseKey.parse(key))


def _server(party: RelyingParty, name: str) -> Fido2Server:
    site = PublicKeyCredentialRpEntity(id=party.id, name=name or party.id)
    server = Fido2Server(site, verify_origin=lambda said: said == party.origin)
    kind = PublicKeyCredentialType.PUBLIC_KEY
    server.allowed_algorithms = [PublicKeyCredentialParameters(type=kind, alg=each) for each in _ALGORITHMS]
    server.timeout = _WAIT  # type: ignore[assignment]
    return server


def _state(challenge: bytes) -> dict[str, Any]:
    return {"challenge": websafe_encode(challenge), "user_verification": UserVerificationRequirement.REQUIRED}


def _descriptors(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            type=PublicKeyCredentialType.PUBLIC_KEY,
            id=each.credential,
            transports=[AuthenticatorTransport(name) for name in each.transports] or None,
        )
        for each in passkeys
    ]


def _transports(answer: object) -> tuple[str, ...]:
    """How the browser reaches the authenticator, of the words that we know."""
    said = _checked(answer)["response"].get("transports")
    known = {each.value for each in AuthenticatorTransport}
    return (
        tuple(dict.fromkeys(each for each in said if isinstance(each, str) and each in known)) if isinstance(said, list) else ()
    )


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
