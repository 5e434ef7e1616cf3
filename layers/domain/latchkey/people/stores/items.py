"""How people stand in the table ``directory``: keys, and an item for each of them."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final

from latchkey.people.model.person import CodeState, FormerEmail, LentPassword, MailProblem, NewEmail, Person, Role, SsoLink
from latchkey.people.model.register import sort_key
from latchkey.shared.stores.dynamo import Item, Value

STANDING: Final = (
    "id",
    "role",
    "status",
    "is_admin",
    "email",
    "email_key",
    "version",
    "mail_problem",
    "merged_into",
    "new_email",
)
"""What is read of people of whom only whether and where they get a link is asked."""
FAMILY: Final = ("id", "role", "status", "merged_into", "children", "given_name", "preferred_given_name")
"""What is read of children, to say who they are."""
ROSTER_FACTS: Final = (
    "role",
    "mis_id",
    "given_name",
    "family_name",
    "preferred_given_name",
    "preferred_family_name",
    "email",
    "email_key",
    "email_typed",
    "username",
    "username_key",
    "language",
    "upn",
    "year_group",
    "registration_group",
    "status",
    "edited",
)
"""What a roster may write of a person: values as ``fact`` gives them."""


def person_key(school: str, person: str) -> tuple[str, str]:
    """``(pk, sk)`` of a person."""
    return f"{school}#P#{person}", "PERSON"


def list_key(school: str, role: Role) -> str:
    return f"{school}#{role}"


def people_of(keys: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The ids of those people of each school whose items are among these keys."""
    found: dict[str, list[str]] = {}
    for pk, sk in keys:
        school, _, person = pk.partition("#P#")
        if sk == "PERSON" and person:
            found.setdefault(school, []).append(person)
    return found


def number_key(school: str, number: int) -> str:
    return f"{school}#N#{number}"


def fact(person: Person, name: str) -> Value:
    """What an item holds of one of ``ROSTER_FACTS``."""
    value = getattr(person, name)
    return (list(value) or None) if isinstance(value, tuple) else value


def person_to_item(school: str, person: Person) -> dict[str, Value]:
    """The item of a person, with the keys of the index ``people``."""
    pk, sk = person_key(school, person.id)
    facts: dict[str, Value] = {
        "pk": pk,
        "sk": sk,
        "people_pk": list_key(school, person.role),
        "people_sk": sort_key(person),
        "id": person.id,
        "role": person.role,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
        "username": person.username,
        "language": person.language,
        "upn": person.upn,
        "mis_id": person.mis_id,
        "year_group": person.year_group,
        "registration_group": person.registration_group,
        "is_admin": person.is_admin,
        "status": person.status,
        "children": list(person.children) or None,
        "parents": list(person.parents) or None,
        "number": person.number,
        "number_key": number_key(school, person.number) if person.number is not None else None,
        "email_key": person.email_key,
        "username_key": person.username_key,
        "version": person.version,
        "password_set_at": person.password_set_at,
        "used_link": person.used_link,
        "last_login_at": person.last_login_at,
        "outside_at": person.outside_at,
        "locked_at": person.locked_at,
        "pin": code_to_value(person.pin),
        "parent_code": code_to_value(person.parent_code),
        "mail_problem": asdict(person.mail_problem) if person.mail_problem else None,
        "former_email": former_to_value(person.former_email),
        "email_typed": person.email_typed,
        "merged": list(person.merged) or None,
        "lent_password": asdict(person.lent_password) if person.lent_password else None,
        "preferred_given_name": person.preferred_given_name,
        "preferred_family_name": person.preferred_family_name,
        "edited": fact(person, "edited"),
        "new_email": asdict(person.new_email) if person.new_email else None,
        "provisional_until": person.provisional_until,
        "invited": list(person.invited) or None,
        "admin_since": person.admin_since,
        "first_send_at": person.first_send_at,
        "second_factors": list(person.second_factors) or None,
        "read_out": code_to_value(person.read_out),
        "pin_hidden_from": fact(person, "pin_hidden_from"),
        "not_mine": fact(person, "not_mine"),
        "sso": sso_to_value(person.sso),
    }
    return facts


def sso_to_value(links: Iterable[SsoLink]) -> Value:
    """The accounts at providers, as an item holds them."""
    return [asdict(each) for each in links] or None


def person_from_item(item: Item) -> Person:
    """The person of an item."""
    get = item.get
    return Person(
        id=item["id"],
        role=item["role"],
        given_name=item["given_name"],
        family_name=item["family_name"],
        email=get("email"),
        username=get("username"),
        language=get("language"),
        upn=get("upn"),
        mis_id=get("mis_id"),
        year_group=get("year_group"),
        registration_group=get("registration_group"),
        is_admin=get("is_admin", False),
        status=get("status", "active"),
        children=tuple(get("children") or ()),
        parents=tuple(get("parents") or ()),
        number=get("number"),
        email_key=get("email_key"),
        username_key=get("username_key"),
        version=get("version", 0),
        password_set_at=get("password_set_at"),
        used_link=get("used_link"),
        last_login_at=get("last_login_at"),
        outside_at=get("outside_at"),
        locked_at=get("locked_at"),
        pin=_code_from_value(get("pin")),
        parent_code=_code_from_value(get("parent_code")),
        mail_problem=_problem_from_value(get("mail_problem")),
        former_email=_former_from_value(get("former_email")),
        email_typed=get("email_typed"),
        merged=tuple(get("merged") or ()),
        lent_password=_lent_from_value(get("lent_password")),
        preferred_given_name=get("preferred_given_name"),
        preferred_family_name=get("preferred_family_name"),
        edited=tuple(get("edited") or ()),
        new_email=_new_from_value(get("new_email")),
        provisional_until=get("provisional_until"),
        invited=tuple(get("invited") or ()),
        admin_since=get("admin_since"),
        first_send_at=get("first_send_at"),
        second_factors=tuple(get("second_factors") or ()),
        read_out=_code_from_value(get("read_out")),
        pin_hidden_from=tuple(get("pin_hidden_from") or ()),
        not_mine=tuple(get("not_mine") or ()),
        sso=tuple(SsoLink(**each) for each in get("sso") or ()),
    )


def standing_from_item(item: Item) -> Person:
    """The person of an item of which ``STANDING`` alone was read; all else is empty."""
    get = item.get
    return Person(
        id=item["id"],
        role=item["role"],
        given_name="",
        family_name="",
        email=get("email"),
        is_admin=get("is_admin", False),
        status=get("status", "active"),
        email_key=get("email_key"),
        version=get("version", 0),
        mail_problem=_problem_from_value(get("mail_problem")),
        new_email=_new_from_value(get("new_email")),
    )


def is_account(item: Item) -> bool:
    """Whether an item is an account: what stays of one that was merged into another only says into which."""
    return "merged_into" not in item


def _lent_from_value(value: Mapping[str, Any] | None) -> LentPassword | None:
    return LentPassword(value["person"], value["set_at"]) if value else None


def code_to_value(code: CodeState | None) -> Value:
    """What an item holds of a code."""
    if code is None:
        return None
    value: dict[str, Value] = {"generation": code.generation, "expires_at": code.expires_at, "uses": code.uses}
    value |= ({"failed": code.failed} if code.failed else {}) | ({"voided": True} if code.voided else {})
    return value | ({"given_at": code.given_at} if code.given_at else {}) | ({"epoch": code.epoch} if code.epoch else {})


def former_to_value(former: FormerEmail | None) -> Value:
    """What an item holds of the address that was replaced."""
    if former is None:
        return None
    value: dict[str, Value] = {"email": former.email, "at": former.at}
    return value | ({"earlier": former_to_value(former.earlier)} if former.earlier else {})


def _former_from_value(value: Mapping[str, Any] | None) -> FormerEmail | None:
    return FormerEmail(value["email"], value["at"], _former_from_value(value.get("earlier"))) if value else None


def _new_from_value(value: Mapping[str, Any] | None) -> NewEmail | None:
    return NewEmail(value["email"], value["at"], value["version"]) if value else None


def _code_from_value(value: Mapping[str, Any] | None) -> CodeState | None:
    if not value:
        return None
    return CodeState(
        value["generation"],
        value["expires_at"],
        value["uses"],
        value.get("failed", 0),
        value.get("voided", False),
        value.get("given_at", 0),
        value.get("epoch", 0),
    )


def _problem_from_value(value: Mapping[str, Any] | None) -> MailProblem | None:
    return MailProblem(value["kind"], value["at"], value["email_key"]) if value else None


MAILED: Final = sorted(
    {*person_to_item("", Person(id="", role="student", given_name="", family_name=""))}
    - {"pk", "sk", "people_pk", "people_sk", "number_key", "username_key", "upn", "parents", "pin", "parent_code", "read_out"}
)
"""What is read of people who are mailed: all but keys, codes, and what only a search or a page asks about."""
