"""The streams of the tables directory and activity: what is written to a DynamoDB in memory, as Lambda hands it to keep_roll.

As Lambda does, it takes what the template's filters let through, and binary values are base64.
"""

import base64
from collections import deque
from typing import Any, Final

from tests.support import sam
from tests.support.memory_dynamo import MemoryDynamo

_Wire = dict[str, Any]
TABLES: Final = ("directory", "activity")


class Streams:
    """What has been written and not yet taken."""

    def __init__(self, dynamo: MemoryDynamo) -> None:
        self._records: deque[_Wire] = deque()
        self._filters = {name: sam.stream_filters("KeepRollFunction", f"{name.title()}Table") for name in TABLES}
        dynamo.changed = self._changed

    def take(self) -> _Wire | None:
        """The event of all that was written since; None if it was nothing that the function sees."""
        records = [self._records.popleft() for _ in range(len(self._records))]
        return {"Records": records} if records else None

    def _changed(self, table: str, keys: _Wire, image: _Wire | None) -> None:
        name = table.lower().removesuffix("_table").removesuffix("table")
        if name not in TABLES:
            return
        said: _Wire = {"Keys": _encoded(keys), **({"NewImage": _encoded(image)} if image is not None else {})}
        record = {"eventSource": "aws:dynamodb", "eventName": "MODIFY" if image is not None else "REMOVE", "dynamodb": said}
        if any(_passes(record, pattern) for pattern in self._filters[name]):
            self._records.append(record)


def _encoded(wire: Any) -> Any:
    """As JSON has it."""
    if isinstance(wire, dict):
        return {name: _encoded(value) for name, value in wire.items()}
    if isinstance(wire, list):
        return [_encoded(value) for value in wire]
    return base64.b64encode(wire).decode() if isinstance(wire, bytes) else wire


def _passes(value: Any, pattern: Any) -> bool:
    """Whether a record passes a filter: the words of Lambda's filters that the template uses."""
    if isinstance(pattern, dict):
        return all(_passes(value.get(name) if isinstance(value, dict) else None, wanted) for name, wanted in pattern.items())
    return any(_matches(value, each) for each in pattern)


def _matches(value: Any, wanted: Any) -> bool:
    if not isinstance(wanted, dict):
        return bool(value == wanted)
    ((word, said),) = wanted.items()
    if word == "exists":
        return (value is not None) == said
    assert word in {"prefix", "suffix"}, f"a word of filters that is not known: {word}"
    return isinstance(value, str) and (value.startswith(said) if word == "prefix" else value.endswith(said))
