"""The operator exports a school to files: a line of JSON for each thing, a folder for each export, a README in it.

A call writes some files and says where the next one goes on; each file is written whole or not at all, so a piece that is done
twice leaves the same file. No password, no hash, no key and nothing that a link or a code could be computed from is in them.
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from latchkey.email_updates.model.runs import Run
from latchkey.errors import Invalid
from latchkey.operator.needs import System
from latchkey.operator.the_school import the_school
from latchkey.people.model.people_filter import PeopleFilter
from latchkey.people.model.person import ROLES, CodeState, Person
from latchkey.people.model.position import Position
from latchkey.schools.model.school import School, as_values
from latchkey.sends.model.domains import in_order
from latchkey.sends.model.send import Send
from latchkey.shared.model.ids import is_id, new_id
from latchkey.sso.model.connection import Connection

KINDS: Final = (
    "school",
    "people",
    "sends",
    "recipients",
    "exports",
    "rosters",
    "events",
    "mail_domains",
    "trusts",
    "email_updates",
)
_RESERVE: Final = 15.0  # seconds kept for the file in hand
_AT_ONCE: Final = 500
README: Final = """\
What this folder holds
======================

Everything that Latchkey keeps of one school, but for passwords, sessions and keys. Each *.jsonl file has one JSON object a
line, in UTF-8; a kind has as many files as it needs, numbered from 00001. Times are RFC 3339 in UTC. A field without a value
is left out.

school      name, slug, urn, town, postcode; settings: what the school chose, lives in seconds; single_sign_on: every version of
            its connections to providers, without their secrets
people      id: stays the same in all files; role; names; email; username; language; upn; mis_id; year_group;
            registration_group; is_admin; status: active or left; children, parents: ids; number: the student's short number
            in codes; edited: fields that were written by hand, and that no roster has said since;
            password_set_at, last_login_at; mail_problem: why mail does not reach them; former_email;
            email_unconfirmed: they typed it, and have used no link that went there;
            pin, parent_code: generation, end and uses of a code, never the code
sends       one run of mails: who asked (created_by), when, how many people by state of their mail (counts), why it stopped,
            and by whose fault mail came back (refused)
recipients  one mail of a send: send, to, state, reason, at, people (ids), kind and language of the mail
exports     one run of login details: what was asked for, state, rows; never the file
rosters     one import: file name, state, counts (previewed: what the preview found; counts: what was applied)
events      the audit trail: who (actor: an id, or a part of Latchkey) did what (action), when, with which facts (tries: how often
            within the hour), and from where (visitor: the same mark is the same line; it holds no address)
mail_domains how mail fares by the domain of addresses, in people: sent, delivered, used (a password was set), refused_by_us,
            refused_by_filter, dead (addresses); domain "other" stands for the smaller ones
trusts      a domain whose people were to be mailed again: who asked, state, how many marks were taken
email_updates
            new addresses of many people, of the last seven days: who asked (created_by), state; rows: person, state, and the
            address before and after; lost, kept: ids of people whom somebody else had changed

The files lie in the bucket for exports, which deletes them after a day: copy them to where they are to be kept.
"""
_PERSON: Final = (
    "id", "role", "given_name", "family_name", "preferred_given_name", "preferred_family_name",
    "email", "username", "language", "upn", "mis_id", "year_group", "registration_group", "is_admin", "status",
    "children", "parents", "number", "edited",
)  # fmt: skip
_SEND: Final = (
    "id", "kind", "state", "created_by", "total", "counts", "reason", "waiting", "skips", "retries", "replans", "changed",
    "revoke", "approval", "need", "approved_by", "whom",
)  # fmt: skip
_TRUST: Final = ("id", "domain", "state", "created_by", "looked", "taken")
_EXPORT: Final = ("id", "kind", "state", "created_by", "total", "done", "rows", "left_out", "unprintable", "codes", "reason")
_ROSTER: Final = ("id", "state", "step", "filename", "created_by", "total", "done", "previewed", "counts", "warnings", "reason")

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Exported:
    """Where the files are, how many lines of each kind this call has written, and where to go on (None: all are written)."""

    folder: str
    lines: Mapping[str, int]
    next: Mapping[str, Any] | None


def export_school(system: System, slug: object, cursor: object, time_left: Callable[[], float]) -> Exported:
    """Write the files of a school from where an earlier call has stopped, or from the first on."""
    school = the_school(system, slug)
    where = _where(system, cursor)
    folder, lines = f"schools/{school.slug}/{where['run']}", dict.fromkeys(KINDS, 0)
    if cursor is None:
        _write(system, f"{folder}/README.txt", README)
        system.audit(school.slug).record("operator", "school.export", system.now(), {"export": where["run"]})
    while where["kind"] < len(KINDS) and time_left() > _RESERVE:
        kind = KINDS[where["kind"]]
        records, after = _READ[kind](system, school, where["after"])
        if records:
            where["part"] += 1
            text = "".join(json.dumps(_bare(each), ensure_ascii=False) + "\n" for each in records)
            _write(system, f"{folder}/{kind}-{where['part']:05d}.jsonl", text)
            lines[kind] += len(records)
        where["after"] = after
        if after is None:
            where |= {"kind": where["kind"] + 1, "part": 0}
    return Exported(
        folder, {kind: count for kind, count in lines.items() if count}, where if where["kind"] < len(KINDS) else None
    )


def _where(system: System, cursor: object) -> dict[str, Any]:
    if cursor is None:
        return {"run": new_id(system.now()), "kind": 0, "after": None, "part": 0}
    usable = (
        isinstance(cursor, Mapping)
        and isinstance(cursor.get("run"), str)
        and is_id(cursor["run"])
        and all(isinstance(cursor.get(name), int) for name in ("kind", "part"))
    )
    if not usable:
        raise Invalid("This is not where an earlier call has stopped.")
    assert isinstance(cursor, Mapping)  # noqa: S101 - for the type checker
    return {name: cursor.get(name) for name in ("run", "kind", "after", "part")}


def _write(system: System, key: str, text: str) -> None:
    media_type = "text/plain; charset=utf-8" if key.endswith(".txt") else "application/x-ndjson"
    with system.export_files().upload(key, media_type) as file:
        file.write(text.encode())
        file.finish()


def _school(system: System, school: School, _after: Any) -> tuple[list[Record], Any]:
    names = ("slug", "name", "urn", "town", "postcode")
    providers = [_provider(each) for each in system.connections(school.slug).all()]
    return [_of(school, names) | {"settings": as_values(school.settings), "single_sign_on": providers}], None


def _provider(connection: Connection) -> Record:
    """A version of a connection; its secret is in no file, only when it ends."""
    ends = connection.secret.ends_at if connection.secret is not None else None
    return _bare(asdict(connection) | {"secret": None, "on": None, "secret_ends": _time(ends)})


def _people(system: System, school: School, after: Any) -> tuple[list[Record], Any]:
    position = Position.of_parts(after) if after else Position(ROLES[0])
    people, following = next(iter(system.directory(school.slug).pages_from(position, PeopleFilter())))
    return [_person(each) for each in people], following.parts if following else None


def _person(person: Person) -> Record:
    problem, former = person.mail_problem, person.former_email
    return _of(person, _PERSON) | {
        "password_set_at": _time(person.password_set_at),
        "last_login_at": _time(person.last_login_at),
        "mail_problem": {"kind": problem.kind, "at": _time(problem.at)} if problem and person.problem else None,
        "former_email": {"email": former.email, "at": _time(former.at)} if former else None,
        "email_unconfirmed": person.address_is_unconfirmed or None,
        "pin": _code(person.pin),
        "parent_code": _code(person.parent_code),
    }


def _code(code: CodeState | None) -> Record | None:
    return {"generation": code.generation, "ends": _time(code.expires_at), "uses": code.uses} if code else None


def _sends(system: System, school: School, after: Any) -> tuple[list[Record], Any]:
    sends, following = system.sends(school.slug).page(after=after, limit=_AT_ONCE)
    return [_send(each) for each in sends], following


def _send(send: Send) -> Record:
    times = ("created_at", "finished_at", "start_at")
    return (
        _of(send, _SEND)
        | {name: _time(getattr(send, name)) for name in times}
        | {"meant": asdict(send.selection), "refused": asdict(send.refused)}
    )


def _recipients(system: System, school: School, after: Any) -> tuple[list[Record], Any]:
    """The mails of one send after the other, a hundred chunks at a time; ``after`` is a send and the chunk in it."""
    sends, ledger = system.sends(school.slug), system.ledger(school.slug)
    behind, send, number = after or (None, None, 0)
    if send is None:
        page, _ = sends.page(after=behind, limit=1)
        if not page:
            return [], None
        send = page[0].id
    chunks, following = ledger.chunk_page(send, after=number)
    records = [
        {
            "send": send,
            "kind": chunk.mail,
            "language": chunk.language,
            "to": mail.to,
            "state": mail.state,
            "reason": mail.reason,
            "at": _time(mail.at),
            "people": [account.person for account in mail.accounts],
        }
        for chunk in chunks
        for mail in chunk.mails
    ]
    return records, [behind, send, following] if following is not None else [send, None, 0]


def _exports(system: System, school: School, after: Any) -> tuple[list[Record], Any]:
    found, following = system.exports(school.slug).page(after=after, limit=_AT_ONCE)
    made = [_of(each, _EXPORT) | {"created_at": _time(each.created_at), "wanted": asdict(each.wanted)} for each in found]
    return made, following


def _rosters(system: System, school: School, after: Any) -> tuple[list[Record], Any]:
    found, following = system.rosters(school.slug).page(after=after, limit=_AT_ONCE)
    return [_of(each, _ROSTER) | {"created_at": _time(each.created_at)} for each in found], following


def _events(system: System, school: School, after: Any) -> tuple[list[Record], Any]:
    found, following = system.audit(school.slug).page(after=after, limit=_AT_ONCE)
    return [each | {"at": _time(each["at"])} for each in found], following


def _mail_domains(system: System, school: School, _after: Any) -> tuple[list[Record], Any]:
    counts = system.mail_domains(school.slug).get().counts
    return [{"domain": domain, **asdict(found)} for domain, found in in_order(counts)], None


def _trusts(system: System, school: School, after: Any) -> tuple[list[Record], Any]:
    found, following = system.trusts(school.slug).page(after=after, limit=_AT_ONCE)
    return [_of(each, _TRUST) | {"created_at": _time(each.created_at)} for each in found], following


def _email_updates(system: System, school: School, after: Any) -> tuple[list[Record], Any]:
    found, following = system.email_runs(school.slug).page(after=after, limit=_AT_ONCE)
    return [_email_update(each) for each in found], following


def _email_update(run: Run) -> Record:
    times = {"created_at": _time(run.created_at), "undone_at": _time(run.undone_at)}
    return _of(run, ("id", "state", "created_by", "lost", "kept")) | times | {"rows": [_bare(asdict(row)) for row in run.rows]}


_READ: Final[Mapping[str, Callable[[System, School, Any], tuple[list[Record], Any]]]] = {
    "school": _school,
    "people": _people,
    "sends": _sends,
    "recipients": _recipients,
    "exports": _exports,
    "rosters": _rosters,
    "events": _events,
    "mail_domains": _mail_domains,
    "trusts": _trusts,
    "email_updates": _email_updates,
}


def _of(thing: object, names: Sequence[str]) -> Record:
    return {name: getattr(thing, name) for name in names}


def _time(moment: float | None) -> str | None:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment)) if moment else None


def _bare(record: Mapping[str, Any]) -> Record:
    """A record without the fields that say nothing."""
    nothing: Iterable[Any] = (None, "", (), [], {})
    return {name: value for name, value in record.items() if value not in nothing}
