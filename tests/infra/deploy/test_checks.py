"""The account is looked at before anything is changed: each check says what is and what to do, and none stops another."""

from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError

from infra.deploy import checks
from infra.deploy.certificates import find_certificate
from infra.deploy.environment import Environment, make
from infra.deploy.findings import Finding, Level, fine, note, stop, tell
from tests.support.clouds import ACCOUNT, Answers

FULL_SES = {
    "ProductionAccessEnabled": True,
    "SendingEnabled": True,
    "EnforcementStatus": "HEALTHY",
    "SendQuota": {"MaxSendRate": 14.0, "Max24HourSend": 50000.0, "SentLast24Hours": 0.0},
}
ARN = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/abc"
DOMAIN = "accounts.school.example"


def environment(**said: Any) -> Environment:
    return make("prod", {"region": "eu-west-2", "mail_from": "a@school.example", "alarm_email": "", "domain": "", **said})


@pytest.fixture
def answers() -> Answers:
    return Answers()


def who(answers: Answers) -> None:
    answers.add("sts", "get_caller_identity", {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/ada", "UserId": "x"})


def concurrency(answers: Answers, number: int) -> None:
    answers.add("lambda", "get_account_settings", {"AccountLimit": {"ConcurrentExecutions": number}})


def identity(answers: Answers, verified: bool) -> None:
    answers.add("sesv2", "get_email_identity", {"VerifiedForSendingStatus": verified}, {"EmailIdentity": "school.example"})


def by_level(found: list[Finding], level: Level) -> str:
    return "\n".join(str(each) for each in found if each.level is level)


def test_a_good_account_has_nothing_to_say(answers: Answers) -> None:
    who(answers)
    concurrency(answers, 1000)
    answers.add("sesv2", "get_account", FULL_SES)
    identity(answers, verified=True)
    found = checks.check_account(answers.cloud, environment(account=ACCOUNT))
    assert {each.level for each in found} == {Level.FINE}
    assert f"Account {ACCOUNT} as user/ada, region eu-west-2" in by_level(found, Level.FINE)
    answers.assert_all_asked()


def test_a_new_account_is_told_everything_at_once_and_may_deploy(answers: Answers) -> None:
    who(answers)
    concurrency(answers, 10)
    answers.add(
        "sesv2",
        "get_account",
        {**FULL_SES, "ProductionAccessEnabled": False, "SendQuota": {"MaxSendRate": 1.0, "Max24HourSend": 200.0}},
    )
    answers.add("sesv2", "get_email_identity", "NotFoundException")
    found = checks.check_account(answers.cloud, environment())
    notes = by_level(found, Level.NOTE)
    assert "at most 10 functions at once" in notes
    assert "--quota-code L-B99A9384 --desired-value 1000 --region eu-west-2" in notes
    assert "sandbox" in notes
    assert "200 a day" in notes
    assert "SES does not know school.example yet" in notes
    assert by_level(found, Level.STOP) == ""


def test_the_limit_that_is_enough_is_fine(answers: Answers) -> None:
    concurrency(answers, checks.ENOUGH_AT_ONCE)
    concurrency(answers, checks.ENOUGH_AT_ONCE - 1)
    levels = [checks.check_concurrency(answers.cloud, environment())[0].level for _ in range(2)]
    assert levels == [Level.FINE, Level.NOTE]


def test_credentials_that_do_not_work_are_the_only_thing_that_is_said(answers: Answers) -> None:
    answers.add("sts", "get_caller_identity", "ExpiredToken")
    (found,) = checks.check_account(answers.cloud, environment())
    assert found.level is Level.STOP
    assert "aws sso login" in found.todo


def test_no_credentials_are_said_the_same_way(answers: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> Any:
        raise NoCredentialsError

    monkeypatch.setattr(answers.cloud.client("sts"), "get_caller_identity", nobody)
    (found,) = checks.check_account(answers.cloud, environment())
    assert "Unable to locate credentials" in found.text


def test_another_account_than_before_stops(answers: Answers) -> None:
    who(answers)
    (found,) = checks.check_account(answers.cloud, environment(account="999999999999"))
    assert found.level is Level.STOP
    assert ACCOUNT in found.text
    assert "999999999999" in found.text


def test_a_question_that_is_not_allowed_is_a_note_and_the_others_are_asked(answers: Answers) -> None:
    who(answers)
    answers.add("lambda", "get_account_settings", "AccessDeniedException")
    answers.add("sesv2", "get_account", "TooManyRequestsException")
    found = checks.check_account(answers.cloud, environment())
    notes = by_level(found, Level.NOTE)
    assert "these credentials may not call GetAccountSettings" in notes
    assert "SES could not be checked" in notes
    assert "No domain of your own" in by_level(found, Level.FINE)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"SendQuota": {"MaxSendRate": 1.0, "Max24HourSend": 50000.0}}, "1,800 mails take 30 minutes"),
        ({"SendingEnabled": False}, "has this account paused"),
        ({"EnforcementStatus": "PROBATION"}, "in the state PROBATION"),
    ],
)
def test_what_slows_or_stops_mail_is_said(answers: Answers, changed: dict[str, Any], words: str) -> None:
    answers.add("sesv2", "get_account", {**FULL_SES, **changed})
    identity(answers, verified=True)
    assert words in by_level(checks.check_mail(answers.cloud, environment()), Level.NOTE)


def test_any_number_a_day_is_no_number(answers: Answers) -> None:
    answers.add("sesv2", "get_account", {**FULL_SES, "SendQuota": {"MaxSendRate": 100.0, "Max24HourSend": -1.0}})
    identity(answers, verified=True)
    assert "any number a day" in by_level(checks.check_mail(answers.cloud, environment()), Level.FINE)


@pytest.mark.parametrize(("sender", "words"), [("school.example", "DNS records"), ("a@school.example", "follow its link")])
def test_an_identity_that_is_not_verified_says_how(answers: Answers, sender: str, words: str) -> None:
    answers.add("sesv2", "get_account", FULL_SES)
    answers.add("sesv2", "get_email_identity", {"VerifiedForSendingStatus": False}, {"EmailIdentity": sender})
    found = checks.check_mail(answers.cloud, environment(mail_identity=sender))
    assert words in by_level(found, Level.NOTE)


def listed(answers: Answers, *certificates: dict[str, Any]) -> None:
    answers.add("acm", "list_certificates", {"CertificateSummaryList": list(certificates)}, region="us-east-1")


def described(answers: Answers, arn: str, **said: Any) -> None:
    answers.add(
        "acm", "describe_certificate", {"Certificate": {"CertificateArn": arn, **said}}, {"CertificateArn": arn}, "us-east-1"
    )


def certificate(answers: Answers, **said: Any) -> Finding:
    (found,) = checks.check_certificate(answers.cloud, environment(domain=DOMAIN, **said))
    return found


def test_a_certificate_is_looked_up_in_us_east_1(answers: Answers) -> None:
    listed(answers, {"CertificateArn": ARN, "DomainName": "*.school.example", "Status": "ISSUED"})
    described(answers, ARN, DomainName="*.school.example", Status="ISSUED")
    assert certificate(answers).level is Level.FINE


def test_no_certificate_stops_with_the_command_that_asks_for_one(answers: Answers) -> None:
    listed(answers, {"CertificateArn": ARN, "DomainName": "other.example", "Status": "ISSUED"})
    found = certificate(answers)
    assert found.level is Level.STOP
    assert f"aws acm request-certificate --region us-east-1 --validation-method DNS --domain-name {DOMAIN}" in found.todo


def test_a_certificate_that_waits_stops_with_its_dns_record(answers: Answers) -> None:
    record = {"Name": f"_x.{DOMAIN}.", "Type": "CNAME", "Value": "_y.acm-validations.aws."}
    described(
        answers,
        ARN,
        DomainName=DOMAIN,
        Status="PENDING_VALIDATION",
        DomainValidationOptions=[{"DomainName": DOMAIN, "ResourceRecord": record}],
    )
    found = certificate(answers, certificate=ARN)
    assert found.level is Level.STOP
    assert f"_x.{DOMAIN}. CNAME _y.acm-validations.aws." in found.todo


def test_a_certificate_that_waits_without_a_record_yet_says_so(answers: Answers) -> None:
    described(answers, ARN, DomainName=DOMAIN, Status="PENDING_VALIDATION")
    assert "in a minute" in certificate(answers, certificate=ARN).todo


def test_a_certificate_for_something_else_stops(answers: Answers) -> None:
    described(answers, ARN, DomainName="other.example", SubjectAlternativeNames=["*.other.example"], Status="ISSUED")
    assert "is not for accounts.school.example" in certificate(answers, certificate=ARN).text


def test_an_issued_certificate_goes_before_one_that_waits(answers: Answers) -> None:
    waits = {"CertificateArn": ARN.replace("abc", "zzz"), "DomainName": DOMAIN, "Status": "PENDING_VALIDATION"}
    listed(answers, waits, {"CertificateArn": ARN, "SubjectAlternativeNameSummaries": [DOMAIN], "Status": "ISSUED"})
    assert find_certificate(answers.cloud.client("acm", "us-east-1"), DOMAIN) == ARN


def test_one_star_stands_for_one_name_only(answers: Answers) -> None:
    listed(answers, {"CertificateArn": ARN, "DomainName": "*.example", "Status": "ISSUED"})
    assert find_certificate(answers.cloud.client("acm", "us-east-1"), DOMAIN) == ""


def test_findings_are_printed_and_a_stop_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert tell("Checked first:", [fine("a"), note("b", "do c")])
    assert capsys.readouterr().out == "Checked first:\n  ok    a\n  note  b\n        do c\n"
    assert not tell("Checked first:", [stop("d"), stop("e")])
    assert capsys.readouterr().err == "\nNothing was changed: 2 of these have to be put right.\n"
