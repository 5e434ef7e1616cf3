"""What a look finds: of the site, which all schools share, and of one school. Times are epoch seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, TypeVar

from latchkey.schools.model.notice import PageNotice

Why = Literal["denied", "silent", "unset"]
"""Why something could not be looked at: not allowed to ask; no answer, or none that is understood; no setting says what."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """Something that could not be looked at."""

    why: Why


T = TypeVar("T")
Seen: TypeAlias = T | Unseen
Texts: TypeAlias = tuple[str, ...]
"""The records of one name and kind in DNS; none: there is no such record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What SES lets the account do. ``a_day``: mails within 24 hours, below 0 any number; ``each_second``: its rate."""

    production: bool
    enabled: bool
    enforcement: str
    a_day: int
    sent: int
    each_second: float

    @property
    def left(self) -> int | None:
        """How many mails may still go within the day; None: any number."""
        return None if self.a_day < 0 else max(0, self.a_day - self.sent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What SES knows of the sender's domain or address. ``mail_from``: its own domain for envelopes, or empty."""

    known: bool
    verified: bool = False
    signs: bool = False
    dkim: str = ""
    tokens: Texts = ()
    mail_from: str = ""
    mail_from_status: str = ""
    needs_mx: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """SES's configuration set: whether mail may go by it, what it tells of each mail, and why it bans addresses."""

    known: bool
    sends: bool = False
    tells: Texts = ()
    bans: Texts = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """The topic of alarms: how many subscriptions are confirmed, and how many wait for it."""

    known: bool
    confirmed: int = 0
    pending: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dns:
    """The sender's records. ``dmarc`` by the names it was looked for under, the nearest first; ``dkim`` by its name."""

    spf: Seen[Texts] = Unseen("unset")
    dmarc: Mapping[str, Seen[Texts]] = field(default_factory=dict)
    dkim: Mapping[str, Seen[Texts]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The site's part of a look: ``sender`` is the From address, ``identity_name`` what SES is to know it by."""

    at: int
    sender: str
    identity_name: str
    account: Seen[Account]
    identity: Seen[Identity]
    configuration: Seen[Configuration]
    alarms: Seen[Alarms]
    dns: Dns = Dns()

    @property
    def domain(self) -> str:
        """The domain of the From address."""
        return self.sender.rpartition("@")[2]

    @property
    def envelope(self) -> str:
        """The school's own domain for envelopes (MAIL FROM); empty where SES uses one of its own."""
        return "" if isinstance(self.identity, Unseen) else self.identity.mail_from


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Of a school's people: how many there are, with an address, and with neither an address nor another way in.

    ``links_end``: whose newest link is unused and ends within two days; ``codes_end``: whose code is, within a week.
    """

    total: int = 0
    reachable: int = 0
    unreachable: int = 0
    links_end: int = 0
    codes_end: int = 0
    admins: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sends:
    """Messages that stand still. ``held``: by why the mail account holds them back."""

    to_approve: int = 0
    braked: int = 0
    paused: int = 0
    held: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A provider that people sign in with. ``wrong`` and ``fix``: the worst of what its last check found, and what mends it."""

    name: str
    label: str
    checked: bool
    state: Literal["ok", "warn", "stop"] = "ok"
    wrong: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolFacts:
    """A school's part of a look. ``roster_at``: when its people were last updated; ``silent``: domains that take all mail and
    use none of it, with how many people that is.
    """

    people: Seen[People]
    without_factor: Seen[int]
    must_have_factor: bool
    roster_at: Seen[int | None]
    sends: Seen[Sends]
    silent: Seen[tuple[tuple[str, int], ...]]
    notice: PageNotice
    providers: Seen[tuple[Provider, ...]] = ()
