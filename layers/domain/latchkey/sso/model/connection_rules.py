"""What an admin may say of a connection: every field is read, and everything that is wrong is said at once.

Names of fields in errors are those of the form: ``client_id`` of the connection "google" is ``google.client_id``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from latchkey.people.model.person import ROLES, Role
from latchkey.sso.model.connection import ENTRA, GOOGLE, KINDS, MATCHES, Connection, Kind, Match, SecretRef
from latchkey.sso.model.typed import GUID, Typed, Wrong
from latchkey.sso.model.web_addresses import NotAllowed, web_address

NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?")
RESERVED: Final = frozenset({"check", "new", "callback", "mine"})
"""Names that are, or may become, parts of addresses of ours."""
FIELDS: Final = (
    "kind",
    "label",
    "roles",
    "on",
    "issuer",
    "client_id",
    "tenant",
    "match_on",
    "match_claim",
    "creates",
    "proves_second_factor",
    "metadata_url",
    "metadata_certificate",
    "client_secret",
    "secret_ends_on",
)
"""What can be said of a connection; all else of it is only shown."""
SHOWN: Final = (
    "name",
    "version",
    "waits",
    "secret",
    "certificates",
    "sign_in_url",
    "redirect_address",
    "entity_id",
    "start_address",
    "state",
    "checks",
    "checked_at",
    "trial",
)
"""What is shown beside, and may stand in what is put back as it was read."""


def is_name(name: object) -> bool:
    """Whether a connection can be called so in addresses."""
    return isinstance(name, str) and NAME.fullmatch(name) is not None and name not in RESERVED


CREATES: Final[tuple[Role, ...]] = ("student", "teacher", "staff")
LONGEST_LABEL: Final = 40
MATCHES_OF: Final[Mapping[Kind, Mapping[Match, str]]] = {
    "google": {"email": "email"},
    "entra": {"email": "email", "upn": "preferred_username", "mis_id": "employeeid"},
    "oidc": {"email": "email", "username": "preferred_username", "mis_id": ""},
    "saml": {
        "email": "urn:oid:0.9.2342.19200300.100.1.3",
        "username": "urn:oid:0.9.2342.19200300.100.1.1",
        "mis_id": "",
        "upn": "urn:oid:1.3.6.1.4.1.5923.1.1.1.6",
    },
}
"""By what people can be found with each kind, and the claim or attribute that usually holds it (empty: it has to be named)."""
LABELS: Final[Mapping[Kind, str]] = {"google": "Google", "entra": "Microsoft", "oidc": "the school’s sign-in", "saml": "RM Unify"}
_PERSONAL: Final = "9188040d-6c67-4c5b-b112-36a304b66dad"  # Microsoft's tenant of everybody's private accounts
_DOMAIN: Final = re.compile(r"(?=.{1,100}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")
_GOOGLE_ID: Final = re.compile(r"[0-9]+-[a-z0-9]+\.apps\.googleusercontent\.com")
_OTHERS: Final[Mapping[str, str]] = {
    "accounts.google.com": "Google",
    "login.microsoftonline.com": "Microsoft",
    "sts.windows.net": "Microsoft",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A connection as an admin wants it, and the secret that they have typed (None: the one that is kept stays)."""

    connection: Connection
    client_secret: str | None = field(default=None, repr=False)


def read(name: str, before: Connection | None, values: Mapping[str, Any], wrong: Wrong, local: tuple[str, ...] = ()) -> Wanted:
    """The connection with what ``values`` names; what is not named stays. Everything that is wrong goes into ``wrong``."""
    said = Typed(name, values, wrong)
    for each in values:
        if each not in FIELDS and each not in SHOWN:
            said.wrong(each, "There is no such setting.")
    kind = _kind(said, before)
    for each in ("issuer", "metadata_url"):  # also where it follows from something else, or is not used
        if not isinstance(values.get(each, ""), str):
            said.wrong(each, "This must be a text.")
    now = (
        before
        if before is not None
        else Connection(name=name, kind=kind, label=LABELS[kind], roles=(), match_claim=MATCHES_OF[kind]["email"])
    )
    facts: dict[str, Any] = {
        "label": said.text("label", now.label, LONGEST_LABEL),
        "roles": said.roles("roles", now.roles, ROLES),
        "on": said.flag("on", now.on),
        "client_id": _client_id(said, now, kind),
        "tenant": _tenant(said, now, kind),
        "creates": said.roles("creates", now.creates, CREATES),
        "proves_second_factor": said.flag("proves_second_factor", now.proves_second_factor),
        "metadata_url": _address(said, "metadata_url", now.metadata_url, local) if kind == "saml" else "",
        "metadata_certificate": _certificate(said, now, kind),
    }
    facts |= _match(said, now, kind)
    facts["issuer"] = _issuer(said, now, kind, facts["tenant"], local)
    typed = said.secret("client_secret")
    secret = typed if kind != "saml" else None
    kept = now.secret if facts["client_id"] == now.client_id and kind != "saml" else None  # another client has another secret
    facts["secret"] = _secret_ref(said, kept, given=secret is not None, kind=kind)
    after = replace(now, **facts)
    _whole(said, after)
    return Wanted(after, secret)


def _secret_ref(said: Typed, kept: SecretRef | None, *, given: bool, kind: Kind) -> SecretRef | None:
    """Where the secret is kept (no name yet: it is new), and when it ends; a new one's end is not the old one's."""
    ends_at = said.day("secret_ends_on", None if given or kept is None else kept.ends_at)
    if kept is None and not given:
        if ends_at is not None:
            said.wrong("client_secret", "Paste the client secret whose end this is.")
        return None
    if given and kind == "entra" and ends_at is None:
        said.wrong("secret_ends_on", "Enter the day on which the secret ends: Microsoft shows it beside the secret.")
    return SecretRef(name=kept.name if kept else "", ends_at=ends_at)


def _whole(said: Typed, after: Connection) -> None:
    """What has to be there before people are sent to a provider."""
    if after.metadata_certificate and not after.metadata_url:
        said.wrong("metadata_url", "Enter the address of the metadata that is signed with the certificate.")
    if not set(after.creates) <= set(after.roles):
        said.wrong("creates", "Accounts can be made only for those who sign in with it: choose them there as well.")
    if not after.on:
        return
    needed: dict[str, tuple[object, str]] = {
        "roles": (after.roles, "Choose who signs in with it."),
        "label": (after.label, "Enter the words on the button."),
        "match_claim": (after.match_claim, "Enter the claim or attribute that people are found by."),
    }
    if after.is_saml:
        needed["metadata_url"] = (after.metadata_url, "Enter the address of the provider’s metadata.")
    else:
        needed["client_id"] = (after.client_id, "Paste the client ID.")
        needed["issuer"] = (after.issuer, "Enter the issuer.")
        needed["client_secret"] = (after.secret, "Paste the client secret.")
    if after.kind in {"google", "entra"}:
        needed["tenant"] = (after.tenant, _NO_TENANT[after.kind])
    for name, (there, words) in needed.items():
        if not there:
            said.wrong(name, words, only_first=True)


_NO_TENANT: Final[Mapping[Kind, str]] = {
    "google": "Enter your school’s Google domain, like school.example.",
    "entra": "Paste the directory (tenant) ID.",
}


def _kind(said: Typed, before: Connection | None) -> Kind:
    given = said.values.get("kind", before.kind if before else None)
    found = next((kind for kind in KINDS if kind == given), None)
    if found is None or (before is not None and found != before.kind):
        words = f"Choose one of {', '.join(KINDS)}." if found is None else "It stays what it is: add another provider instead."
        said.wrong("kind", words)
        return before.kind if before else "oidc"
    return found


def _client_id(said: Typed, now: Connection, kind: Kind) -> str:
    found = said.printed("client_id", now.client_id, "The client ID")
    if found and "client_id" in said.values:
        if kind == "google" and not _GOOGLE_ID.fullmatch(found):
            said.wrong("client_id", "Google’s client IDs end with .apps.googleusercontent.com. Copy it from the client’s page.")
        if kind == "entra" and not GUID.fullmatch(found.lower()):
            said.wrong("client_id", "Paste the application (client) ID: it looks like 11111111-2222-3333-4444-555555555555.")
    return found if kind != "saml" else ""


def _tenant(said: Typed, now: Connection, kind: Kind) -> tuple[str, ...]:
    if "tenant" not in said.values:
        return now.tenant
    given = said.values["tenant"]
    texts = re.split(r"[\s,;]+", given) if isinstance(given, str) else given
    if not isinstance(texts, list) or not all(isinstance(each, str) for each in texts):
        said.wrong("tenant", "This must be a list of texts.")
        return now.tenant
    found = tuple(dict.fromkeys(each.strip().lower().lstrip("@") for each in texts if each.strip()))
    if kind == "oidc" and found:
        said.wrong("tenant", "Only Google, Microsoft and SAML have this.")
    elif kind == "entra" and found and (len(found) > 1 or not GUID.fullmatch(found[0]) or found[0] == _PERSONAL):
        said.wrong("tenant", "Paste your own directory (tenant) ID: it looks like 11111111-2222-3333-4444-555555555555.")
    elif kind in {"google", "saml"} and (len(found) > 10 or not all(_DOMAIN.fullmatch(each) for each in found)):
        said.wrong("tenant", "Give at most 10 domains, like school.example.")
    else:
        return found
    return now.tenant


def _issuer(said: Typed, now: Connection, kind: Kind, tenant: tuple[str, ...], local: tuple[str, ...]) -> str:
    """Google's and Microsoft's follow from what they are; SAML's from the metadata."""
    if kind == "google":
        return GOOGLE
    if kind == "entra":
        return ENTRA.format(tenant=tenant[0]) if tenant else ""
    if kind == "saml":
        return now.issuer
    found = _address(said, "issuer", now.issuer, local)
    host = found.partition("://")[2].partition("/")[0].lower()
    if (other := _OTHERS.get(host)) is not None:
        said.wrong("issuer", f"Choose {other} in the list of providers: it needs to know which of its customers is your school.")
    if "?" in found:
        said.wrong("issuer", "An issuer has no question mark. Copy it as the provider’s page shows it.")
    return found


def _address(said: Typed, name: str, now: str, local: tuple[str, ...]) -> str:
    found = said.values.get(name, now)
    if not isinstance(found, str):
        return now
    found = found.strip()
    if found == "":
        return ""
    try:
        web_address(found, local)
    except NotAllowed:
        said.wrong(name, "Enter an address that begins with https:// and names a site on the open internet.")
        return now
    return found


def _certificate(said: Typed, now: Connection, kind: Kind) -> str:
    """The federation's: ``saml`` reads it, and says whether the metadata is signed with it."""
    found = said.certificate("metadata_certificate", now.metadata_certificate)
    if found and kind != "saml":
        said.wrong("metadata_certificate", "Only SAML has this.")
        return now.metadata_certificate
    return found


def _match(said: Typed, now: Connection, kind: Kind) -> dict[str, Any]:
    given = said.values.get("match_on", now.match_on)
    match_on = next((each for each in MATCHES if each == given and each in MATCHES_OF[kind]), None)
    if match_on is None:
        said.wrong("match_on", f"Choose one of {', '.join(MATCHES_OF[kind])}.")
        return {}
    usual = now.match_claim if match_on == now.match_on else ""
    claim = said.printed("match_claim", usual, "The claim or attribute") or MATCHES_OF[kind][match_on]
    if not claim:
        said.wrong("match_claim", "Enter the claim or attribute that holds the MIS ID.")
    return {"match_on": match_on, "match_claim": claim}
