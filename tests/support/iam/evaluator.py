"""IAM's rules: whether a role's statements allow an action on a resource, given the condition keys of the request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html

What it does not know (NotAction, policy variables, an operator that no statement here uses) is an error, never a "yes".
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from tests.support.iam.roles import Statement

Keys = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Decision:
    """Whether it is allowed, by which statement, and why the others that name the action did not: for people."""

    allowed: bool
    by: str
    candidates: tuple[str, ...] = ()


def decide(statements: Iterable[Statement], action: str, resource: str, keys: Keys) -> Decision:
    """One decision: an explicit deny wins, then any allow; nothing said is a denial."""
    keys = {name.lower(): values for name, values in keys.items()}
    allowed, candidates = "", []
    for each in statements:
        if not any(like(pattern.lower(), action.lower()) for pattern in each.actions):
            continue
        why_not = _why_not(each, resource, keys)
        if why_not:
            candidates.append(f"{each.sid}: {why_not}")
        elif each.effect == "Deny":
            return Decision(allowed=False, by=each.sid, candidates=(f"{each.sid}: denies it",))
        else:
            allowed = allowed or each.sid or "a statement without a Sid"
    return Decision(bool(allowed), allowed, tuple(candidates))


def _why_not(each: Statement, resource: str, keys: Keys) -> str:
    """Why a statement says nothing about a request that its actions name; empty if it applies."""
    if not any(like(pattern, resource) for pattern in each.resources):
        return f"names {', '.join(each.resources)}"
    for operator, wanted in each.conditions.items():
        for key, values in wanted.items():
            if not holds(operator, keys.get(key.lower()), values):
                return f"{operator} {key} is false for {keys.get(key.lower(), 'a request without it')}"
    return ""


def holds(operator: str, given: tuple[str, ...] | None, wanted: tuple[str, ...]) -> bool:
    """One line of a Condition block; ``given`` is None where the request does not carry the key."""
    assert not any("${" in value for value in wanted), "the judge knows no policy variables"
    quantifier, _, name = operator.rpartition(":")
    if name == "Null":
        return (not given) == (wanted == ("true",))
    if_exists, name = name.endswith("IfExists"), name.removesuffix("IfExists")
    negated, matches = _OPERATORS[name]
    if if_exists and given is None:
        return True

    def fits(value: str) -> bool:
        return any(matches(pattern, value) for pattern in wanted) != negated

    if quantifier == "ForAllValues":  # true where there is no value
        return all(fits(value) for value in given or ())
    if quantifier == "ForAnyValue":
        return any(fits(value) for value in given or ())
    assert not quantifier, f"the judge does not know {operator}"
    if given is None:
        return negated
    assert len(given) == 1, f"{operator} is asked about several values, which needs ForAllValues or ForAnyValue"
    return fits(given[0])


def like(pattern: str, text: str) -> bool:
    """IAM's wildcards: * for any signs, ? for one."""
    return _compiled(pattern).fullmatch(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in pattern), re.DOTALL)


_OPERATORS = {  # whether it is negated, and how a value of the policy and one of the request are compared
    "StringEquals": (False, str.__eq__),
    "StringNotEquals": (True, str.__eq__),
    "StringLike": (False, like),
    "StringNotLike": (True, like),
    "ArnEquals": (False, like),
    "ArnLike": (False, like),
    "Bool": (False, lambda wanted, given: wanted.lower() == given.lower()),
}
