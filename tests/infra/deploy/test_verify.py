"""Verify looks at the stack, the site, the way past CloudFront, and the sender, and says all of it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.deploy.environment import make
from infra.deploy.findings import Finding, Level
from infra.deploy.stack import POLICY, Stack
from infra.deploy.verify import verify
from tests.support.clouds import Answers

ENVIRONMENT = make(
    "prod", {"region": "eu-west-2", "mail_from": "a@school.example", "alarm_email": "", "domain": "accounts.school.example"}
)
SITE, API = "https://accounts.school.example", "https://api.example/live"
GOOD = {f"{SITE}/health": 200, f"{SITE}/": 200, f"{API}/health": 403}


@pytest.fixture
def answers() -> Answers:
    return Answers()


def described(answers: Answers, status: str = "UPDATE_COMPLETE", *, protected: bool = True) -> None:
    found = {
        "StackName": "latchkey-prod",
        "StackStatus": status,
        "CreationTime": datetime(2026, 1, 1, tzinfo=UTC),
        "EnableTerminationProtection": protected,
        "Outputs": [{"OutputKey": "ApiUrl", "OutputValue": API}],
    }
    answers.add("cloudformation", "describe_stacks", {"Stacks": [found]})


def look(answers: Answers, web: dict[str, int], identity: Any, **account: Any) -> list[Finding]:
    described(answers)
    answers.add("cloudformation", "get_stack_policy", {"StackPolicyBody": json.dumps(POLICY)})
    described(answers)
    answers.add("sesv2", "get_email_identity", identity)
    described(answers)
    answers.add("sesv2", "get_account", {"ProductionAccessEnabled": True, **account})

    def fetch(url: str) -> httpx.Response:
        if url not in web:
            raise httpx.ConnectError("Name or service not known")
        return httpx.Response(web[url])

    return verify(Stack(answers.cloud, "latchkey-prod", Path("x.log")), ENVIRONMENT, fetch)


def levels(found: list[Finding]) -> set[Level]:
    return {each.level for each in found}


def test_all_is_well(answers: Answers) -> None:
    identity = {
        "VerifiedForSendingStatus": True,
        "MailFromAttributes": {
            "MailFromDomain": "x",
            "MailFromDomainStatus": "SUCCESS",
            "BehaviorOnMxFailure": "USE_DEFAULT_VALUE",
        },
    }
    found = look(answers, GOOD, identity)
    assert levels(found) == {Level.FINE}
    assert any("only CloudFront gets in" in each.text for each in found)


def test_a_site_that_does_not_answer_yet_is_a_stop_that_says_wait(answers: Answers) -> None:
    found = look(answers, {f"{API}/health": 403}, {"VerifiedForSendingStatus": True})
    stops = [each for each in found if each.level is Level.STOP]
    assert [each.text.split()[0] for each in stops] == [f"{SITE}/health", f"{SITE}/"]
    assert all("some minutes" in each.todo for each in stops)


def test_an_api_that_lets_anybody_in_is_a_stop(answers: Answers) -> None:
    found = look(answers, {**GOOD, f"{API}/health": 200}, {"VerifiedForSendingStatus": True})
    (stop,) = (each for each in found if each.level is Level.STOP)
    assert stop.text == f"{API}/health answers 200 instead of 403."


def test_a_sender_that_is_not_verified_prints_the_records_again(answers: Answers) -> None:
    found = look(answers, GOOD, {"VerifiedForSendingStatus": False, "DkimAttributes": {"Tokens": ["aaa", "bbb", "ccc"]}})
    (said,) = (each for each in found if each.level is Level.NOTE)
    assert "aaa._domainkey.school.example" in said.todo


def test_a_sandbox_and_a_missing_mx_record_are_notes(answers: Answers) -> None:
    waits = {
        "MailFromDomain": "bounce.school.example",
        "MailFromDomainStatus": "PENDING",
        "BehaviorOnMxFailure": "USE_DEFAULT_VALUE",
    }
    found = look(answers, GOOD, {"VerifiedForSendingStatus": True, "MailFromAttributes": waits}, ProductionAccessEnabled=False)
    notes = " ".join(each.text for each in found if each.level is Level.NOTE)
    assert "MX record of bounce.school.example" in notes
    assert "sandbox" in notes


def test_no_identity_is_a_stop(answers: Answers) -> None:
    found = look(answers, GOOD, "NotFoundException")
    assert "no mail can go out" in next(each.text for each in found if each.level is Level.STOP)


def test_a_stack_without_protection_is_a_note(answers: Answers) -> None:
    described(answers, protected=False)
    answers.add("cloudformation", "get_stack_policy", {})
    for _ in range(2):
        described(answers)
    answers.add("sesv2", "get_email_identity", {"VerifiedForSendingStatus": True})
    answers.add("sesv2", "get_account", {"ProductionAccessEnabled": True})
    found = verify(Stack(answers.cloud, "latchkey-prod", Path("x.log")), ENVIRONMENT, lambda url: httpx.Response(GOOD[url]))
    assert [each.text for each in found if each.level is Level.NOTE] == ["The stack latchkey-prod stands unprotected."]


def test_a_stack_that_does_not_stand_is_all_that_is_said(answers: Answers) -> None:
    described(answers, "UPDATE_IN_PROGRESS")
    (found,) = verify(Stack(answers.cloud, "latchkey-prod", Path("x.log")), ENVIRONMENT)
    assert found.level is Level.STOP
    assert "UPDATE_IN_PROGRESS" in found.text
