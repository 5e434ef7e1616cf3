"""The deploy in its order: a second one only when the site did not know its own address, and what is printed in the end."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import walking
from infra.deploy.environment import Environment, make
from infra.deploy.walking import Deployed, deploy, report, site_of
from infra.local.progress import Progress
from infra.local.trouble import Trouble
from tests.support.clouds import Answers

NAME = "d111.cloudfront.net"


class FakeStack:
    """A stack that gives out its distribution's name as soon as it was deployed once."""

    name = "latchkey-prod"

    def __init__(self, outputs: dict[str, str] | None = None, later: dict[str, str] | None = None) -> None:
        self.cloud = Answers().cloud
        self.done: list[str] = []
        self._outputs = outputs or {}
        self._later = {"DistributionDomain": NAME} if later is None else later

    def outputs(self) -> dict[str, str]:
        return self._outputs

    def clear_the_way(self, _note: Any) -> None:
        self.done.append("cleared")

    def deploy(self, _template: Path, parameters: Mapping[str, str], _note: Any) -> None:
        self.done.append(f"deployed with {parameters['Origin']}")
        self._outputs = self._outputs or self._later

    def protect(self) -> None:
        self.done.append("protected")


@pytest.fixture(autouse=True)
def _parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        walking, "parameters_for", lambda _stack, _environment, _template, origin: {"Origin": origin or "nothing"}
    )


def environment(**said: Any) -> Environment:
    return make("prod", {"region": "eu-west-2", "mail_from": "a@school.example", "alarm_email": "", "domain": "", **said})


def walk(stack: FakeStack, chosen: Environment) -> Deployed:
    stands: Any = stack
    return deploy(stands, chosen, Path("template.yaml"), Progress(io.StringIO()), lambda: stack.done.append("repaired"))


def test_the_first_deploy_without_a_domain_is_followed_by_one_with_the_address() -> None:
    stack = FakeStack()
    deployed = walk(stack, environment())
    assert deployed == Deployed(f"https://{NAME}", {"DistributionDomain": NAME})
    assert stack.done == [
        "cleared",
        "deployed with nothing",
        "repaired",
        f"deployed with https://{NAME}",
        "repaired",
        "protected",
    ]


def test_later_ones_know_the_address() -> None:
    stack = FakeStack({"DistributionDomain": NAME})
    walk(stack, environment())
    assert stack.done == ["cleared", f"deployed with https://{NAME}", "repaired", "protected"]


def test_a_domain_is_known_beforehand() -> None:
    stack = FakeStack()
    assert walk(stack, environment(domain="accounts.school.example")).origin == "https://accounts.school.example"
    assert stack.done[1] == "deployed with https://accounts.school.example"
    assert len(stack.done) == 4


def test_a_stack_that_tells_no_name_is_trouble_and_stays_unprotected_until_it_does() -> None:
    stack = FakeStack(later={"Site": "x"})
    with pytest.raises(Trouble, match="DistributionDomain"):
        walk(stack, environment())
    assert "protected" not in stack.done


def test_an_address_in_the_file_goes_before_all() -> None:
    stands: Any = FakeStack({"DistributionDomain": NAME})
    assert site_of(stands, environment(domain="a.example", origin="http://localhost:8000")) == "http://localhost:8000"


def test_the_report_has_addresses_records_and_the_next_two_commands() -> None:
    answers = Answers()
    answers.add("sesv2", "get_email_identity", {"DkimAttributes": {"Tokens": ["aaa", "bbb", "ccc"]}})
    stack: Any = FakeStack()
    stack.cloud = answers.cloud
    outputs = {"DistributionDomain": NAME, "ApiUrl": "https://api.example/live"}
    said = report(stack, environment(alarm_email="it@school.example"), Deployed(f"https://{NAME}", outputs))
    assert said.count("_domainkey.school.example") == 3
    assert f"The site      https://{NAME}" in said
    assert "https://api.example/live" in said
    assert "it@school.example (follow the link in AWS's mail)" in said
    commands = [line.strip() for line in said.splitlines() if line.startswith("  make ")]
    assert [each.split()[1:3] for each in commands] == [["school", "ENV=prod"], ["verify", "ENV=prod"]]
