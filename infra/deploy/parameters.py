"""The template's parameters: what the environment's file says, and what the account answers."""

from collections.abc import Mapping

from infra.deploy.certificates import US_EAST_1, find_certificate
from infra.deploy.checks import identity_in_ses
from infra.deploy.cloud import Cloud
from infra.deploy.environment import Environment
from infra.local.trouble import Trouble


def make_parameters(
    cloud: Cloud, environment: Environment, defaults: Mapping[str, str], owned: Mapping[str, str], origin: str
) -> dict[str, str]:
    """Every parameter with its value, so that the file alone decides: what is not said has the template's default.

    `owned` are the resources that the stack has already (name in the template, physical id); `origin` is empty while unknown.
    Raises Trouble for a parameter that the template does not have.
    """
    if unknown := sorted(set(environment.parameters) - set(defaults)):
        raise Trouble(
            f"The template has no parameter {' and no parameter '.join(unknown)}; see [parameters] in the environment's file. "
            "Nothing was deployed."
        )
    return {
        **defaults,
        **environment.parameters,
        **({"Origin": origin} if origin else {}),
        "DomainName": environment.domain,
        "CertificateArn": _certificate(cloud, environment),
        "MailFrom": environment.mail_from,
        "MailIdentity": environment.mail_identity,
        "MailIdentityExists": _text(_exists_elsewhere(cloud, environment, owned)),
        "MailFromDomain": environment.envelope_domain,
        "AlarmEmail": environment.alarm_email,
        "SetApiGatewayLogRole": _text(_sets_log_role(cloud, owned)),
    }


def _certificate(cloud: Cloud, environment: Environment) -> str:
    if not environment.domain:
        return ""
    return environment.certificate or find_certificate(cloud.client("acm", US_EAST_1), environment.domain)


def _exists_elsewhere(cloud: Cloud, environment: Environment, owned: Mapping[str, str]) -> bool:
    """Has the account this identity already, and not from this stack? Then the stack must not try to make it."""
    if owned.get("MailIdentityOfSender") == environment.identity:
        return False
    return identity_in_ses(cloud.client("sesv2"), environment.identity) is not None


def _sets_log_role(cloud: Cloud, owned: Mapping[str, str]) -> bool:
    """API Gateway has one logging role for each account and region: the stack makes it where there is none, and keeps its own."""
    return "ApiAccount" in owned or not cloud.client("apigateway").get_account().get("cloudwatchRoleArn")


def _text(value: bool) -> str:
    return "true" if value else "false"
