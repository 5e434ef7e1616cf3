"""What a finding says to an admin, and what mends it: the exact thing to copy, and where it goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from latchkey.sso.model.connection import KIND_NAMES, Connection, Kind
from latchkey.sso.model.findings import Check, Finding, State, Why

TITLES: Final[Mapping[Check, str]] = {
    "redirect_address": "Redirect address",
    "secret": "Client secret",
    "tenant": "Whose accounts",
    "consent": "Consent",
    "clock": "Clock",
    "email_claim": "What people are found by",
    "issuer": "Issuer",
    "keys": "Keys",
    "metadata": "Metadata",
    "federation": "The federation’s signature",
    "certificates": "Certificates",
    "account": "Your own account",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What it says, and what mends it (empty: nothing has to be)."""

    text: str
    fix: str = ""


_FINE: Final[Mapping[Check, str]] = {
    "redirect_address": "The provider knows our redirect address.",
    "secret": "The provider takes the client secret.",
    "tenant": "The account that you tried with belongs to your school.",
    "consent": "The provider let you through without asking an admin first.",
    "clock": "The provider’s clock and ours agree.",
    "email_claim": "The provider says what people are found by.",
    "issuer": "The provider calls itself what you entered.",
    "keys": "The provider’s keys can be read.",
    "metadata": "The provider’s metadata can be read.",
    "federation": "The metadata is signed with the federation’s certificate that was pasted here.",
    "certificates": "The certificates of the metadata are good.",
    "account": "Your account was found here.",
}
_REGISTER: Final = "Copy this address into the list of redirect addresses of {there}, character by character: {callback}"
_WORDS: Final[Mapping[tuple[Check, Why], Words]] = {
    ("redirect_address", "not_registered"): Words(
        "The provider refuses our redirect address: it is not registered there, or differs in one character.", _REGISTER
    ),
    ("redirect_address", "not_tried"): Words("The provider does not say before somebody signs in. Try it yourself.", _REGISTER),
    ("secret", "missing"): Words("No client secret is kept here.", "Make one at {provider} and paste its value."),
    ("secret", "refused"): Words(
        "The provider refuses the client secret: it is wrong, was deleted there, or belongs to another client than {client_id}.",
        "Make a new one at {provider} and paste its value (not its ID).",
    ),
    ("secret", "expired"): Words(
        "The client secret has ended, so nobody can sign in with it.",
        "Make a new one at {provider}, paste its value here, and enter its new end.",
    ),
    ("secret", "ends_soon"): Words(
        "The client secret ends within 30 days. From then on nobody can sign in with it.",
        "Make a second one at {provider} now and paste its value here; the old one works until you delete it there.",
    ),
    ("secret", "not_tried"): Words("Nobody has tried yet whether the provider takes it.", "Try it yourself."),
    ("tenant", "other"): Words(
        "The account that you tried with belongs to somebody else: it is not of {tenant}.",
        "Try it with an account of your school; where that is what you did, enter your own {tenant_name}.",
    ),
    ("consent", "refused"): Words(
        "You, or the provider, said no.", "Try it again and agree; where a page says that an admin has to approve it: {consent}"
    ),
    ("consent", "admin_needed"): Words("Only an admin of the provider can agree for your school.", "{consent}"),
    ("clock", "ahead"): Words(
        "The provider’s clock is ahead of ours, so its word is not valid yet.",
        "Whoever runs the provider has to set its clock (NTP); ours is Amazon’s.",
    ),
    ("clock", "behind"): Words(
        "The provider’s clock is behind ours, so its word was over before it came.",
        "Whoever runs the provider has to set its clock (NTP); ours is Amazon’s.",
    ),
    ("email_claim", "missing"): Words(
        "The provider does not say {claim} of your account, so nobody can be found by it the first time.", "{claim_fix}"
    ),
    ("email_claim", "unverified"): Words(
        "The provider names an e-mail address and does not vouch for it, so it cannot be used to find anybody.", "{claim_fix}"
    ),
    ("issuer", "other"): Words(
        "The provider calls itself something else than {issuer}.",
        "Copy the issuer from the provider’s page, character by character: a slash at the end counts.",
    ),
    ("issuer", "unreachable"): Words(
        "Nothing answers at {issuer}.", "Check its spelling; else ask the provider whether it is down."
    ),
    ("issuer", "unusable"): Words(
        "What answers at {issuer} is not an OpenID provider.",
        "Copy the issuer from the provider’s page; it is no page to sign in.",
    ),
    ("issuer", "forbidden_address"): Words(
        "{issuer} does not lead to the open internet, so it is not asked.", "Use the provider’s public address, with https://."
    ),
    ("keys", "unreachable"): Words(
        "The provider’s keys cannot be read, so nothing that it says can be believed.",
        "Wait some minutes and check again; else ask the provider whether it is down.",
    ),
    ("keys", "unusable"): Words(
        "The provider’s keys cannot be used: none is for signing with RS256 or ES256.",
        "Ask the provider to sign with RS256, which all of them can.",
    ),
    ("keys", "forbidden_address"): Words(
        "The provider keeps its keys at an address that does not lead to the open internet.", "Ask the provider."
    ),
    ("metadata", "unreachable"): Words(
        "Nothing answers at the address of the metadata.", "Copy it again from the provider’s page."
    ),
    ("metadata", "unusable"): Words(
        "What is at the address of the metadata is not that of a SAML identity provider.",
        "Copy it again from the provider’s page.",
    ),
    ("metadata", "other"): Words(
        "The metadata names another provider than before.", "If that is right, remove this connection and add it anew."
    ),
    ("metadata", "forbidden_address"): Words(
        "The address of the metadata does not lead to the open internet, so it is not asked.",
        "Use the provider’s public address.",
    ),
    ("federation", "refused"): Words(
        "The metadata is signed with another certificate than the federation’s that was pasted here, so nothing of it is taken.",
        "Where the federation has a new certificate, paste that. Where it has not, ask it who has changed its metadata.",
    ),
    ("federation", "unsigned"): Words(
        "The metadata is not signed, so the federation does not vouch for it, and nothing of it is taken.",
        "Enter the address at which the federation itself publishes this provider; the provider’s own file is not signed by it.",
    ),
    ("federation", "unusable"): Words(
        "The federation’s certificate that was pasted here cannot be used.",
        "Paste the certificate with which the federation signs its metadata, as its own page shows it.",
    ),
    ("federation", "expired"): Words(
        "The date of the federation’s certificate is over. It still counts while the metadata is signed with it.",
        "Look on the federation’s own page for the next one, and paste that.",
    ),
    ("federation", "ends_soon"): Words(
        "The federation’s certificate ends within 30 days.",
        "Look on the federation’s own page for the next one. Paste it once the metadata is signed with it.",
    ),
    ("certificates", "missing"): Words("The metadata names no certificate to sign with.", "Ask the provider."),
    ("certificates", "expired"): Words(
        "The certificate of the metadata has ended.", "Ask the provider to publish the next one; it is read from there by itself."
    ),
    ("certificates", "ends_soon"): Words(
        "The certificate of the metadata ends within 30 days.",
        "Usually nothing: the next one is read from the metadata by itself, beside the old one. Check again in a week.",
    ),
    ("certificates", "unusable"): Words(
        "The certificate of the metadata cannot be used.", "Ask the provider for an RSA key of 2048 bits."
    ),
    ("account", "unknown_here"): Words(
        "The provider let you in, and nobody here has that account’s {claim}.",
        "Open yourself under People and put in what the provider says, or find people by something else.",
    ),
    ("account", "several"): Words(
        "The provider let you in, and several people here have that account’s {claim}.", "Join them under People, Duplicates."
    ),
}
_NOT_TRIED: Final = Words("Only a sign-in shows it.", "Try it yourself.")
_UNSEEN: Final = Words("It could not be looked at just now.", "Check again in a minute.")
_BAD: Final = Words("Something is wrong with it.", "Check again; where it stays, show this to whoever looks after the provider.")
_CONSENT: Final[Mapping[Kind, str]] = {
    "google": "in the Google Admin console open Security, Access and data control, API controls, and trust the app {client_id}.",
    "entra": "in the Microsoft Entra admin center open Enterprise applications, {client_id}, Permissions, Grant admin consent.",
    "oidc": "ask whoever looks after the provider to approve the client {client_id}.",
    "saml": "ask whoever looks after the provider to release the app to your school.",
}
_CLAIM_FIX: Final[Mapping[Kind, str]] = {
    "google": "Google says it of every account; try it again.",
    "entra": "In the app registration open Token configuration, Add optional claim, ID, {claim}. Pupils without a mailbox have no"
    " e-mail: find people by their sign-in name (UPN) instead.",
    "oidc": "Ask whoever looks after the provider to put {claim} into the ID token, or find people by something else.",
    "saml": "Ask whoever looks after the provider to release the attribute {claim}, or find people by something else.",
}
_THERE: Final[Mapping[Kind, str]] = {
    "google": "the client in the Google Cloud console (Clients, Authorised redirect URIs)",
    "entra": "the app in the Microsoft Entra admin center (Authentication, Web, Redirect URIs)",
    "oidc": "the client at the provider",
    "saml": "the app at the provider (assertion consumer service)",
}
_TENANT_NAMES: Final[Mapping[Kind, str]] = {
    "google": "Google domain",
    "entra": "directory (tenant) ID",
    "oidc": "",
    "saml": "scope",
}
_PILLS: Final[Mapping[State, str]] = {"ok": "Fine", "warn": "Look at this", "stop": "Does not work", "unknown": "Not known yet"}


def words_of(finding: Finding, connection: Connection, callback: str) -> Words:
    """What a finding of this connection says, and what mends it. ``callback``: our redirect address."""
    words = _plain_words(finding)
    facts = {
        "client_id": connection.client_id or "of this registration",
        "issuer": connection.issuer or "the provider",
        "tenant": ", ".join(connection.tenant) or "your school",
        "tenant_name": _TENANT_NAMES[connection.kind] or "provider",
        "claim": connection.match_claim,
        "provider": KIND_NAMES[connection.kind] if connection.kind in {"google", "entra"} else "the provider",
        "there": _THERE[connection.kind],
        "callback": callback,
    }
    facts["consent"] = _CONSENT[connection.kind].format(**facts)
    facts["claim_fix"] = _CLAIM_FIX[connection.kind].format(**facts)
    fix = words.fix.format(**facts)
    return Words(words.text.format(**facts), fix[:1].upper() + fix[1:])


def pill(state: State) -> str:
    """The state in a word or two."""
    return _PILLS[state]


def _plain_words(finding: Finding) -> Words:
    if finding.state == "ok":
        return Words(_FINE[finding.check])
    found = _WORDS.get((finding.check, finding.why))
    if found is not None:
        return found
    if finding.why == "not_tried":
        return _NOT_TRIED
    return _UNSEEN if finding.state == "unknown" else _BAD
