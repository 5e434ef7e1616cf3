"""Sends: who gets a mail, who is skipped and why, and how a send is cut into chunks."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from latchkey.model.languages import one_for
from latchkey.model.links import Purpose
from latchkey.model.mail_states import OPEN, Fact, MailState
from latchkey.model.person import ADULTS, Person
from latchkey.model.school import School

Kind = Literal["password_link", "forgot_password", "password_changed", "test"]
State = Literal["queued", "running", "previewed", "paused", "finished", "failed", "cancelled"]
Pick = Literal["failed", "no_password"]
Approval = Literal["needed", "given"]
Need = Literal["people", "staff"]
Skip = Literal["no_address", "single_sign_on", "left", "unknown", "bounced_before", "complained_before"]
SKIP_REASONS: Final[dict[Skip, str]] = {
    "no_address": "has no e-mail address",
    "single_sign_on": "uses the school's own sign-in",
    "left": "has left the school",
    "unknown": "is not a person of this school",
    "bounced_before": "has an address that mail came back from",
    "complained_before": "has called mail from this school spam",
}
_BEFORE: Final[Mapping[str, Skip]] = {"bounced": "bounced_before", "complained": "complained_before"}
Failure = Literal["refused", "expired", "sender", "not_sent"]
FAIL_REASONS: Final[dict[Failure, str]] = {
    "refused": "the mail service refused the address or the mail",
    "expired": "the link would have expired before the mail went out",
    "sender": "the mail service does not accept mail from this site's sender; tell whoever runs it",
    "not_sent": "the mail service could not send the mail",
}
WAITS: Final[Mapping[str, str]] = {
    "quota": "The mail service's quota for the day is used up. The send goes on by itself when there is room again.",
    "paused": "The mail service has stopped this site from sending. The send goes on by itself when it may send again.",
    "sandbox": "The mail service still keeps this site in its sandbox. The send goes on by itself when it is let out.",
    "throttled": "The mail service asks to slow down. The send goes on by itself in a minute.",
}
"""Why a running send waits, as a sentence."""
MailName = Literal["welcome", "reset", "forgot", "password_changed"]
CHUNK_MAILS: Final = 50  # SES: SendBulkEmail takes at most 50 destinations a call


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Who is meant: these ids, everybody whom the filter matches (an empty one matches the whole school), or some of a send.

    ``source`` is that send: of its recipients, ``pick`` means those whose mail failed, or those who have set no password since.
    """

    ids: tuple[str, ...] = ()
    filter: Mapping[str, str] | None = None
    source: str | None = None
    pick: Pick | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """Mails, not people: how many SES has taken, and how many of them bounced for good or were called spam."""

    out: int = 0
    hard: int = 0
    complained: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """One run. ``listed`` sends are an admin's; the others are one person's own requests. Times in epoch seconds.

    ``counts`` holds people by mail state; their sum is ``total`` once the send is planned. ``braked`` is the tally from which
    the brake counts: an admin who resumes a send starts it anew. ``waiting`` is one of ``WAITS`` while the mail account
    cannot send. ``retries``: the sends that took up what failed in this one. ``revoke``: it was cancelled, and with it the links
    that were out by then. ``moving_since``: when it was started or last resumed, with ``moved_before`` people behind it.
    ``start_at``: not before then. ``approval``: whether a second admin has to agree or has agreed, why (``need``), who did, and
    until when it waits for one. ``skips``: how many were skipped for which reason.
    """

    id: str
    kind: Kind
    state: State
    listed: bool
    created_at: int
    created_by: str
    selection: Selection = field(default_factory=Selection)
    total: int = 0
    chunks: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    finished_at: int | None = None
    reason: str | None = None
    tally: Tally = Tally()
    braked: Tally = Tally()
    waiting: str | None = None
    waiting_since: int | None = None
    retries: tuple[str, ...] = ()
    revoke: bool = False
    moving_since: int | None = None
    moved_before: int = 0
    start_at: int | None = None
    approval: Approval | None = None
    need: Need | None = None
    approved_by: str | None = None
    approve_by: int | None = None
    skips: Mapping[str, int] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """People whose mail needs no more work."""
        return sum(count for state, count in self.counts.items() if state not in OPEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person inside a mail, frozen when the send was planned; everything that the link depends on."""

    person: str
    name: str
    role: str
    login: str
    version: int
    stamp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail to one address: people who share an address share the mail.

    ``at``: since when it is in its state, in epoch seconds. ``detail``: what a mail server said.
    """

    to: str
    accounts: tuple[Account, ...]
    state: MailState = "planned"
    reason: str | None = None
    at: int = 0
    detail: str = ""

    @property
    def fact(self) -> Fact:
        """What is known of it."""
        return Fact(self.state, self.reason, self.at, self.detail)

    def with_fact(self, fact: Fact) -> "Mail":
        """The mail with what is known of it now; dataclasses.replace would take three times as long, six times for each mail."""
        return Mail(to=self.to, accounts=self.accounts, state=fact.state, reason=fact.reason, at=fact.at, detail=fact.detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Up to 50 mails of one kind and language, delivered together: the unit of work and one item of the ledger.

    ``revision`` counts its writes. ``leased_at`` is known to the worker that has it only. A ``test`` has links that do not work.
    """

    send: str
    number: int
    listed: bool
    mail: MailName
    expires_at: int
    mails: tuple[Mail, ...]
    language: str = "en"
    state: Literal["planned", "sending", "done"] = "planned"
    lease_until: int = 0
    attempt: int = 0
    revision: int = 0
    leased_at: int = 0
    test: bool = False

    def counts(self) -> Counter[str]:
        """People by the state of their mail."""
        counts: Counter[str] = Counter()
        for mail in self.mails:
            counts[mail.state] += len(mail.accounts)
        return counts


def purpose_of(person: Person) -> Purpose:
    """First-timers are welcomed, everybody else gets a reset."""
    return "welcome" if person.password_set_at is None else "reset"


def skip_reason(person: Person, school: School) -> Skip | None:
    """Why this person gets no password link; None if they get one."""
    if person.status == "left":
        return "left"
    if school.signs_in_elsewhere(person):
        return "single_sign_on"
    if person.email is None:
        return "no_address"
    return _BEFORE[person.problem] if person.problem is not None else None


def account_of(person: Person) -> Account:
    """What a mail needs of a person."""
    return Account(
        person=person.id,
        name=person.name,
        role=person.role,
        login=person.username or person.email or "",
        version=person.version,
        stamp=person.stamp,
    )


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


def dry_run(people: Iterable[Person], school: School, unknown: int = 0) -> DryRun:
    """Counts without sending; ``unknown`` ids were asked for but are nobody of this school."""
    skipped: Counter[Skip] = Counter({"unknown": unknown} if unknown else {})
    to_send, first, adults, addresses = 0, 0, 0, set()
    for person in people:
        reason = skip_reason(person, school)
        if reason is None:
            to_send += 1
            first += purpose_of(person) == "welcome"
            adults += person.role in ADULTS
            addresses.add((person.email, purpose_of(person)))
        else:
            skipped[reason] += 1
    return DryRun(to_send + skipped.total(), to_send, len(addresses), dict(skipped), first, adults)


def chunks_of(send: Send, people: Iterable[Person], school: School, now: int, unknown: Iterable[str] = ()) -> Iterator[Chunk]:
    """The chunks of a send, numbered from 1: first those with mails, then those that only record who was skipped."""
    mails: dict[tuple[Purpose, str], list[Account]] = {}
    languages: dict[tuple[Purpose, str], set[str]] = {}
    skipped: list[Mail] = []
    for person in people:
        reason = skip_reason(person, school)
        if reason is None and person.email is not None:
            key = purpose_of(person), person.email
            mails.setdefault(key, []).append(account_of(person))
            languages.setdefault(key, set()).add(person.language or school.settings.language)
        else:
            skipped.append(_skipped(person.email, account_of(person), reason, now))
    for stranger in unknown:
        nobody = Account(person=stranger, name="", role="", login="", version=0, stamp="")
        skipped.append(_skipped(None, nobody, "unknown", now))
    number = 0
    lives: dict[Purpose, int] = {"welcome": school.settings.welcome_life, "reset": school.settings.reset_life}
    ready: dict[tuple[Purpose, str], list[Mail]] = {}
    for (purpose, to), accounts in mails.items():
        language = one_for(languages[purpose, to], school.settings.language)
        ready.setdefault((purpose, language), []).append(Mail(to=to, accounts=tuple(accounts), at=now))
    for (purpose, language), alike in sorted(ready.items(), key=lambda each: (list(lives).index(each[0][0]), each[0][1])):
        expires_at = now + lives[purpose]
        for part in _parts(alike):
            number += 1
            yield Chunk(
                send=send.id,
                number=number,
                listed=send.listed,
                mail=purpose,
                language=language,
                expires_at=expires_at,
                mails=part,
            )
    for part in _parts(skipped):
        number += 1
        yield Chunk(send=send.id, number=number, listed=send.listed, mail="reset", expires_at=now, mails=part, state="done")


def _parts(mails: list[Mail]) -> Iterator[tuple[Mail, ...]]:
    for start in range(0, len(mails), CHUNK_MAILS):
        yield tuple(mails[start : start + CHUNK_MAILS])


def _skipped(email: str | None, account: Account, reason: str | None, now: int) -> Mail:
    return Mail(to=email or "", accounts=(account,), state="skipped", reason=reason, at=now)


def with_state(mail: Mail, state: MailState, reason: str | None, now: int) -> Mail:
    """The mail in another state."""
    return mail.with_fact(Fact(state, reason, now))
