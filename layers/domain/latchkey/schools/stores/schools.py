"""All schools, in the table ``directory``."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from latchkey.schools.model.school import ApprovalRule, School, Settings, SingleSignOn, as_values
from latchkey.shared.stores.dynamo import ConditionFailed, Item, Put, Table, Update, Value

_SCHOOLS = "SCHOOLS"


def school_to_item(school: School) -> dict[str, Value]:
    """The item of a school."""
    facts = asdict(school) | {"settings": as_values(school.settings)}
    return facts | {"pk": school.slug, "sk": "SCHOOL", "schools_pk": _SCHOOLS, "schools_sk": school.slug}


def school_from_item(item: Item) -> School:
    """The school of an item; settings that it does not hold have their defaults."""
    settings = dict(item.get("settings") or {})
    sso = dict(settings.pop("sso", None) or {})
    sso["roles"] = tuple(sso.get("roles") or ())
    approval = ApprovalRule(**(settings.pop("approval", None) or {}))
    return School(
        slug=item["slug"],
        name=item["name"],
        urn=item.get("urn", ""),
        town=item.get("town", ""),
        postcode=item.get("postcode", ""),
        settings=Settings(sso=SingleSignOn(**sso), approval=approval, **settings),
    )


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
        item = self._table.get(slug, "SCHOOL")
        return school_from_item(item) if item else None

    def make(self, school: School) -> bool:
        """Write a new school; False if the slug is taken."""
        try:
            self._table.put(Put(item=school_to_item(school), when=[("pk", "missing", None)]))
        except ConditionFailed:
            return False
        return True

    def change(self, school: School) -> None:
        """Set a school's facts and settings, and nothing else that its item holds; ``Changed`` if there is none."""
        facts = {name: value for name, value in school_to_item(school).items() if name not in {"pk", "sk"}}
        self._table.update(Update(pk=school.slug, sk="SCHOOL", set=facts, when=[("pk", "exists", None)]))

    def change_settings(self, slug: str, settings: Settings, names: Sequence[str]) -> None:
        """Set these of a school's settings and leave the others alone; ``Changed`` if there is no such school."""
        values = as_values(settings)
        changes = {f"settings.{name}": values[name] for name in names}
        self._table.update(Update(pk=slug, sk="SCHOOL", set=changes, when=[("pk", "exists", None)]))
