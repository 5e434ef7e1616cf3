"""All schools, in the table ``directory``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Literal

from latchkey.people.model.person import ROLES, Role
from latchkey.schools.model.school import (
    ApprovalRule,
    FamilyRule,
    LookupRotation,
    PhoneRule,
    School,
    Settings,
    SingleSignOn,
    Words,
    as_values,
    connection_of,
)
from latchkey.schools.stores.waiting import addresses_from_value, resets_from_value, waiting_from_value
from latchkey.shared.stores.dynamo import Condition, ConditionFailed, Item, Put, Table, Update, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from latchkey.shared.stores.counters import Place

_SCHOOLS = "SCHOOLS"
_ENDED = "ENDED"
_EPOCHS = ("link_epoch", "code_epoch", "lookup_epoch")
_ROTATION = ("lookup_rotation", "lookup_since")
_KEPT = (
    *_EPOCHS,
    "links_ended_at",
    *_ROTATION,
    "sso_changed",
    "settings_revision",
    "waiting",
    "admin_emails",
    "factor_resets",
)  # written by what changes it, and by nothing else


def school_to_item(school: School) -> dict[str, Value]:
    """The item of a school, without what is only ever raised, asked for and decided, or moved by the operator's commands."""
    facts = asdict(school) | {"settings": as_values(school.settings)}
    facts = {name: value for name, value in facts.items() if name not in _KEPT}
    return facts | {"pk": school.slug, "sk": "SCHOOL", "schools_pk": _SCHOOLS, "schools_sk": school.slug}


def school_key(slug: str) -> tuple[str, str]:
    """``(pk, sk)`` of a school."""
    return slug, "SCHOOL"


def school_from_item(item: Item) -> School:
    """The school of an item; settings that it does not hold have their defaults."""
    settings = dict(item.get("settings") or {})
    sso = dict(settings.pop("sso", None) or {})
    sso["roles"] = tuple(sso.get("roles") or ())
    sso["local_admins"] = tuple(sso.get("local_admins") or ())
    sso["connections"] = tuple(connection_of(each) for each in sso.get("connections") or ())
    approval = ApprovalRule(**(settings.pop("approval", None) or {}))
    words = Words(**(settings.pop("words", None) or {}))
    phones = dict(settings.pop("phones", None) or {})
    phones |= {"roles": tuple(phones["roles"])} if "roles" in phones else {}
    family = FamilyRule(**(settings.pop("family", None) or {}))
    settings |= {name: tuple(value) for name, value in settings.items() if isinstance(value, list)}
    return School(
        slug=item["slug"],
        name=item["name"],
        urn=item.get("urn", ""),
        town=item.get("town", ""),
        postcode=item.get("postcode", ""),
        settings=Settings(
            sso=SingleSignOn(**sso), approval=approval, words=words, phones=PhoneRule(**phones), family=family, **settings
        ),
        link_epoch=item.get("link_epoch", 0),
        links_ended_at=item.get("links_ended_at", 0),
        code_epoch=item.get("code_epoch", 0),
        sso_changed=tuple((role, item[changed_at(role)]) for role in ROLES if changed_at(role) in item),
        settings_revision=item.get("settings_revision", 0),
        waiting=waiting_from_value(item.get("waiting")),
        admin_emails=addresses_from_value(item.get("admin_emails")),
        factor_resets=resets_from_value(item.get("factor_resets")),
        lookup_epoch=item.get("lookup_epoch", 0),
        lookup_rotation=item.get("lookup_rotation", ""),
        lookup_since=item.get("lookup_since", 0),
    )


def changed_at(role: Role) -> str:
    """The attribute that says when a role's way of signing in was changed."""
    return f"sso_changed_{role}"


class Schools:
    """All schools of the system: what the public page searches, and what the operator makes."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def all(self) -> Iterator[dict[str, str]]:
        """``slug, name, town, postcode, urn`` of every school, in the order of slugs."""
        for page in self._table.pages(_SCHOOLS, index="schools", pk_name="schools_pk"):
            for item in page:
                yield {name: item.get(name, "") for name in ("slug", "name", "town", "postcode", "urn")}

    def get(self, slug: str) -> School | None:
        """The school with this slug."""
        item = self._table.get(*school_key(slug))
        return school_from_item(item) if item else None

    def get_with(self, slug: str, counter: Place) -> tuple[School | None, int]:
        """The same, and what a counter says, in one call."""
        here = school_key(slug)
        found = self._table.get_across({self._table: [here], counter.table: [counter.key]})
        item = found.get((self._table.name, *here))
        return school_from_item(item) if item else None, counter.count_in(found)

    def make(self, school: School) -> bool:
        """Write a new school; False if the slug is taken."""
        ended = self._table.get(school.slug, _ENDED) or {}
        epochs: dict[str, Value] = {name: ended[name] for name in _EPOCHS if name in ended}
        try:
            self._table.put(Put(item=school_to_item(school) | epochs, when=[("pk", "missing", None)]))
        except ConditionFailed:
            return False
        return True

    def change(self, school: School) -> None:
        """Set a school's facts and settings, and nothing else that its item holds; ``Changed`` if there is none."""
        facts = {name: value for name, value in school_to_item(school).items() if name not in {"pk", "sk"}}
        there: Condition = ("pk", "exists", None)
        self._table.update(Update(pk=school.slug, sk="SCHOOL", set=facts, add={"settings_revision": 1}, when=[there]))

    def end(self, slug: str, now: int) -> None:
        """Delete a school, and keep of it only the epochs at which a school of the same slug would begin.

        Ids of people and numbers of students come again with the same roster: what the deleted school has mailed and printed
        must open nothing of the new one.
        """
        school = self.get(slug)
        if school is None:
            return
        epochs = {"link_epoch": school.link_epoch + 1, "code_epoch": school.code_epoch + 1}
        if school.lookup_epoch:  # it opens nothing, so it need not be raised; a key that was replaced must not come back
            epochs["lookup_epoch"] = school.lookup_epoch
        self._table.put(Put(item={"pk": slug, "sk": _ENDED, "ended_at": now, **epochs}))
        self._table.delete_many([(slug, "SCHOOL")])

    def has_ended(self, slug: str) -> bool:
        """Whether there was a school of this slug that was deleted."""
        return self._table.get(slug, _ENDED) is not None

    def raise_epoch(self, slug: str, what: Literal["link", "code"], now: int) -> int:
        """Raise the epoch of a school's links or codes, and with it end all of them; ``Changed`` if there is no such school.

        A code knows its epoch, a mail with a link only its time: so of links it is noted when they ended.
        """
        name, noted = f"{what}_epoch", {"links_ended_at": now} if what == "link" else {}
        there: Condition = ("pk", "exists", None)
        raised = self._table.update(Update(pk=slug, sk="SCHOOL", set=noted, add={name: 1}, when=[there]))
        return int(raised[name])

    def rotate_lookup_key(self, school: School, to: LookupRotation, now: int) -> School:
        """Take the next step of rotating a school's look-up key: ``moving`` raises its epoch, "" ends the rotation.

        ``Changed`` if the school is gone, or another call has taken the step.
        """
        not_yet: Condition = ("lookup_rotation", "=", school.lookup_rotation or None)
        same_epoch: Condition = ("lookup_epoch", "=", school.lookup_epoch or None)
        facts: dict[str, Value] = {"lookup_rotation": to or None, "lookup_since": now}
        raised = {"lookup_epoch": 1} if to == "moving" else {}
        when: list[Condition] = [("pk", "exists", None), not_yet, same_epoch]
        return school_from_item(self._table.update(Update(pk=school.slug, sk="SCHOOL", set=facts, add=raised, when=when)))

    def change_settings(
        self, slug: str, settings: Settings, names: Sequence[str], *, sso_changed: Iterable[Role] = (), now: int = 0
    ) -> None:
        """Set these of a school's settings and leave the others alone; ``Changed`` if there is no such school.

        ``sso_changed``: the roles whose way of signing in this changes, at ``now``. For the operator; admins change settings by
        ``SettingChanges``.
        """
        values = as_values(settings)
        changes = {f"settings.{name}": values[name] for name in names} | {changed_at(role): now for role in sso_changed}
        there: Condition = ("pk", "exists", None)
        self._table.update(Update(pk=slug, sk="SCHOOL", set=changes, add={"settings_revision": 1}, when=[there]))
