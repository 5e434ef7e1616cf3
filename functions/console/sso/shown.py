"""A connection as the API and the pages show it: never a secret."""

from collections.abc import Mapping
from typing import Any, Final

from console.system import system
from latchkey.schools.model.guard import waiting_now
from latchkey.schools.model.school import School
from latchkey.sso.check_connection import Known, known
from latchkey.sso.model.connection import KIND_NAMES, Connection, Kind, callback
from latchkey.sso.model.connection_rules import MATCHES_OF
from latchkey.sso.model.finding_words import TITLES, pill, words_of
from latchkey.sso.model.findings import Finding, State
from latchkey.sso.model.saml_addresses import entity_id
from latchkey.sso.model.typed import day_of
from latchkey.sso.save_connections import Drafts, drafts_of
from latchkey.sso.stores.connection_looks import Shelf
from web.times import rfc3339

SAMPLES: Final[Mapping[str, tuple[Kind, str]]] = {
    "google": ("google", "Google Workspace"),
    "entra": ("entra", "Microsoft Entra ID"),
    "rm-unify": ("saml", "RM Unify"),
    "saml": ("saml", "Another SAML 2 provider"),
    "openid": ("oidc", "Another OpenID provider"),
}
"""What can be added with a page: the name in addresses, what it speaks, and what it is called there."""
_NAMED: Final = ("google", "entra", "rm-unify")
"""Those of them that are one provider's; the others are called as the school calls its own."""
_WORST: Final[tuple[State, ...]] = ("stop", "warn", "unknown", "ok")


def all_json(school: School, shelf: Shelf | None = None) -> dict[str, Any]:
    """Everything that the school has set of single sign-on. ``shelf``: what it has, where somebody has read it."""
    shelf, now = shelf or system().sso_shelf(school.slug), system().now()
    drafts = drafts_of(school, shelf, now)
    shown = [connection_json(school, each, known(shelf, each, now)) for _, each in sorted(drafts.newest.items())]
    sso = school.settings.sso
    return {"connections": shown, "admins": sso.admins, "local_admins": list(sso.local_admins)}


def one_json(school: School, name: str, drafts: Drafts) -> dict[str, Any] | None:
    """One connection; None: there is none of this name."""
    found = drafts.newest.get(name)
    return connection_json(school, found, known(drafts.shelf, found, system().now())) if found is not None else None


def connection_json(school: School, connection: Connection, seen: Known) -> dict[str, Any]:
    """A connection's newest version, and what is known of it."""
    secret = connection.secret
    return {
        "name": connection.name,
        "kind": connection.kind,
        "label": connection.label,
        "roles": list(connection.roles),
        "on": connection.on,
        "waits": _waits(school, connection),
        "issuer": connection.issuer,
        "client_id": connection.client_id,
        "tenant": list(connection.tenant),
        "match_on": connection.match_on,
        "match_claim": connection.match_claim,
        "creates": list(connection.creates),
        "proves_second_factor": connection.proves_second_factor,
        "metadata_url": connection.metadata_url,
        "metadata_certificate": connection.metadata_certificate,
        "sign_in_url": connection.sign_in_url,
        "certificates": len(connection.certificates),
        "secret": secret is not None,
        "secret_ends_on": day_of(secret.ends_at) if secret is not None and secret.ends_at is not None else None,
        "version": connection.version,
        **addresses(school.slug, connection.name, connection.kind),
        "state": _state(seen.findings),
        "checks": [finding_json(each, connection) for each in seen.findings],
        "checked_at": rfc3339(seen.looked_at),
        "trial": _trial_json(seen),
    }


def addresses(school: str, name: str, kind: Kind) -> dict[str, str]:
    """What the provider wants to know of us: to copy."""
    origin = system().settings["ORIGIN"]
    of_saml = {"entity_id": entity_id(origin, school, name)} if kind == "saml" else {}
    return {"redirect_address": callback(origin, kind), "start_address": f"{origin}/schools/{school}/sso/{name}", **of_saml}


def finding_json(finding: Finding, connection: Connection) -> dict[str, Any]:
    """A check, in words."""
    words = words_of(finding, connection, callback(system().settings["ORIGIN"], connection.kind))
    facts = {"name": finding.check, "title": TITLES[finding.check], "state": finding.state, "why": finding.why}
    return facts | {"text": words.text, "fix": words.fix, "said": finding.said, "pill": pill(finding.state)}


def _trial_json(seen: Known) -> dict[str, Any] | None:
    trial = seen.trial
    if trial is None:
        return None
    return {
        "begun_at": rfc3339(trial.at),
        "ended_at": rfc3339(trial.ended_at) if trial.ended_at else None,
        "account": trial.account,
        "person": trial.person or None,
    }


def _state(findings: tuple[Finding, ...]) -> State:
    return next((state for state in _WORST if any(each.state == state for each in findings)), "unknown")


def _waits(school: School, connection: Connection) -> bool:
    """Whether this version, or its end, waits for a second admin."""
    if waiting_now(school, system().now()) is None:
        return False
    public = school.settings.sso.connection(connection.name)
    return connection.on and (public is None or public.version != connection.version)


def new_json(school: School, name: str) -> dict[str, Any]:
    """What stands in the forms of a provider that is not there yet."""
    kind, label = SAMPLES[name]
    words = {"google": "Google", "entra": "Microsoft", "rm-unify": "RM Unify"}.get(name, "your school sign-in")
    fresh = Connection(name=name, kind=kind, label=words, roles=(), match_claim=MATCHES_OF[kind]["email"], version=0)
    return connection_json(school, fresh, Known((), None, None)) | {"called": label}


def called(name: str, kind: Kind, label: str, version: int) -> str:
    """What a page calls the provider, also within a sentence ("Who signs in with ..."): by its name, else by the school's own."""
    if name in _NAMED and SAMPLES[name][0] == kind:
        return SAMPLES[name][1]
    return (label or KIND_NAMES[kind]) if version else "the provider"
