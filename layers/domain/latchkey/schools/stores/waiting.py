"""How what waits for a second admin stands in a school's item, and changes of settings in a notice to admins."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from latchkey.schools.model.waiting import AddressChange, Change, FactorReset, Waiting
from latchkey.shared.stores.dynamo import Value


def waiting_to_value(waiting: Waiting | None) -> Value:
    """What a school's item holds of changes that wait."""
    if waiting is None:
        return None
    changes = changes_to_value(waiting.changes)
    return {"id": waiting.id, "by": waiting.by, "at": waiting.at, "until": waiting.until, "changes": changes}


def waiting_from_value(value: Mapping[str, Any] | None) -> Waiting | None:
    """The changes that wait."""
    if not value:
        return None
    changes = changes_from_value(value["changes"])
    return Waiting(id=value["id"], by=value["by"], at=value["at"], until=value["until"], changes=changes)


def addresses_to_value(changes: Iterable[AddressChange]) -> Value:
    """What a school's item holds of new addresses that wait; nothing where there are none."""
    return [asdict(each) for each in changes] or None


def addresses_from_value(values: Iterable[Mapping[str, Any]] | None) -> tuple[AddressChange, ...]:
    """The new addresses that wait."""
    return tuple(AddressChange(**each) for each in values or ())


def resets_to_value(resets: Iterable[FactorReset]) -> Value:
    """What a school's item holds of second factors that are to be taken away; nothing where there are none."""
    return [asdict(each) | {"kinds": list(each.kinds)} for each in resets] or None


def resets_from_value(values: Iterable[Mapping[str, Any]] | None) -> tuple[FactorReset, ...]:
    """The second factors that are to be taken away."""
    return tuple(FactorReset(**{**each, "kinds": tuple(each["kinds"])}) for each in values or ())


def changes_to_value(changes: Iterable[Change]) -> list[Value]:
    """Changes of settings as plain values."""
    return [{"setting": each.setting, "old": each.old, "new": each.new} for each in changes]


def changes_from_value(values: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
    """The changes of such values."""
    return tuple(Change(each["setting"], each.get("old"), each.get("new")) for each in values)
