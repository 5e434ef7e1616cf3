"""Plan a send: who gets a mail and who is skipped, counted for a dry run or cut into chunks."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final, Literal, TypeAlias, TypeVar

from latchkey.mail.model.account import CHUNK_MAILS, MailAccount, account_of
from latchkey.people.model.matched import Mailed
from latchkey.people.model.person import ADULTS, Person
from latchkey.schools.model.school import School
from latchkey.sends.model.send import EVERYBODY, Chunk, Kind, Mail, Selection, Send, Skip, purpose_of, skip_reason
from latchkey.shared.model.languages import one_for

Purpose: TypeAlias = Literal["welcome", "reset", "parent_code_ready"]
Alone = TypeVar("Alone", bound=Mailed)
_EMAIL: Final = attrgetter("email")


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a send would do: ``to_send`` + all ``skipped`` = ``total`` people; fewer ``mails`` where addresses are shared.

    Of those to send to, ``first`` have never had a password and ``adults`` are teachers or staff.
    """

    total: int
    to_send: int
    mails: int
    skipped: Mapping[Skip, int]
    first: int = 0
    adults: int = 0


def dry_run(
    alike: Iterable[tuple[Mailed, Sequence[Mailed]]],
    school: School,
    unknown: int = 0,
    but: Selection = EVERYBODY,
    sent: frozenset[str] = frozenset(),
    *,
    kind: Kind = "password_link",
) -> DryRun:
    """Counts without sending, of people who are alike and one who stands for them; ``unknown`` ids were asked for but are nobody
    of this school. The rest as of ``skip_reason``.
    """
    skipped: Counter[Skip] = Counter({"unknown": unknown} if unknown else {})
    to_send, first, adults = 0, 0, 0
    addresses: dict[Purpose, set[str | None]] = {}
    for one, people in alike:
        reason = skip_reason(one, school, but, kind=kind)
        if reason is not None:
            skipped[reason] += len(people)
            continue
        mailed = [person for person in people if person.id not in sent] if sent else people
        if len(mailed) < len(people):
            skipped["sent_recently"] += len(people) - len(mailed)
        to_send += len(mailed)
        first += len(mailed) if purpose_of(one) == "welcome" else 0
        adults += len(mailed) if one.role in ADULTS else 0
        addresses.setdefault(_mail_of(one, kind), set()).update(map(_EMAIL, mailed))
    mails = sum(map(len, addresses.values()))
    return DryRun(to_send + skipped.total(), to_send, mails, dict(skipped), first, adults)


def each_alone(people: Iterable[Alone]) -> Iterator[tuple[Alone, tuple[Alone]]]:
    """People of whom it is not known who is alike, for ``dry_run``."""
    return ((person, (person,)) for person in people)


def chunks_of(
    send: Send,
    people: Iterable[Person],
    school: School,
    now: int,
    unknown: Iterable[str] = (),
    *,
    sent: frozenset[str] = frozenset(),
    size: int | None = None,
) -> Iterator[Chunk]:
    """The chunks of a send, numbered from 1: first those with mails, then those that only record who was skipped.

    ``sent``: who was sent a link recently, if the send asks for that. ``size``: how many mails a chunk holds at most.
    """
    mails: dict[tuple[Purpose, str], list[MailAccount]] = {}
    languages: dict[tuple[Purpose, str], set[str]] = {}
    skipped: list[Mail] = []
    for person in people:
        reason = skip_reason(person, school, send.selection, sent, send.kind)
        if reason is None and person.email is not None:
            key = _mail_of(person, send.kind), person.email
            mails.setdefault(key, []).append(account_of(person, school))
            languages.setdefault(key, set()).add(person.language or school.settings.language)
        else:
            skipped.append(_skipped(person.email, account_of(person, school), reason, now))
    for stranger in unknown:
        nobody = MailAccount(person=stranger, name="", role="", login="", version=0, stamp="")
        skipped.append(_skipped(None, nobody, "unknown", now))
    number = 0
    settings = school.settings
    lives: dict[Purpose, int] = {
        "welcome": settings.welcome_life,
        "reset": settings.reset_life,
        "parent_code_ready": settings.reset_life,  # what has not gone out by then is not news any more
    }
    ready: dict[tuple[Purpose, str], list[Mail]] = {}
    for (purpose, to), accounts in mails.items():
        language = one_for(languages[purpose, to], school.settings.language)
        ready.setdefault((purpose, language), []).append(Mail(to=to, accounts=tuple(accounts), at=now))
    for (purpose, language), alike in sorted(ready.items(), key=lambda each: (list(lives).index(each[0][0]), each[0][1])):
        expires_at = now + lives[purpose]
        for part in _parts(alike, size or CHUNK_MAILS):
            number += 1
            yield Chunk(
                send=send.id,
                number=number,
                origin=send.origin,
                mail=purpose,
                language=language,
                expires_at=expires_at,
                mails=part,
            )
    nothing: Purpose = "parent_code_ready" if send.kind == "parent_code_ready" else "reset"
    for part in _parts(skipped, CHUNK_MAILS):
        number += 1
        yield Chunk(send=send.id, number=number, origin=send.origin, mail=nothing, expires_at=now, mails=part, state="done")


def _mail_of(person: Mailed, kind: Kind) -> Purpose:
    return "parent_code_ready" if kind == "parent_code_ready" else purpose_of(person)


def _parts(mails: list[Mail], size: int) -> Iterator[tuple[Mail, ...]]:
    for start in range(0, len(mails), size):
        yield tuple(mails[start : start + size])


def _skipped(email: str | None, account: MailAccount, reason: str | None, now: int) -> Mail:
    return Mail(to=email or "", accounts=(account,), state="skipped", reason=reason, at=now)
