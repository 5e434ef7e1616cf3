"""The judge's own rules, line by line against IAM's documentation of condition operators and of how it decides."""

import pytest

from infra.local.calls import attributes
from tests.support.iam.evaluator import decide, holds, like
from tests.support.iam.roles import Statement


@pytest.mark.parametrize(
    ("operator", "given", "wanted", "true"),
    [
        ("StringEquals", ("a",), ("a", "b"), True),
        ("StringEquals", ("A",), ("a",), False),
        ("StringEquals", ("a*",), ("a*",), True),
        ("StringEquals", ("ab",), ("a*",), False),
        ("StringEquals", None, ("a",), False),
        ("StringEqualsIfExists", None, ("a",), True),
        ("StringEqualsIfExists", ("b",), ("a",), False),
        ("StringNotEquals", ("a",), ("a", "b"), False),
        ("StringNotEquals", ("c",), ("a", "b"), True),
        ("StringNotEquals", None, ("a",), True),
        ("StringLike", ("x#AUDIT",), ("*#AUDIT",), True),
        ("StringLike", ("x#AUDITS",), ("*#AUDIT",), False),
        ("StringNotLike", ("x#AUDIT",), ("*#AUDIT",), False),
        ("ForAllValues:StringEquals", ("a", "b"), ("a", "b", "c"), True),
        ("ForAllValues:StringEquals", ("a", "d"), ("a", "b", "c"), False),
        ("ForAllValues:StringEquals", None, ("a",), True),
        ("ForAllValues:StringEquals", (), ("a",), True),
        ("ForAnyValue:StringEquals", ("a", "d"), ("a",), True),
        ("ForAnyValue:StringEquals", None, ("a",), False),
        ("Bool", ("true",), ("True",), True),
        ("Bool", None, ("false",), False),
        ("Null", None, ("true",), True),
        ("Null", ("a",), ("true",), False),
        ("Null", ("a",), ("false",), True),
    ],
)
def test_a_condition(operator: str, given: tuple[str, ...] | None, wanted: tuple[str, ...], *, true: bool) -> None:
    assert holds(operator, given, wanted) is true


@pytest.mark.parametrize(
    ("operator", "given", "wanted"),
    [
        ("StringEquals", ("a",), ("${aws:username}",)),
        ("StringEquals", ("a", "b"), ("a",)),
        ("NumericEquals", ("1",), ("1",)),
        ("ForSomeValues:StringEquals", ("a",), ("a",)),
    ],
)
def test_what_it_does_not_know_is_an_error(operator: str, given: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    with pytest.raises((AssertionError, KeyError)):
        holds(operator, given, wanted)


def test_wildcards_stand_for_signs_and_nothing_else_does() -> None:
    assert like("arn:aws:s3:::b/*", "arn:aws:s3:::b/a/b")
    assert like("a?c", "abc")
    assert not like("a?c", "ac")
    assert not like("a.c", "abc")
    assert not like("table/T", "table/T/index/people")


ALLOW = Statement("Allow", "Allow", ("s3:Get*",), ("*",))
DENY = Statement("Deny", "Deny", ("s3:*",), ("b/secret",))


def test_nothing_said_is_a_denial_and_a_deny_wins_whatever_its_place() -> None:
    assert not decide([], "s3:GetObject", "b/a", {}).allowed
    assert not decide([ALLOW], "s3:PutObject", "b/a", {}).allowed
    assert decide([ALLOW, DENY], "s3:getobject", "b/a", {}).allowed, "actions are read in any case"
    for order in ([ALLOW, DENY], [DENY, ALLOW]):
        assert decide(order, "s3:GetObject", "b/secret", {}).candidates == ("Deny: denies it",)


def test_condition_keys_are_read_in_any_case() -> None:
    only = Statement("", "Allow", ("ses:Send",), ("*",), {"StringEquals": {"SES:fromaddress": ("a",)}})
    assert decide([only], "ses:Send", "x", {"ses:FromAddress": ("a",)}).allowed


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("SET #a = if_not_exists(#b, :x) + :y, #c.#d[3] = :z REMOVE foo ADD #n :one", {"#a", "#b", "#c", "foo", "#n"}),
        ("attribute_exists(#p) AND (#a <> :b OR size(#c) > :d) and #e BETWEEN :x AND :y", {"#p", "#a", "#c", "#e"}),
        ("NOT (contains(a.b, :c)) OR d IN (:e, :f)", {"a", "d"}),
        ("#p = :p AND begins_with(#s, :s)", {"#p", "#s"}),
        ("", set()),
    ],
)
def test_an_expression_names_attributes_by_their_outermost(expression: str, names: set[str]) -> None:
    assert set(attributes(expression)) == names
