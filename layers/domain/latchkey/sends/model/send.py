"""Sends and what they are made of: recipients, mails, chunks; who is skipped, and why."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from latchkey.mail.model.account import MailAccount, MailName, NoticeName
from latchkey.people.model.matched import Mailed
from latchkey.schools.model.school import School
from latchkey.sends.model.mail_states import OPEN, Fact, MailState
from latchkey.shared.model.quick import quick

Kind = Literal[
    "password_link",
    "forgot_password",
    "password_changed",
    "email_changed",
    "pin_shown",
    "factor_changed",
    "test",
    "notice",
    "confirmation",
    "parent_invitation",
    "parent_code_ready",
    "mailbox_test",
]
State = Literal["queued", "running", "previewed", "paused", "finished", "failed", "cancelled"]
Pick = Literal["failed", "no_password", "changed", "refused", "cancelled"]
Origin = Literal["admin", "person"]
"""Who asked for a send: an admin of the school, or one person for themselves."""
Approval = Literal["needed", "given"]
Need = Literal["people", "staff", "day"]
Skip = Literal[
    "no_address",
    "unconfirmed",
    "single_sign_on",
    "left",
    "disabled",
    "unknown",
    "bounced_before",
    "complained_before",
    "already_in",
    "sent_recently",
    "changed",
    "changed_in_hand",
    "has_account",
    "court_order",
    "shared_address",
    "not_primary",
    "not_first",
    "not_a_student",
    "code_hidden",
]
SKIP_REASONS: Final[dict[Skip, str]] = {
    "no_address": "has no e-mail address",
    "unconfirmed": "has typed an address that nobody has confirmed yet; only the mail that asks for it goes there",
    "single_sign_on": "uses the school's own sign-in",
    "left": "has left the school",
    "disabled": "has an account that is switched off",
    "unknown": "is not a person of this school",
    "bounced_before": "has an address that mail came back from",
    "complained_before": "has called mail from this school spam",
    "already_in": "has logged in before",
    "sent_recently": "was sent a link a short while ago, or is about to be",
    "changed": "has changed since the send was planned: address, password, role, or how they sign in",
    "changed_in_hand": "has changed since the send was planned; the mail may be out already, and this line changes if it is",
    "has_account": "has an account already, with these children",
    "court_order": "has a court order or restricted access to a child",
    "shared_address": "has the same address as somebody with a court order or restricted access",
    "not_primary": "is not a primary guardian",
    "not_first": "is neither the first contact nor has parental responsibility",
    "not_a_student": "is no student, and this is for students only",
    "code_hidden": "does not see the code for their parents: your settings say so",
}
_BEFORE: Final[Mapping[str, Skip]] = {"bounced": "bounced_before", "complained": "complained_before"}
WAITS: Final[Mapping[str, str]] = {
    "quota": "The mail service's quota for the day is used up. The send goes on by itself when there is room again.",
    "paused": "The mail service has stopped this site from sending. The send goes on by itself when it may send again.",
    "sandbox": "The mail service still keeps this site in its sandbox. The send goes on by itself when it is let out.",
    "sender": (
        "The mail service does not accept mail from this site at present. Nothing is lost: what has not gone out is kept, and "
        "the message goes on by itself within a quarter of an hour once that is mended. Tell the people who run this site: its "
        "sender or its permissions need mending."
    ),
    "throttled": "The mail service asks to slow down. The send goes on by itself in a minute.",
}
"""Why a running send waits, as a sentence."""
NOT_QUEUED: Final = "not_queued"
"""Why a send failed whose message never reached the queue: the same request sets it off after all."""
NOT_APPROVED: Final = "not_approved"
"""Why a send was cancelled that nobody approved in time."""
RESTORED: Final = "restored"
"""Why a send is paused that was under way at the moment from which an operator has put it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Who is meant: these ids, everybody whom the filter matches (an empty one matches the whole school), or some of a send.

    ``source`` is that send: of its recipients, ``pick`` means those whose mail failed, those who have set no password since,
    those who were skipped because they had changed since it was planned, those whose mail was refused though their address may
    be right, or those who got nothing because it was stopped. ``domain`` in its place: the refused of the last weeks' sends,
    with an address in this domain.
    ``chosen``: the copy of an admin's selection (``selections``), of ``count`` people then; ``live``: the id of one that is not
    copied yet, which is never kept.
    ``contacts``: in a send of invitations, the parents of that upload of contacts; ids and a filter mean parents there, and
    students, whose parents are invited.
    Of those who are meant, ``skip_signed_in`` leaves out whoever has logged in before, ``skip_sent_within`` (minutes; 0: nobody)
    whoever was sent a link within that time.
    """

    ids: tuple[str, ...] = ()
    filter: Mapping[str, str | list[str]] | None = None
    source: str | None = None
    pick: Pick | None = None
    domain: str | None = None
    contacts: str | None = None
    chosen: str | None = None
    count: int = 0
    live: str | None = None
    skip_signed_in: bool = False
    skip_sent_within: int = 0

    @property
    def is_from_sends(self) -> bool:
        """Whether earlier sends say who is meant."""
        return self.source is not None or self.domain is not None


EVERYBODY: Final = Selection()


@dataclass(frozen=True, slots=True)
class Tally:
    """Mails, not people: how many SES has taken, and how many of them bounced for good or were called spam."""

    out: int = 0
    hard: int = 0
    complained: int = 0


@dataclass(frozen=True, slots=True)
class Refused:
    """People whose mail was refused, by whose fault that is: of a dead address, of a filter, ours."""

    dead: int = 0
    filter: int = 0
    ours: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """One run, an admin's or one person's own request (``origin``). Times in epoch seconds.

    ``counts`` holds people by mail state; their sum is ``total`` once the send is planned. ``braked`` is the tally from which
    the brake counts: an admin who resumes a send that it had paused starts it anew. ``waiting`` is one of ``WAITS`` while the
    mail account cannot send. ``retries``: the sends that took up what failed in this one. ``revoke``: it was cancelled, and
    with it the links that were out by then. ``moving_since``: when it was started or last resumed, with ``moved_before``
    people behind it. ``start_at``: not before then. ``approval``: whether a second admin has to agree or has agreed, why
    (``need``), who did, and until when it waits for one. ``skips``: how many were skipped for which reason.
    ``planning_until``: until then a worker may be planning it. ``whom``: to whom it goes, in words that name nobody
    (``send_names``); empty in a send from before these were kept. ``changed``: how many of the skipped had changed since it was
    planned; ``replans``: the sends that took them up. ``rests``: those that took up who got nothing because it was stopped.
    ``refused``: whose fault it was that mail came back, of those whom it counts for anybody's; ``refused_before``: the same when
    the send was last resumed after its brake had paused it.
    """

    id: str
    kind: Kind
    state: State
    origin: Origin
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
    planning_until: int = 0
    whom: str = ""
    changed: int = 0
    replans: tuple[str, ...] = ()
    rests: tuple[str, ...] = ()
    refused: Refused = Refused()
    refused_before: Refused = Refused()

    @property
    def done(self) -> int:
        """People whose mail needs no more work."""
        return sum(count for state, count in self.counts.items() if state not in OPEN)

    @property
    def was_braked(self) -> bool:
        """Whether a brake has paused it, and no admin."""
        return self.state == "paused" and self.reason not in {None, RESTORED}

    @property
    def was_not_queued(self) -> bool:
        """Whether it failed because its message never reached the queue."""
        return self.state == "failed" and self.reason == NOT_QUEUED


@quick(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail to one address: people who share an address share the mail.

    ``at``: since when it is in its state, in epoch seconds. ``detail``: what a mail server said.
    """

    to: str
    accounts: tuple[MailAccount, ...]
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


@quick(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Up to 50 mails of one kind and language, delivered together: the unit of work and one item of the ledger.

    ``revision`` counts its writes. ``leased_at`` is known to the worker that has it only. A ``test`` has links that do not work.
    ``notice`` is what mails to admins tell, as ``mail_notices`` has frozen it.
    """

    send: str
    number: int
    origin: Origin
    mail: MailName | NoticeName
    expires_at: int
    mails: tuple[Mail, ...]
    language: str = "en"
    state: Literal["planned", "sending", "done"] = "planned"
    lease_until: int = 0
    attempt: int = 0
    revision: int = 0
    leased_at: int = 0
    test: bool = False
    notice: Mapping[str, Any] | None = None

    def counts(self) -> Counter[str]:
        """People by the state of their mail."""
        counts: Counter[str] = Counter()
        for mail in self.mails:
            counts[mail.state] += len(mail.accounts)
        return counts


def lane_of(chunk: Chunk) -> Origin:
    """With whose mails a chunk goes: nobody waits for the notice of a new address, of which a roster may make thousands."""
    return "admin" if chunk.mail in {"email_replaced", "email_given"} else chunk.origin


def purpose_of(person: Mailed) -> Literal["welcome", "reset"]:
    """First-timers are welcomed, everybody else gets a reset."""
    return "reset" if person.has_way_in else "welcome"


def why_unread(person: Mailed) -> Skip | None:
    """Why a mail to this person would not be read by them: no address, one that takes none, one that nobody has confirmed."""
    if person.email is None:
        return "no_address"
    if person.marked is not None:
        return _BEFORE[person.marked]
    return "unconfirmed" if person.address_is_unconfirmed else None


def skip_reason(
    person: Mailed,
    school: School,
    but: Selection = EVERYBODY,
    sent: frozenset[str] = frozenset(),
    kind: Kind = "password_link",
) -> Skip | None:
    """Why this person gets no mail of this kind; None if they get one. ``sent``: who was sent one recently, as ``but`` asks."""
    if kind == "parent_code_ready" and person.status == "active" and (none := _no_code(person, school)) is not None:
        return none
    if person.status != "active":
        return "left" if person.status == "left" else "disabled"
    if school.uses_sso(person):
        return "single_sign_on"
    if (unread := why_unread(person)) is not None:
        return unread
    if but.skip_signed_in and person.last_login_at is not None:
        return "already_in"
    return "sent_recently" if person.id in sent else None


def _no_code(person: Mailed, school: School) -> Skip | None:
    """Why there is no code for this person's parents in their account; None if there is one."""
    if person.role != "student":
        return "not_a_student"
    sees = school.settings.family.shows_parent_code(person) and "parent" not in school.settings.sso.roles
    return None if sees and person.number is not None else "code_hidden"


def with_state(mail: Mail, state: MailState, reason: str | None, now: int) -> Mail:
    """The mail in another state."""
    return Mail(to=mail.to, accounts=mail.accounts, state=state, reason=reason, at=now)
