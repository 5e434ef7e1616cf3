"""A school: the tenant, and its settings."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Literal

from latchkey.people.model.groups import year_key
from latchkey.people.model.matched import Entitled, Named, Placed
from latchkey.people.model.person import ADULTS, ROLES, Person, Role
from latchkey.schools.model.waiting import AddressChange, FactorReset, Waiting
from latchkey.shared.model.texts import _

DAY = 86_400
StudentEmail = Literal["required", "optional", "none"]
Word = Literal["mis", "ours", "ask"]
"""Whose word counts where a roster says otherwise than what was edited here: the roster's, ours, or an admin is asked."""
NamesRule = Literal["preferred", "legal"]
Afterwards = Literal["ask", "signed_in"]
"""What follows once a link or a code has set a password: its owner signs in with it, or is signed in on that device."""
SecondFactorRule = Literal["required", "optional"]
LookupRotation = Literal["", "moving", "clearing"]
"""``moving``: keys of this epoch and of the one before find people. ``clearing``: only this epoch's; names of older ones go."""


ConnectionKind = Literal["google", "entra", "oidc", "saml"]
AdminsRule = Literal["no", "may", "must"]
"""Whether admins sign in with the school's own sign-in: never, as they like, or always (but for one who can get in without)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicConnection:
    """A connection to a provider that is switched on: what everybody may know of it, and which ``version`` of it is in force.

    Its other facts stand in an item of that version (``sso``), so that nothing of a connection changes unless the settings do.
    """

    name: str
    kind: ConnectionKind
    label: str
    roles: tuple[Role, ...]
    issuer: str
    tenant: tuple[str, ...] = ()
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleSignOn:
    """A school's own sign-in: for which roles, what the button says, where it leads.

    ``roles`` are all who use it: those of the ``connections`` that are switched on, and those who only get a link to the school's
    own page (``url``). ``admins`` is about connections; a link signs nobody in here. ``local_admins``: the ids of admins who keep
    password and second factor where all others must come in by a provider, to get in when it is down.
    """

    roles: tuple[Role, ...] = ()
    provider: str = ""
    label: str = _("your school sign-in")
    url: str = ""
    help: str = _("Use the same sign-in as for your other school services, or ask your school's office.")
    connections: tuple[PublicConnection, ...] = ()
    admins: AdminsRule = "may"
    local_admins: tuple[str, ...] = ()

    @property
    def link_roles(self) -> tuple[Role, ...]:
        """Those who only get the link."""
        connected = {role for each in self.connections for role in each.roles}
        return tuple(role for role in self.roles if role not in connected)

    def connection(self, name: str) -> PublicConnection | None:
        """The connection of this name, where it is switched on."""
        return next((each for each in self.connections if each.name == name), None)

    def of(self, role: Role) -> tuple[PublicConnection, ...]:
        """The connections that people of a role sign in with."""
        return tuple(each for each in self.connections if role in each.roles)

    def switched(self, after: "SingleSignOn") -> set[Role]:
        """Whose way of signing in changes: by a password or not, or no longer by a provider that they could use before."""
        changed = set(self.roles) ^ set(after.roles)
        return changed | {role for role in ROLES if _providers(self.of(role)) - _providers(after.of(role))}

    def with_connections(self, connections: Iterable[PublicConnection]) -> "SingleSignOn":
        """The same with other connections; who had one and has none now has a password again."""
        after = replace(self, connections=tuple(connections))
        wanted = {*self.link_roles, *(role for each in after.connections for role in each.roles)}
        return replace(after, roles=tuple(role for role in ROLES if role in wanted))


def _providers(connections: Iterable[PublicConnection]) -> set[tuple[str, str, tuple[str, ...]]]:
    return {(each.name, each.issuer, each.tenant) for each in connections}


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRule:
    """When a send waits for a second admin: to more than ``above`` people, or (``staff``) to any teachers or staff."""

    above: int | None = None
    staff: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyRule:
    """What students and their parents may do for each other.

    ``parent_code``: students see their parents' code in their account; only those of year ``parent_code_from`` and above, where
    that is not empty. ``invitations``: they may invite their parents by e-mail. ``pins``: parents may see their children's PINs;
    ``pins_unconfirmed``: also those whose e-mail address nobody has confirmed yet.
    """

    parent_code: bool = True
    parent_code_from: str = ""
    invitations: bool = True
    pins: bool = True
    pins_unconfirmed: bool = True

    def shows_parent_code(self, student: Placed) -> bool:
        """Whether this student sees their parents' code; one without a year group is younger than all who have one."""
        lowest = self.parent_code_from
        return self.parent_code and (not lowest or year_key(student.year_group or "") >= year_key(lowest))


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Whose word counts, by group of fields, where a roster differs from a field that was edited here (``Person.edited``).

    Groups follow the roster unless a school says otherwise: an edit of last year must hold nobody back from the new one.
    """

    names: Word = "ask"
    email: Word = "ask"
    username: Word = "ask"
    groups: Word = "mis"
    language: Word = "ask"

    def of(self, field: str) -> Word:
        """Whose word counts for a field of a person."""
        group = _GROUPS.get(field)
        if group is not None:
            return self.groups if group == "groups" else self.names
        word: Word = getattr(self, field)
        return word


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneRule:
    """Who may choose "Use this phone" (a passkey) in place of a password with a code or an invitation; and whether that is enough
    (``alone``) or a password is set as well, as the other way in.
    """

    roles: tuple[Role, ...] = ("teacher", "staff", "parent")
    alone: bool = True


_GROUPS: Final[Mapping[str, Literal["names", "groups"]]] = {
    "given_name": "names",
    "family_name": "names",
    "preferred_given_name": "names",
    "preferred_family_name": "names",
    "year_group": "groups",
    "registration_group": "groups",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a school may choose. Lives are in seconds, within the bounds that ``settings_rules`` checks.

    ``language`` is that of mails to people who have none of their own; ``logo`` the id of a picture that is kept beside;
    ``colour`` (``#1b4d5c``, or empty) is that of paper, made darker there where it could not be read on white.
    ``laestab`` are the seven digits (local authority, establishment) by which files of people name the school, or empty.
    ``student_domains`` and ``staff_domains`` are domains, separated by blanks, of the addresses that students, and teachers and
    staff, have; any other is asked back where addresses are filled in, and empty means any.
    ``student_email`` whether a student who uses a PIN must, may or cannot give an address. ``names``: whether people are shown by
    the name that they are known by, or by the legal one, on screens, in mails and on paper. ``afterwards``: whether
    who sets a password with a link or a code is signed in on that device, and never past a second factor. ``second_factor``:
    whether the school's admins have to have one, from their second day on (``second_factors.model.asked``).
    ``notice_starts_at`` and ``notice_ends_at`` are RFC 3339 in UTC, or empty: at once, and until somebody takes the notice down.
    ``office_hours`` says when somebody answers at the ``help_line``. ``form_origins`` are the websites whose forms may ask for a
    password link here (``https://www.school.example``).
    ``address_ranges``: the public addresses of the school's own network (CIDR, IPv4 and IPv6); empty: nobody has said.
    """

    welcome_life: int = 14 * DAY
    reset_life: int = 3 * DAY
    forgot_life: int = 3_600
    code_life: int = 90 * DAY
    student_email: StudentEmail = "optional"
    names: NamesRule = "preferred"
    afterwards: Afterwards = "ask"
    reply_to: str | None = None
    language: str = "en"
    logo: str = ""
    colour: str = ""
    laestab: str = ""
    student_domains: str = ""
    staff_domains: str = ""
    help_line: str = ""
    notice: str = ""
    notice_starts_at: str = ""
    notice_ends_at: str = ""
    office_hours: str = ""
    form_origins: tuple[str, ...] = ()
    sso: SingleSignOn = field(default_factory=SingleSignOn)
    approval: ApprovalRule = field(default_factory=ApprovalRule)
    words: Words = field(default_factory=Words)
    second_factor: SecondFactorRule = "required"
    address_ranges: tuple[str, ...] = ()
    phones: PhoneRule = field(default_factory=PhoneRule)
    family: FamilyRule = field(default_factory=FamilyRule)

    def domains_of(self, role: Role) -> tuple[str, ...]:
        """The domains of addresses that people of a role are to have; none: any."""
        if role == "student":
            return tuple(self.student_domains.split())
        return tuple(self.staff_domains.split()) if role in ADULTS else ()


def as_values(settings: Settings) -> dict[str, Any]:
    """The settings as plain values, as the API shows them and the table holds them."""
    values = asdict(settings)
    for each in ("sso", "phones"):
        values[each]["roles"] = list(values[each]["roles"])
    values["sso"]["local_admins"] = list(settings.sso.local_admins)
    values["sso"]["connections"] = [plain_connection(each) for each in settings.sso.connections]
    return values | {name: list(value) for name, value in values.items() if isinstance(value, tuple)}


def plain_connection(connection: PublicConnection) -> dict[str, Any]:
    """A connection as plain values."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(connection).items()}


def connection_of(values: Mapping[str, Any]) -> PublicConnection:
    """The connection of such values."""
    facts: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return PublicConnection(**facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """The tenant. ``slug`` is in every key and URL; ``urn`` is its number in GIAS.

    The epochs are in the labels of its keys: raising one ends every link or code that was made before. That of the look-up key
    ends nothing: ``lookup_rotation`` says how far people are on the way to it, ``lookup_since`` since when (epoch seconds).
    ``links_ended_at``: when that of links was raised last (epoch seconds, 0: never). ``sso_changed`` has the roles that were
    given the school's own sign-in, or passwords again, and when that was last (epoch seconds). ``settings_revision`` counts the
    changes of settings; ``waiting`` are those that wait for a second admin, and ``admin_emails`` the new addresses of admins that
    do; ``factor_resets`` are lost second factors that wait for an objection.
    """

    slug: str
    name: str
    urn: str = ""
    town: str = ""
    postcode: str = ""
    settings: Settings = field(default_factory=Settings)
    link_epoch: int = 0
    links_ended_at: int = 0
    code_epoch: int = 0
    sso_changed: tuple[tuple[Role, int], ...] = ()
    settings_revision: int = 0
    waiting: Waiting | None = None
    admin_emails: tuple[AddressChange, ...] = ()
    factor_resets: tuple[FactorReset, ...] = ()
    lookup_epoch: int = 0
    lookup_rotation: LookupRotation = ""
    lookup_since: int = 0

    @property
    def lookup_epochs(self) -> tuple[int, ...]:
        """The epochs whose look-up keys find people, the newest first: two while the look-up key is rotated."""
        newest = self.lookup_epoch
        return (newest, newest - 1) if self.lookup_rotation == "moving" else (newest,)

    def known_as(self, person: Person) -> Person:
        """The person as they are shown to people, by the school's choice of names: only to be shown, never to be written.

        Matching goes by the legal names, and the preferred ones are no secret: who may see a person may see both.
        """
        if self.settings.names == "legal" or not (person.preferred_given_name or person.preferred_family_name):
            return person
        given, family = person.preferred_given_name or person.given_name, person.preferred_family_name or person.family_name
        return replace(person, given_name=given, family_name=family)

    def name_of(self, person: Named) -> str:
        """What a page, a mail or a file calls this person."""
        return " ".join(self.names_of(person)).strip()

    def names_of(self, person: Named) -> tuple[str, str]:
        """The given and the family name that a page, a mail or a file has of this person."""
        if self.settings.names == "legal":
            return person.given_name, person.family_name
        return person.preferred_given_name or person.given_name, person.preferred_family_name or person.family_name

    def uses_sso(self, person: Entitled) -> bool:
        """Whether this person has to use the school's own sign-in: nothing of ours opens their account.

        Admins keep a password, to get in when it is down, unless the school wants them to come in by a provider: then only those
        keep one whom it has named for that.
        """
        sso = self.settings.sso
        if person.role not in sso.roles or not person.is_admin:
            return person.role in sso.roles
        return sso.admins == "must" and bool(sso.of(person.role)) and person.id not in sso.local_admins

    def admits(self, person: Entitled, connection: str) -> bool:
        """Whether this person may come in by this connection to a provider."""
        found = self.settings.sso.connection(connection)
        return found is not None and person.role in found.roles and (not person.is_admin or self.settings.sso.admins != "no")

    def ends_session(self, person: Person, opened_at: int, by: str = "") -> bool:
        """Whether a session of this person counts no more: of those that ``by``, a connection to a provider, has opened, or ("")
        a secret of ours.

        It ends with the switch from the one to the other, and stays ended when the school switches back: who was to be kept out
        in between must not come back in. Admins keep what a password has opened, as long as they keep the password.
        """
        if not self.admits(person, by) if by else self.uses_sso(person):
            return True
        keeps = person.is_admin and not by
        return not keeps and any(role == person.role and opened_at <= at for role, at in self.sso_changed)
