"""The settings that the code reads are those that the template gives."""

import pytest

from latchkey.settings import NEEDS, OPTIONAL
from tests.support import sam

OF_POWERTOOLS = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "LOG_LEVEL"}


def environment(function: sam.Resource) -> set[str]:
    common = sam.template()["Globals"]["Function"]["Environment"]["Variables"]
    return set(common) | set(function["Environment"]["Variables"])


@pytest.mark.parametrize("name", sorted(sam.functions()))
def test_template_gives_what_the_code_reads_and_nothing_else(name: str) -> None:
    function = sam.functions()[name]
    package = sam.package(function)
    read = set(NEEDS[package]) | set(OPTIONAL.get(package, ()))  # type: ignore[index, call-overload]
    assert environment(function) - OF_POWERTOOLS == read


def test_code_and_template_know_the_same_functions() -> None:
    assert {sam.package(function) for function in sam.functions().values()} == set(NEEDS)
