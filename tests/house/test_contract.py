"""docs/openapi.yaml names every error that the kind of an operation can give, in the words that all operations share.

The kinds are those of functions/web: what is read of a request, what a route is registered with, which error has which status.
"""

from typing import Any

import pytest

from tests.support.contract import OPERATIONS, Operation
from tests.support.openapi import written
from web.answer import STATUS
from web.request import NotAllowed

DOCUMENT: dict[str, Any] = written()
RESPONSES: dict[str, Any] = DOCUMENT["components"]["responses"]
BY_NAME = {error.__name__: str(status) for error, status in STATUS.items()}
each_operation = pytest.mark.parametrize("asked", OPERATIONS, ids=lambda each: each.label)


def references(part: Any) -> set[str]:
    """Every ``$ref`` below a part of the document."""
    if isinstance(part, dict):
        here = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return here.union(*(references(each) for each in part.values()))
    return set[str]().union(*(references(each) for each in part)) if isinstance(part, list) else set()


def found(reference: str) -> Any:
    """What a reference leads to; None where that is nothing."""
    part: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        part = part.get(step) if isinstance(part, dict) else None
    return part


@each_operation
def test_an_operation_names_every_error_of_its_kind(asked: Operation) -> None:
    missing = {status: why for status, why in asked.errors().items() if str(status) not in asked.said["responses"]}
    lines = [f'  "{status}": {{ $ref: "#/components/responses/{name_of(status)}" }}  # {why}' for status, why in missing.items()]
    assert not missing, f"{asked.label} lacks in docs/openapi.yaml:\n" + "\n".join(lines)


def name_of(status: int) -> str:
    """The shared response of a status."""
    return next(name for name in RESPONSES if BY_NAME.get(name) == str(status))


@each_operation
def test_an_error_of_an_operation_is_a_shared_one(asked: Operation) -> None:
    """So each says the same of a status everywhere, for programs and for people, and 429 when to come again."""
    for status, said in asked.said["responses"].items():
        if int(status) < 400:
            continue
        name = said.get("$ref", "").rpartition("/")[2]
        assert name in RESPONSES, (
            f"{asked.label}: {status} is to be a $ref to #/components/responses/{name_of(int(status))} or another of it"
        )
        assert BY_NAME.get(name, status) == status, f"{asked.label}: {name} is {BY_NAME[name]}, and stands at {status}"
        assert set(RESPONSES[name]["content"]) == {"application/problem+json", "text/html"}, name
        if status == "429":
            assert RESPONSES[name]["headers"]["Retry-After"]["required"], name


@each_operation
def test_an_operation_with_a_page_says_so(asked: Operation) -> None:
    answers = [
        found(said["$ref"]) if "$ref" in said else said for status, said in asked.said["responses"].items() if status < "300"
    ]
    pages = [answer for answer in answers if "text/html" in answer.get("content", {})]
    if asked.kind.page:
        assert pages, f"{asked.label} has the page {asked.kind.page}, so one of its answers is text/html too"


def test_every_error_of_the_code_has_its_response() -> None:
    assert set(BY_NAME) - set(RESPONSES) <= {NotAllowed.__name__, "SignInFailed"}  # 405 belongs to no operation; 401 stands once


def test_nothing_is_referred_to_that_is_not_there_and_nothing_stands_unused() -> None:
    used = references(DOCUMENT)
    assert not {reference for reference in used if found(reference) is None}
    kinds = ("responses", "schemas", "parameters", "requestBodies")
    there = {f"#/components/{kind}/{name}" for kind in kinds for name in DOCUMENT["components"][kind]}
    assert not there - used


def test_the_document_is_openapi() -> None:
    import schemathesis  # here, because it takes a second

    schemathesis.openapi.from_dict(DOCUMENT).validate()


def test_operations_have_names_of_their_own() -> None:
    names = [asked.said["operationId"] for asked in OPERATIONS]
    assert len(names) == len(set(names))
