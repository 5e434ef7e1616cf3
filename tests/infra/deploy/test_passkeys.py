"""A deploy does not make passkeys useless by the way."""

from typing import Any

import pytest

from infra.deploy.passkeys import check_passkeys
from infra.local.trouble import Trouble

ORIGIN = "https://d111.cloudfront.net"


def stack(**said: str) -> dict[str, Any]:
    return {"Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in said.items()]}


@pytest.mark.parametrize(
    ("stands", "parameters"),
    [
        (None, {"Origin": ORIGIN, "DomainName": ""}),
        (stack(Origin=ORIGIN, DomainName=""), {"DomainName": "accounts.school.example"}),
        (stack(Origin="https://unknown.invalid", DomainName="", PasskeyDomain=""), {"Origin": ORIGIN, "DomainName": ""}),
        (stack(Origin=ORIGIN, DomainName="", PasskeyDomain=""), {"Origin": ORIGIN, "DomainName": "", "PasskeyDomain": ""}),
        (stack(DomainName="a.school.example", PasskeyDomain=""), {"DomainName": "a.school.example", "PasskeyDomain": ""}),
        (
            stack(DomainName="a.school.example", PasskeyDomain="school.example"),
            {"DomainName": "b.school.example", "PasskeyDomain": "school.example"},
        ),
        (stack(Origin=ORIGIN, DomainName="", PasskeyDomain=""), {"DomainName": "a.example", "PasskeyDomain": "a.example"}),
    ],
    ids=["first", "of an older release", "told its address", "as before", "as before, a domain", "a domain above", "said"],
)
def test_what_changes_nothing_or_was_said(stands: Any, parameters: dict[str, str]) -> None:
    check_passkeys(stands, parameters)


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ({"Origin": ORIGIN, "DomainName": ""}, {"Origin": ORIGIN, "DomainName": "a.school.example"}, "d111.cloudfront.net"),
        ({"DomainName": "school.example"}, {"DomainName": "a.school.example"}, 'Keep them with PasskeyDomain = "school.example"'),
        (
            {"DomainName": "a.school.example", "PasskeyDomain": "school.example"},
            {"DomainName": "a.school.example"},
            "school.example",
        ),
    ],
)
def test_another_domain_is_refused_until_it_is_said(before: dict[str, str], after: dict[str, str], word: str) -> None:
    with pytest.raises(Trouble, match=word):
        check_passkeys(stack(**{"PasskeyDomain": "", **before}), {"PasskeyDomain": "", **after})


def test_a_domain_that_is_not_above_the_site_is_refused() -> None:
    for chosen in ("other.example", "ccounts.school.example"):
        with pytest.raises(Trouble, match="or a domain above it"):
            check_passkeys(None, {"DomainName": "accounts.school.example", "PasskeyDomain": chosen})
