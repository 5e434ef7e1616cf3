"""Change a school's connections: a new version is kept, and the settings say from when on it counts.

    1 the version, with its secret's name ── 2 the secret ── 3 the settings (at once, or once a second admin agrees) ── 4 tidy

Whatever crashes in between, people sign in with what the settings name, and the admin's next try finds the draft. Whether a
provider may be trusted is guarded like the rest of the school's own sign-in; another secret for the same client is not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from latchkey.audit.stores.audit import EventWrite
from latchkey.errors import Changed, Conflict, Invalid, TryLater
from latchkey.people.model.person import Person
from latchkey.schools.change_settings import Outcome, change_by
from latchkey.schools.model.guard import waiting_now
from latchkey.schools.model.school import AdminsRule, PublicConnection, School, Settings, connection_of
from latchkey.schools.model.waiting import Waiting
from latchkey.shared.model.ids import new_id
from latchkey.sso.local_admins import chosen_admins
from latchkey.sso.model.connection import MOST, Connection, SecretRef, source_of
from latchkey.sso.model.connection_rules import Wanted, is_name, read
from latchkey.sso.model.typed import Wrong
from latchkey.sso.needs import Changes, Forgets
from latchkey.sso.read_metadata import read_metadata
from latchkey.sso.stores.connection_looks import Shelf

_NAMES: Final = frozenset({"connections", "admins", "local_admins"})
ADMINS: Final[tuple[AdminsRule, ...]] = ("no", "may", "must")


@dataclass(frozen=True, slots=True)
class Drafts:
    """The newest versions of a school's connections by name, and which of them the settings name or will name."""

    newest: Mapping[str, Connection]
    shelf: Shelf


@dataclass(frozen=True, slots=True)
class Saved:
    """What was changed, and the school and its connections as they are afterwards."""

    outcome: Outcome
    school: School
    shelf: Shelf


def drafts_of(school: School, shelf: Shelf, now: int) -> Drafts:
    """What the settings page shows: of each connection the newest version; ``on``: it, or one before it, is in force or waits."""
    named = {each.name for each in (*school.settings.sso.connections, *_asked(school, now))}
    newest = {each.name: replace(each, on=each.name in named) for each in shelf.connections}
    return Drafts(newest, shelf)


def save_connections(
    system: Changes, school: School, admin: Person, values: Mapping[str, Any], shelf: Shelf, *, local: tuple[str, ...] = ()
) -> Saved:
    """Change what ``values`` names: ``connections`` (each by its name, and in part), ``admins``, ``local_admins`` (the ids of
    those who keep a password where admins must come in by a provider: at least one). ``Invalid`` names each fault.

    ``school`` and ``shelf`` as they were read just now.
    """
    drafts = drafts_of(school, shelf, system.now())
    wrong: Wrong = {name: "There is no such setting." for name in values if name not in _NAMES}
    admins = _admins(values, school, wrong)
    keep = _local_admins(system, values, school, admins, wrong)
    wanted = _wanted(values.get("connections", []), drafts, wrong, local)
    if not wrong:
        wanted = [_with_metadata(system, drafts, each, wrong) for each in wanted]
    if wrong:
        raise Invalid("Nothing was changed, because some of it cannot be used.", fields=wrong)
    _nobody_else_waits(waiting_now(school, system.now()), admin)
    kept, written = dict[str, Connection](), list[Connection]()
    for each in wanted:
        kept[each.connection.name], new = _keep(system, school, admin, drafts, each)
        written += new
    found = change_by(system, school, admin, lambda before: _settings(before, kept, (admins, keep), system.now()), known=school)
    after = system.schools.get(school.slug) or school
    every = {(each.name, each.version): each for each in (*shelf.connections, *written)}
    left = _tidy(system, after, [every[key] for key in sorted(every)])
    return Saved(found, after, replace(shelf, connections=tuple(left)))


def _settings(before: School, kept: Mapping[str, Connection], admins: tuple[AdminsRule, tuple[str, ...]], now: int) -> Settings:
    """The settings as they are to be: what the same admin has asked for before stays asked for."""
    sso = before.settings.sso
    named = {each.name: each for each in (_asked(before, now) or sso.connections)}
    for name, each in kept.items():
        if each.on:
            named[name] = each.public
        else:
            named.pop(name, None)
    after = sso.with_connections(named[name] for name in sorted(named))
    after = replace(after, admins=admins[0], local_admins=admins[1])
    return replace(before.settings, sso=after)


def _asked(school: School, now: int) -> tuple[PublicConnection, ...]:
    """The connections that wait for a second admin."""
    waiting = waiting_now(school, now)
    changes = waiting.changes if waiting is not None else ()
    return tuple(connection_of(each) for change in changes if change.setting == "sso.connections" for each in change.new)


def _nobody_else_waits(waiting: Waiting | None, admin: Person) -> None:
    """Before a version is written: the settings would refuse it afterwards."""
    if waiting is not None and waiting.by != admin.id:
        raise Conflict(
            "Another admin's change of settings waits for approval. Approve or decline it first. Nothing was changed.",
            code="change_waits",
        )


def _admins(values: Mapping[str, Any], school: School, wrong: Wrong) -> AdminsRule:
    given = values.get("admins", school.settings.sso.admins)
    found = next((each for each in ADMINS if each == given), None)
    if found is None:
        wrong["admins"] = f"Choose one of {', '.join(ADMINS)}."
    return found or "may"


def _local_admins(
    system: Changes, values: Mapping[str, Any], school: School, admins: AdminsRule, wrong: Wrong
) -> tuple[str, ...]:
    """Who keeps a password; judged only where something of it is to change, so that a provider can be mended at any time."""
    if admins != "must" or not {"admins", "local_admins"} & values.keys():
        given = values.get("local_admins", [])
        if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
            wrong["local_admins"] = "This must be a list of ids of admins."
        return school.settings.sso.local_admins
    return chosen_admins(system, school, values.get("local_admins"), wrong)


def _wanted(given: Any, drafts: Drafts, wrong: Wrong, local: tuple[str, ...]) -> list[Wanted]:
    if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
        wrong["connections"] = "This must be a list of connections, each with its name."
        return []
    names = [each.get("name") for each in given]
    if not all(is_name(name) for name in names):
        wrong["name"] = "A name has 1 to 20 small letters, digits and hyphens, like google."
        return []
    if len(set(names)) < len(names):
        wrong["name"] = "Each connection can stand here once."
    if len({*names, *drafts.newest}) > MOST:
        wrong["connections"] = f"A school has at most {MOST} providers. Remove one first."
    return [read(str(each["name"]), drafts.newest.get(str(each["name"])), each, wrong, local) for each in given]


def _with_metadata(system: Changes, drafts: Drafts, wanted: Wanted, wrong: Wrong) -> Wanted:
    """Of SAML, what its metadata says, where another address or signer was given or it has not been read yet."""
    after, before = wanted.connection, drafts.newest.get(wanted.connection.name)
    known = before is not None and before.sign_in_url and source_of(before) == source_of(after)
    if not after.is_saml or not after.metadata_url or known:
        return wanted
    return replace(wanted, connection=read_metadata(system, after, wrong))


def _keep(system: Changes, school: School, admin: Person, drafts: Drafts, wanted: Wanted) -> tuple[Connection, list[Connection]]:
    """Keep what is wanted: another secret in the versions that have it, all else as a new version. And what was written."""
    before, after = drafts.newest.get(wanted.connection.name), wanted.connection
    connections, secret = system.connections(school.slug), after.secret
    if secret is not None and not secret.name:
        secret = replace(secret, name=system.client_secrets.name(school.slug, new_id(system.now())))
    after = replace(after, secret=secret)
    fields = _changed(before, after, secret_given=wanted.client_secret is not None)
    if not fields:
        return after, []
    only_secret = before is not None and fields <= {"client_secret", "secret_ends_on"}
    if not only_secret:
        version = before.version if before is not None else drafts.shelf.last.get(after.name, 0)
        after = replace(after, version=version + 1)
    facts: dict[str, str | int] = {"connection": after.name, "version": after.version, "fields": ", ".join(sorted(fields))}
    event = system.audit(school.slug).record_of(admin.id, "sso.settings_changed", system.now(), facts)
    try:
        if before is not None and only_secret:
            written = _other_secret(system, school.slug, drafts, before, secret=secret, event=event)
        else:
            connections.add(after, event)
            written = [after]
    except Changed:
        raise TryLater("Another admin has changed this just now. Look at it again; nothing was changed.") from None
    if secret is not None and wanted.client_secret is not None:
        system.client_secrets.put(secret.name, wanted.client_secret)
    return after, written


def _other_secret(
    system: Changes, slug: str, drafts: Drafts, before: Connection, *, secret: SecretRef | None, event: EventWrite
) -> list[Connection]:
    """Every version of the same client has the same secret; what is in force gets it at once."""
    every = drafts.shelf.connections
    same = [each for each in every if each.name == before.name and each.client_id == before.client_id]
    system.connections(slug).set_secret(same, secret, event)
    return [replace(each, secret=secret) for each in same]


def _changed(before: Connection | None, after: Connection, *, secret_given: bool) -> set[str]:
    """The fields that differ, by the names of the API."""
    if before is None:
        return {"new"}
    plain = set(Connection.__dataclass_fields__) - {"on", "version", "secret"}
    fields = {name for name in plain if getattr(before, name) != getattr(after, name)}
    if secret_given or (before.secret is None) != (after.secret is None):
        fields.add("client_secret")
    if before.secret is not None and after.secret is not None and before.secret.ends_at != after.secret.ends_at:
        fields.add("secret_ends_on")
    return fields


def _tidy(system: Changes, school: School, every: Sequence[Connection]) -> list[Connection]:
    """Delete versions that are neither the newest nor in force nor waited for, and secrets that no version has any more.

    What is left. ``every``: what is known of; what another admin keeps in this moment is newer, and left to the next time.
    """
    newest = {each.name: each.version for each in every}
    named = {(each.name, each.version) for each in (*school.settings.sso.connections, *_asked(school, system.now()))}
    left = [each for each in every if newest[each.name] == each.version or (each.name, each.version) in named]
    _drop(system, school.slug, [each for each in every if each not in left], left)
    return left


def _drop(system: Forgets, slug: str, gone: Iterable[Connection], left: Iterable[Connection]) -> None:
    """The secrets first: a version that is still there leads to them again."""
    gone, used = [*gone], {each.secret.name for each in left if each.secret is not None}
    for name in {each.secret.name for each in gone if each.secret is not None} - used:
        system.client_secrets.delete(name)
    if gone:
        system.connections(slug).delete(gone)


def remove_connection(system: Changes, school: School, admin: Person, name: str) -> None:
    """Delete a connection that is switched off, with its secret; ``Conflict`` while people sign in with it, or may soon."""
    drafts = drafts_of(school, system.sso_shelf(school.slug), system.now())
    newest = drafts.newest.get(name)
    if newest is None:
        return
    if newest.on:
        raise Conflict(
            "People sign in with it, or a change of it waits. Switch it off first. Nothing was removed.", code="in_use"
        )
    system.connections(school.slug).note_last(newest)
    _drop(system, school.slug, [each for each in drafts.shelf.connections if each.name == name], [])
    system.sso_looks(school.slug).forget(name)
    facts: dict[str, str | int] = {"connection": name, "fields": "removed"}
    system.audit(school.slug).record(admin.id, "sso.settings_changed", system.now(), facts)


def forget_secrets(system: Forgets, slug: str) -> None:
    """Delete all secrets of a school, which is being deleted."""
    _drop(system, slug, system.connections(slug).all(), [])
