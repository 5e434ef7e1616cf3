"""EventBridge's rules of the template: where an event goes."""

from collections.abc import Iterator
from typing import Any

from tests.support import sam


def targets(event: dict[str, Any]) -> Iterator[str]:
    """The queues and streams to which the template's rules send an event, by their names."""
    for rule in sam.resources("AWS::Events::Rule").values():
        if "EventPattern" in rule and _matches(event, rule["EventPattern"]):
            yield from (sam.target(each["Arn"]) for each in rule["Targets"])


_ABSENT = object()


def _matches(value: Any, pattern: Any) -> bool:
    """Whether an event fits a rule's pattern: names, lists of values, ``$or``, and what a rule says of all but some."""
    if not isinstance(pattern, dict):
        values = value if isinstance(value, list) else [value]
        return any(_fits(each, wanted) for each in values for wanted in pattern)
    if value is _ABSENT:
        return all(_matches(_ABSENT, wanted) for wanted in pattern.values())
    return isinstance(value, dict) and all(
        any(_matches(value, each) for each in wanted) if name == "$or" else _matches(value.get(name, _ABSENT), wanted)
        for name, wanted in pattern.items()
    )


def _fits(value: Any, wanted: Any) -> bool:
    if not isinstance(wanted, dict):
        return bool(value == wanted)
    ((word, said),) = wanted.items()
    if word == "Ref":
        return value is not _ABSENT  # the configuration set, which the template names itself
    if word == "exists":
        return (value is not _ABSENT) == said
    assert word == "anything-but", f"a word of rules that is not known: {word}"
    return value is not _ABSENT and value not in (said if isinstance(said, list) else [said])
