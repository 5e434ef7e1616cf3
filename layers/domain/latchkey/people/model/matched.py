"""What a filter looks at, and what a message goes by: a person, or what the roll holds of one."""

from typing import Literal, Protocol

from latchkey.people.model.person import Role, Status


class Named(Protocol):
    """Somebody with a name: the legal one, and the preferred one where there is any."""

    @property
    def given_name(self) -> str: ...
    @property
    def family_name(self) -> str: ...
    @property
    def preferred_given_name(self) -> str | None: ...
    @property
    def preferred_family_name(self) -> str | None: ...


class Placed(Named, Protocol):
    """Somebody who has a place in the list."""

    @property
    def id(self) -> str: ...
    @property
    def role(self) -> Role: ...
    @property
    def year_group(self) -> str | None: ...
    @property
    def registration_group(self) -> str | None: ...


class Matched(Placed, Protocol):
    """Somebody whom a filter can mean. ``marked``: what is noted with their present address."""

    @property
    def email(self) -> str | None: ...
    @property
    def username(self) -> str | None: ...
    @property
    def upn(self) -> str | None: ...
    @property
    def mis_id(self) -> str | None: ...
    @property
    def status(self) -> Status: ...
    @property
    def last_login_at(self) -> int | None: ...
    @property
    def address_is_unconfirmed(self) -> bool: ...
    @property
    def parents(self) -> tuple[str, ...]: ...
    @property
    def not_mine(self) -> tuple[str, ...]: ...
    @property
    def marked(self) -> Literal["bounced", "complained"] | None: ...


class Compared(Matched, Protocol):
    """Somebody who may have a second account."""

    @property
    def children(self) -> tuple[str, ...]: ...


class Entitled(Protocol):
    """Somebody with a role and perhaps admin rights."""

    @property
    def id(self) -> str: ...
    @property
    def role(self) -> Role: ...
    @property
    def is_admin(self) -> bool: ...


class Mailed(Matched, Entitled, Protocol):
    """Somebody whom a send may mail."""

    @property
    def has_way_in(self) -> bool: ...
    @property
    def number(self) -> int | None: ...


class Member(Mailed, Protocol):
    """Somebody of a school with their family, as the directory and the roll both know them."""

    @property
    def language(self) -> str | None: ...
    @property
    def children(self) -> tuple[str, ...]: ...
    @property
    def password_set_at(self) -> int | None: ...
