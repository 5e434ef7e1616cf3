"""A person: an account of a school."""

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

from latchkey.shared.model.quick import quick

Role = Literal["student", "teacher", "staff", "parent"]
ROLES: Final[tuple[Role, ...]] = ("student", "teacher", "staff", "parent")
NOBODY: Final = "0" * 20  # an id that no person has: reading it costs what reading a person costs
ADULTS: Final[frozenset[str]] = frozenset({"teacher", "staff"})
"""Who works at the school."""
Status = Literal["active", "disabled", "left"]
"""``disabled``: an admin has switched the account off, and only an admin switches it on again. ``left``: rosters say so, too."""
STATUSES: Final[tuple[Status, ...]] = ("active", "disabled", "left")


@quick(frozen=True, slots=True)
class CodeState:
    """What the tables hold of a code: never the code itself. ``expires_at`` in epoch seconds.

    ``failed`` counts wrong guesses at this generation, ``voided`` says that the school has ended it; ``codes.works`` judges.
    ``given_at``: when it was made or last got a later end. ``epoch``: that of the school when it was made.
    """

    generation: int
    expires_at: int
    uses: int = 0
    failed: int = 0
    voided: bool = False
    given_at: int = 0
    epoch: int = 0


@quick(frozen=True, slots=True)
class MailProblem:
    """Mail to this person came back for good, or they called it spam; ``email_key`` says to which address."""

    kind: Literal["bounced", "complained"]
    at: int
    email_key: str


@dataclass(frozen=True, slots=True)
class FormerEmail:
    """The previous address (empty: there was none) and when it was replaced; the notice of the change goes there too.

    ``earlier`` is what stood here before, while the notice of that may still be on its way.
    """

    email: str
    at: int
    earlier: "FormerEmail | None" = None


@dataclass(frozen=True, slots=True)
class NewEmail:
    """An address that its owner has asked for, and when; it is theirs once a link that was mailed there is used.

    ``version``: the credential version then, so that the wish dies with a new password.
    """

    email: str
    at: int
    version: int


@dataclass(frozen=True, slots=True)
class LentPassword:
    """The password of an account that was merged into this one: its hash stands under ``person``.

    It counts while ``set_at`` is when this account's password was set, so that the next password ends it by itself.
    """

    person: str
    set_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SsoLink:
    """An account at a provider with which this person signs in; ``key`` stands for its issuer and subject (package ``sso``).

    ``issuer`` says which provider, ``connection`` by which of the school's connections it came first. ``made``: the person was
    made by signing in with it.
    """

    connection: str
    issuer: str
    key: str
    linked_at: int
    made: bool = False


@quick(frozen=True, slots=True, kw_only=True)
class Person:
    """An account. Times are epoch seconds; ``number`` is the short number inside codes, from 1: a student's, and of an adult to
    whom a code was read out. ``read_out`` is the state of that code.

    ``given_name`` and ``family_name`` are the legal name, which files of the MIS and matching go by; the preferred ones, where
    there are any, are what the person is known by. ``School.known_as`` says which of them is shown.
    ``email_typed``: the look-up key of an address that was typed beside a code, until a link that was mailed there is used.
    ``provisional_until``: when the account of a parent who registered with a code ends, unless they confirm their address.
    ``new_email``: an address that they have asked for and not confirmed yet.
    ``invited``: the ids of invitations that this account was made by, or that joined children to it.
    ``edited``: the fields that were written by hand here (``edited.FIELDS``), and that no roster has said since.
    ``admin_since``: when they first signed in as an admin; ``first_send_at``: when they first started a send. From when both are
    known, a school that requires a second factor asks for it. ``second_factors``: the ways of one that the person has, "totp" and
    "passkey", and "phone", a passkey in place of a password; the secrets stand elsewhere (package ``second_factors``), which
    alone writes this, together with them.
    ``not_mine``: the ids of adults of whom a student has said that they are no parent of theirs; the office has not looked yet.
    ``merged``: the ids of accounts that were found to be this person's and merged into this one (package ``doubles``).
    ``pin_hidden_from``: the ids of those of a student's parents who do not get to see the student's PIN, linked now or before.
    ``outside_at``: when they last signed in from outside the school's own addresses, where these are known. ``locked_at``: when
    their password of then was stopped after too many wrong tries in a row (``sign_in.sign_in``); see ``locked_out_at``.
    ``sso``: the accounts at providers with which they sign in; an account counts only while it stands here (package ``sso``).
    """

    id: str
    role: Role
    given_name: str
    family_name: str
    email: str | None = None
    username: str | None = None
    language: str | None = None
    upn: str | None = None
    mis_id: str | None = None
    year_group: str | None = None
    registration_group: str | None = None
    is_admin: bool = False
    status: Status = "active"
    children: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    number: int | None = None
    email_key: str | None = None
    username_key: str | None = None
    version: int = 0
    password_set_at: int | None = None
    used_link: str | None = None
    last_login_at: int | None = None
    pin: CodeState | None = None
    parent_code: CodeState | None = None
    mail_problem: MailProblem | None = None
    former_email: FormerEmail | None = None
    email_typed: str | None = None
    merged: tuple[str, ...] = ()
    lent_password: LentPassword | None = None
    preferred_given_name: str | None = None
    preferred_family_name: str | None = None
    edited: tuple[str, ...] = ()
    new_email: NewEmail | None = None
    provisional_until: int | None = None
    invited: tuple[str, ...] = ()
    admin_since: int | None = None
    first_send_at: int | None = None
    second_factors: tuple[str, ...] = ()
    read_out: CodeState | None = None
    pin_hidden_from: tuple[str, ...] = ()
    not_mine: tuple[str, ...] = ()
    outside_at: int | None = None
    locked_at: int | None = None
    sso: tuple[SsoLink, ...] = ()

    def hides_pin_from(self, adult: str) -> bool:
        """Whether this adult does not get to see the student's PIN: the office says so, or the student and it has not looked."""
        return adult in self.pin_hidden_from or adult in self.not_mine

    @property
    def name(self) -> str:
        """The legal name. ``School.name_of`` says what a mail or a page calls somebody."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def problem(self) -> Literal["bounced", "complained"] | None:
        """Why mail does not reach this person; a new address starts without blame."""
        found = self.mail_problem
        return found.kind if found is not None and self.email_key and found.email_key == self.email_key else None

    @property
    def marked(self) -> Literal["bounced", "complained"] | None:
        """The same under the name that the roll has for it."""
        return self.problem

    @property
    def marked_at(self) -> int | None:
        """When that was noted."""
        return self.mail_problem.at if self.mail_problem is not None and self.problem else None

    @property
    def has_way_in(self) -> bool:
        """Whether this person has something of ours to sign in with: a password, or a passkey in its place."""
        return self.password_set_at is not None or self.has_passkey

    @property
    def is_linked(self) -> bool:
        """Whether this person has signed in by the school's own provider, and is known there from then on."""
        return bool(self.sso)

    @property
    def has_passkey(self) -> bool:
        """Whether this person can sign in with a passkey, alone or beside a password."""
        return not {"passkey", "phone"}.isdisjoint(self.second_factors)

    @property
    def locked_out_at(self) -> int | None:
        """Since when the password that they have is stopped; None where it is not, or where a passkey opens the account."""
        locked, since = self.locked_at, self.password_set_at
        return locked if locked is not None and since is not None and locked >= since and not self.has_passkey else None

    @property
    def password_holder(self) -> str:
        """The id under which the hash of this person's password stands: their own, or that of an account merged into theirs."""
        lent = self.lent_password
        return lent.person if lent is not None and lent.set_at == self.password_set_at else self.id

    @property
    def address_is_unconfirmed(self) -> bool:
        """Whether somebody typed this address beside a code, and nobody has shown since that they read its mail.

        Items of older releases do not say so: there a parent who is in no roster, and has a password but never used a link, has
        registered with a code.
        """
        if self.email_typed is not None:
            return self.email_typed == self.email_key
        registered = self.role == "parent" and self.mis_id is None and self.password_set_at is not None
        return registered and self.used_link is None

    @property
    def stamp(self) -> str:
        """Changes with e-mail, role, status or admin rights: whatever carries an older stamp is dead."""
        return self.stamp_with(self.email_key)

    def stamp_with(self, email_key: str | None) -> str:
        """The stamp if the look-up key of the address were this one: that of another epoch."""
        facts = f"{email_key or ''}|{self.role}|{self.status}|{int(self.is_admin)}"
        return hashlib.sha256(facts.encode()).hexdigest()[:12]
