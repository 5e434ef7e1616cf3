"""The template's parameters: the file decides, the account answers what it alone knows, and no earlier deploy lingers."""

from typing import Any

import pytest

from infra.deploy.environment import make
from infra.deploy.parameters import make_parameters
from infra.local.trouble import Trouble
from tests.support.clouds import Answers

SITE = "https://d111.cloudfront.net"
DEFAULTS = {"Origin": "https://unknown.invalid", "LogLevel": "INFO", "DeliverConcurrency": "4"}


@pytest.fixture
def answers() -> Answers:
    return Answers()


def parameters(answers: Answers, said: dict[str, Any], owned: dict[str, str] | None = None, origin: str = SITE) -> dict[str, str]:
    environment = make("prod", {"region": "eu-west-2", "mail_from": "a@school.example", "alarm_email": "", "domain": "", **said})
    return make_parameters(answers.cloud, environment, DEFAULTS, owned or {}, origin)


def in_ses(answers: Answers, known: bool) -> None:
    answers.add("sesv2", "get_email_identity", {} if known else "NotFoundException")


def log_role(answers: Answers, arn: str = "") -> None:
    answers.add("apigateway", "get_account", {"cloudwatchRoleArn": arn} if arn else {})


def test_a_first_deploy(answers: Answers) -> None:
    in_ses(answers, known=False)
    log_role(answers)
    assert parameters(answers, {}, origin="") == {
        "Origin": "https://unknown.invalid",
        "LogLevel": "INFO",
        "DeliverConcurrency": "4",
        "DomainName": "",
        "CertificateArn": "",
        "MailFrom": "a@school.example",
        "MailIdentity": "",
        "MailIdentityExists": "false",
        "MailFromDomain": "bounce.school.example",
        "AlarmEmail": "",
        "SetApiGatewayLogRole": "true",
    }


def test_what_the_account_has_already_is_not_made(answers: Answers) -> None:
    in_ses(answers, known=True)
    log_role(answers, "arn:aws:iam::123456789012:role/theirs")
    made = parameters(answers, {})
    assert (made["MailIdentityExists"], made["SetApiGatewayLogRole"]) == ("true", "false")


def test_what_the_stack_made_it_keeps(answers: Answers) -> None:
    """Asking SES and API Gateway would say "it is there", and the next deploy would take it away again."""
    made = parameters(answers, {}, {"MailIdentityOfSender": "school.example", "ApiAccount": "x"})
    assert (made["MailIdentityExists"], made["SetApiGatewayLogRole"]) == ("false", "true")


def test_a_new_sender_is_asked_about(answers: Answers) -> None:
    in_ses(answers, known=True)
    made = parameters(answers, {"mail_from": "a@other.example"}, {"MailIdentityOfSender": "school.example", "ApiAccount": "x"})
    assert made["MailIdentityExists"] == "true"


def test_the_files_parameters_go_over_the_defaults(answers: Answers) -> None:
    in_ses(answers, known=False)
    log_role(answers)
    made = parameters(answers, {"parameters": {"DeliverConcurrency": 6}})
    assert (made["DeliverConcurrency"], made["LogLevel"], made["Origin"]) == ("6", "INFO", SITE)


def test_a_parameter_that_the_template_does_not_have_is_said(answers: Answers) -> None:
    with pytest.raises(Trouble, match="no parameter DeliverConcurency"):
        parameters(answers, {"parameters": {"DeliverConcurency": 4}})


def test_a_domain_takes_the_certificate_that_was_found(answers: Answers) -> None:
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/abc"
    listed = {"CertificateSummaryList": [{"CertificateArn": arn, "DomainName": "accounts.school.example", "Status": "ISSUED"}]}
    answers.add("acm", "list_certificates", listed, region="us-east-1")
    in_ses(answers, known=False)
    log_role(answers)
    made = parameters(answers, {"domain": "accounts.school.example"})
    assert (made["DomainName"], made["CertificateArn"]) == ("accounts.school.example", arn)
