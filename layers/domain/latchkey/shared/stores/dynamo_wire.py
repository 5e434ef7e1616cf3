"""DynamoDB's wire format and expressions, for tables whose keys are ``pk`` and ``sk``.

boto3's serializer would pull in boto3; these are the types that the stores use: str, int, bool, bytes, None, list, dict.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, TypeAlias

from latchkey.shared.model.quick import quick

Value: TypeAlias = "str | int | bool | bytes | list[Value] | dict[str, Value] | None"
Item: TypeAlias = dict[str, Any]
Condition: TypeAlias = tuple[str, str, Any]
"""``(attribute, operator, value)``; operators: = <> < <= > >=, ``exists``, ``missing``."""


def pack(value: Value) -> dict[str, Any]:
    """A value in DynamoDB's wire format."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, list):
        return {"L": [pack(part) for part in value]}
    if isinstance(value, dict):
        return {"M": {name: pack(part) for name, part in value.items()}}
    if isinstance(value, bytes):
        return {"B": value}
    if value is None:
        return {"NULL": True}
    return {"BOOL": value} if isinstance(value, bool) else {"N": str(value)}


def unpack(wire: Mapping[str, Any]) -> Any:
    """The value of a wire format."""
    for kind, value in wire.items():
        if kind in {"S", "BOOL"}:
            return value
        if kind == "N":
            return int(value)
        if kind == "L":
            return [unpack(part) for part in value]
        if kind == "M":
            return {name: unpack(part) for name, part in value.items()}
        if kind == "B":
            return value if isinstance(value, bytes) else base64.b64decode(value)
    return None


def pack_item(item: Mapping[str, Value]) -> dict[str, Any]:
    """An item in wire format; attributes that are None are left out, so that sparse indexes stay sparse."""
    return {name: pack(value) for name, value in item.items() if value is not None}


def unpack_item(wire: Mapping[str, Any]) -> Item:
    """The item of a wire format."""
    return {name: value["S"] if "S" in value else unpack(value) for name, value in wire.items()}  # most are texts


@quick(frozen=True, slots=True, kw_only=True)
class Update:
    """One update of one item: ``set`` (None removes), ``add`` to numbers, ``append`` to lists, all if all of ``when`` holds."""

    pk: str
    sk: str
    set: Mapping[str, Value] = field(default_factory=dict)
    add: Mapping[str, int] = field(default_factory=dict)
    append: Mapping[str, list[Value]] = field(default_factory=dict)
    when: Sequence[Condition] = ()

    def request(self, table: str) -> dict[str, Any]:
        """The request's members, for UpdateItem or inside a transaction. A dotted name addresses a member of a map."""
        names: dict[str, str] = {}
        values: dict[str, Any] = {}

        def path(name: str) -> str:
            parts = []
            for part in name.split("."):
                alias = f"#{len(names)}"
                names[alias] = part
                parts.append(alias)
            return ".".join(parts)

        def value(given: Value) -> str:
            alias = f":{len(values)}"
            values[alias] = pack(given)
            return alias

        sets = [f"{path(name)} = {value(given)}" for name, given in self.set.items() if given is not None]
        drops = [path(name) for name, given in self.set.items() if given is None]
        # ADD is for top-level attributes only; a member of a map is counted with SET.
        sets += [
            f"{path(name)} = if_not_exists({path(name)}, {value(0)}) + {value(given)}"
            for name, given in self.add.items()
            if "." in name
        ]
        sets += [
            f"{path(name)} = list_append(if_not_exists({path(name)}, {value([])}), {value(given)})"
            for name, given in self.append.items()
        ]
        adds = [f"{path(name)} {value(given)}" for name, given in self.add.items() if "." not in name]
        clauses = [f"{word} {', '.join(parts)}" for word, parts in (("SET", sets), ("REMOVE", drops), ("ADD", adds)) if parts]
        request: dict[str, Any] = {"TableName": table, "Key": key_of(self.pk, self.sk)}
        if clauses:
            request["UpdateExpression"] = " ".join(clauses)
        condition = _condition(self.when, path, value)
        if condition:
            request["ConditionExpression"] = condition
        if names:
            request["ExpressionAttributeNames"] = names
        if values:
            request["ExpressionAttributeValues"] = values
        return request


@quick(frozen=True, slots=True, kw_only=True)
class Put:
    """One item written whole, under every condition of ``when``."""

    item: Mapping[str, Value]
    when: Sequence[Condition] = ()

    def request(self, table: str) -> dict[str, Any]:
        """The request's members, for PutItem or inside a transaction."""
        request = Update(pk="", sk="", when=self.when).request(table)
        del request["Key"]
        return request | {"Item": pack_item(self.item)}


@quick(frozen=True, slots=True)
class Delete:
    """One item gone, whether it was there or not."""

    pk: str
    sk: str

    def request(self, table: str) -> dict[str, Any]:
        """The request's members, inside a transaction."""
        return {"TableName": table, "Key": key_of(self.pk, self.sk)}


Write: TypeAlias = "Update | Put | Delete"


def key_of(pk: str, sk: str) -> dict[str, Any]:
    """An item's key in wire format."""
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _condition(when: Sequence[Condition], path: Any, value: Any) -> str:
    parts = []
    for name, operator, expected in when:
        if operator == "exists":
            parts.append(f"attribute_exists({path(name)})")
        elif operator == "missing" or (operator == "=" and expected is None):
            parts.append(f"attribute_not_exists({path(name)})")
        else:
            parts.append(f"{path(name)} {operator} {value(expected)}")
    return " AND ".join(parts)
