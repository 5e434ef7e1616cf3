"""A DynamoDB in memory, for simulations of ten thousand people and for tests that are about something else: the operations and
expressions that the stores write.

tests/stores/shared/test_memory_dynamo.py runs the same contracts on this and on moto. It is strict: an expression that it does
not know is an error, not a guess. ``before`` is called with the operation's name ahead of each, to make it fail.
"""

import base64
import marshal
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

_CLAUSE: Final = re.compile(r"\b(SET|REMOVE|ADD) ")
_COUNTED: Final = re.compile(r"if_not_exists\((\S+), (:\d+)\) \+ (:\d+)")
_APPENDED: Final = re.compile(r"list_append\(if_not_exists\((\S+), (:\d+)\), (:\d+)\)")
_TEST: Final = re.compile(r"(\S+) (=|<>|<=|>=|<|>) (:\d+)")
_EXISTS: Final = re.compile(r"attribute_(exists|not_exists)\((\S+)\)")
_Wire = dict[str, Any]
_Key = tuple[str, str]


class MemoryDynamo:
    """Tables by name, each a dictionary of items by key."""

    def __init__(self, before: Callable[[str], None] = lambda operation: None) -> None:
        self.tables: dict[str, dict[_Key, _Wire]] = {}
        self.before = before
        self.changed: Callable[[str, _Wire, _Wire | None], None] = lambda table, keys, image: None
        """The tables' streams: called with the table, the keys and the new image (None: deleted) of each item that is written."""

    def get_item(self, *, TableName: str, Key: _Wire, ConsistentRead: bool) -> _Wire:  # noqa: N803 - botocore's names
        """GetItem."""
        self.before("GetItem")
        assert ConsistentRead
        found = self._table(TableName).get(_key(Key))
        return {"Item": _copied(found)} if found is not None else {}

    def put_item(self, **request: Any) -> _Wire:
        """PutItem."""
        self.before("PutItem")
        failed, found = self._fails(request)
        if failed:
            raise _condition_failed(found)
        self._apply(request)
        return {}

    def update_item(self, **request: Any) -> _Wire:
        """UpdateItem, answering with the item as it then is."""
        self.before("UpdateItem")
        assert request["ReturnValues"] == "ALL_NEW"
        failed, found = self._fails(request)
        if failed:
            raise _condition_failed(found)
        return {"Attributes": _copied(self._apply(request))}

    def transact_write_items(self, *, TransactItems: list[_Wire]) -> _Wire:  # noqa: N803
        """TransactWriteItems: all or none."""
        self.before("TransactWriteItems")
        assert 1 <= len(TransactItems) <= 100
        writes = [next(iter(each.values())) for each in TransactItems]
        touched = [(write["TableName"], _key(write.get("Key") or write["Item"])) for write in writes]
        if len(set(touched)) < len(touched):
            raise ClientError({"Error": {"Code": "ValidationException", "Message": "one item twice"}}, "TransactWriteItems")
        reasons: list[_Wire] = []
        for write in writes:
            failed, found = self._fails(write)
            reason: _Wire = {"Code": "ConditionalCheckFailed"} if failed else {"Code": "None"}
            reasons.append(reason | ({"Item": _copied(found)} if failed and found is not None else {}))
        if any(reason["Code"] != "None" for reason in reasons):
            raise cancelled(reasons)
        for each, write in zip(TransactItems, writes, strict=True):
            if "Delete" in each:
                self._delete(write["TableName"], write["Key"])
            else:
                self._apply(write)
        return {}

    def batch_write_item(self, *, RequestItems: Mapping[str, list[_Wire]]) -> _Wire:  # noqa: N803
        """BatchWriteItem."""
        self.before("BatchWriteItem")
        assert sum(map(len, RequestItems.values())) <= 25
        for name, requests in RequestItems.items():
            for request in requests:
                if "DeleteRequest" in request:
                    self._delete(name, request["DeleteRequest"]["Key"])
                else:
                    self._apply({"TableName": name, "Item": request["PutRequest"]["Item"]})
        return {"UnprocessedItems": {}}

    def batch_get_item(self, *, RequestItems: Mapping[str, _Wire]) -> _Wire:  # noqa: N803
        """BatchGetItem."""
        self.before("BatchGetItem")
        found: dict[str, list[_Wire]] = {}
        for name, wanted in RequestItems.items():
            assert "ConsistentRead" in wanted, "say which is meant"
            items = (self._table(name).get(_key(key)) for key in wanted["Keys"])
            found[name] = [_copied(_only(item, wanted)) for item in items if item is not None]
        return {"Responses": found, "UnprocessedKeys": {}}

    def query(self, **request: Any) -> _Wire:
        """Query of a table or of an index whose keys the request names."""
        self.before("Query")
        names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
        second = _text(values[":s"]) if ":s" in values else ""
        above = "#s > :s" in request["KeyConditionExpression"]
        pk, sk = names["#p"], names.get("#s", "sk" if names["#p"] == "pk" else names["#p"].replace("_pk", "_sk"))
        partition = _text(values[":p"])
        table = self._table(request["TableName"])
        if (pk, sk) == ("pk", "sk"):  # the table's own keys, which most queries name, are known without looking into the items
            found = [item for (of, key), item in table.items() if of == partition and _behind(key, second, above=above)]
        else:
            mine = [item for item in table.values() if item.get(pk) == values[":p"]]
            found = [item for item in mine if _behind(_text(item.get(sk, {"S": ""})), second, above=above)]
        found.sort(key=lambda item: (_text(item.get(sk, {"S": ""})), *_key(item)), reverse=not request["ScanIndexForward"])
        if "ExclusiveStartKey" in request:
            start = request["ExclusiveStartKey"]
            after = (_text(start[sk]), *_key(start))
            forward = request["ScanIndexForward"]
            places = [((_text(each[sk]), *_key(each)), each) for each in found]
            found = [each for place, each in places if place != after and (place > after) == forward]
        limit = request.get("Limit", len(found))
        answer: _Wire = {"Items": [_only(item, request) for item in _copied(found[:limit])]}
        if limit < len(found):
            answer["LastEvaluatedKey"] = {name: found[limit - 1][name] for name in {"pk", "sk", pk, sk}}
        return answer

    def delete_item(self, *, TableName: str, Key: _Wire) -> _Wire:  # noqa: N803
        """DeleteItem."""
        self.before("DeleteItem")
        self._delete(TableName, Key)
        return {}

    def scan(self, *, TableName: str) -> _Wire:  # noqa: N803
        """Scan, which only tests do: everything, in one answer."""
        return {"Items": _copied([*self._table(TableName).values()])}

    def _table(self, name: str) -> dict[_Key, _Wire]:
        return self.tables.setdefault(name, {})

    def _fails(self, request: _Wire) -> tuple[bool, _Wire | None]:
        """Whether the condition does not hold, and the item as it is."""
        item = self._table(request["TableName"]).get(_key(request.get("Key") or request["Item"]))
        parts = request.get("ConditionExpression", "").split(" AND ")
        return not all(_holds(part, item or {}, request) for part in parts if part), item

    def _delete(self, name: str, key: _Wire) -> None:
        if self._table(name).pop(_key(key), None) is not None:
            self.changed(name, _copied(key), None)

    def _apply(self, request: _Wire) -> _Wire:
        made = self._made(request)
        self.changed(request["TableName"], {name: made[name] for name in ("pk", "sk")}, _copied(made))
        return made

    def _made(self, request: _Wire) -> _Wire:
        table = self._table(request["TableName"])
        key = _key(request.get("Key") or request["Item"])
        if "Item" in request:
            table[key] = _copied(request["Item"])
            return table[key]
        item = _copied(table.get(key) or dict(request["Key"]))
        words = _CLAUSE.split(request.get("UpdateExpression", ""))
        for word, body in zip(words[1::2], words[2::2], strict=True):
            for action in re.split(r", (?![^(]*\))", body.strip()):
                _act(word, action, item, request)
        table[key] = item
        return item


def _copied(value: Any) -> Any:
    """A deep copy: what stands on the wire is plain, and a fifth of all tests' time was the general way."""
    return marshal.loads(marshal.dumps(value))


def _behind(key: str, second: str, *, above: bool) -> bool:
    """Whether a sort key is one that the condition means."""
    return key.encode() > second.encode() if above else key.startswith(second)


def _only(item: _Wire, wanted: _Wire) -> _Wire:
    """The attributes that a projection names; all if there is none."""
    if "ProjectionExpression" not in wanted:
        return item
    names = {wanted["ExpressionAttributeNames"][alias] for alias in wanted["ProjectionExpression"].split(", ")}
    return {name: value for name, value in item.items() if name in names}


def _act(word: str, action: str, item: _Wire, request: _Wire) -> None:
    values = request.get("ExpressionAttributeValues", {})
    if word == "SET":
        path, _, right = action.partition(" = ")
        owner, name = _place(path, item, request)
        counted = _COUNTED.fullmatch(right)
        if counted:
            before, member = _place(counted[1], item, request)
            owner[name] = _sum(before.get(member) or values[counted[2]], values[counted[3]])
        elif appended := _APPENDED.fullmatch(right):
            before, member = _place(appended[1], item, request)
            owner[name] = _copied({"L": (before.get(member) or values[appended[2]])["L"] + values[appended[3]]["L"]})
        else:
            owner[name] = _copied(values[right])
    elif word == "REMOVE":
        owner, name = _place(action, item, request)
        owner.pop(name, None)
    else:
        path, value = action.split(" ")
        owner, name = _place(path, item, request)
        owner[name] = _sum(owner.get(name) or {"N": "0"}, values[value])


def _place(path: str, item: _Wire, request: _Wire) -> tuple[_Wire, str]:
    """The map that a path's last name stands in, and that name."""
    names = [request["ExpressionAttributeNames"][alias] for alias in path.split(".")]
    owner = item
    for name in names[:-1]:
        if name not in owner:
            raise ClientError({"Error": {"Code": "ValidationException", "Message": "no such path"}}, "UpdateItem")
        owner = owner[name]["M"]
    return owner, names[-1]


def _holds(test: str, item: _Wire, request: _Wire) -> bool:
    exists = _EXISTS.fullmatch(test)
    if exists:
        return (_find(exists[2], item, request) is not None) == (exists[1] == "exists")
    compared = _TEST.fullmatch(test)
    assert compared, f"a condition that is not known: {test}"
    found, wanted = _find(compared[1], item, request), request["ExpressionAttributeValues"][compared[3]]
    operator = compared[2]
    if operator in {"=", "<>"}:
        return (found is not None and _plain(found) == _plain(wanted)) == (operator == "=")
    if found is None or found.keys() != wanted.keys():
        return False
    (kind,) = found
    left, right = (int(found[kind]), int(wanted[kind])) if kind == "N" else (found[kind], wanted[kind])
    return bool({"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator])


def _find(path: str, item: _Wire, request: _Wire) -> _Wire | None:
    found: Any = {"M": item}
    for alias in path.split("."):
        found = found.get("M", {}).get(request["ExpressionAttributeNames"][alias])
        if found is None:
            return None
    return dict(found)


def _plain(wire: _Wire) -> tuple[str, Any]:
    (kind, value) = next(iter(wire.items()))
    if kind == "B" and isinstance(value, str):
        return kind, base64.b64decode(value)
    return kind, value


def _sum(left: _Wire, right: _Wire) -> _Wire:
    return {"N": str(int(left["N"]) + int(right["N"]))}


def _text(wire: _Wire) -> str:
    return str(wire["S"])


def _key(item: _Wire) -> _Key:
    return _text(item["pk"]), _text(item["sk"])


def _condition_failed(found: _Wire | None) -> ClientError:
    answer: Any = {"Error": {"Code": "ConditionalCheckFailedException", "Message": "no"}}
    if found is not None:
        answer["Item"] = _copied(found)
    return ClientError(answer, "UpdateItem")


def cancelled(reasons: list[_Wire]) -> ClientError:
    """A transaction that was cancelled, as DynamoDB says it."""
    answer: Any = {"Error": {"Code": "TransactionCanceledException", "Message": "no"}, "CancellationReasons": reasons}
    return ClientError(answer, "TransactWriteItems")
