"""The account, looked at before anything is changed. Each check says what is, and what to do; all of them are run."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy.certificates import check_certificate
from infra.deploy.cloud import Cloud
from infra.deploy.environment import Environment
from infra.deploy.findings import Finding, Level, fine, note, stop

ENOUGH_AT_ONCE = 100  # a send's workers take up to ten, and readers come all at once
ENOUGH_A_SECOND = 14.0
ASK_FOR_LAMBDA = (
    "Ask for 1,000: aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 "
    "--desired-value 1000 --region {region}"
)
ASK_FOR_SES = "Ask AWS for production access and a rate (docs/deploy.md, Before day one): it takes about a day."
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized"}


def check_account(cloud: Cloud, environment: Environment) -> list[Finding]:
    """Everything about the account at once; without credentials that work there is nothing else to ask."""
    found = check_credentials(cloud, environment)
    if all(finding.level is not Level.STOP for finding in found):
        for name, check in (
            ("Lambda's concurrency", check_concurrency),
            ("SES", check_mail),
            ("The certificate", check_certificate),
        ):
            found += _asked(name, check, cloud, environment)
    return found


def check_credentials(cloud: Cloud, environment: Environment) -> list[Finding]:
    """Whose credentials are these, and is it the account that this environment was deployed to before?"""
    try:
        who = cloud.client("sts").get_caller_identity()
    except (ClientError, BotoCoreError) as error:
        return [
            stop(
                f"The AWS credentials in this shell do not work: {_said(error)}",
                "Sign in (aws sso login, or AWS_PROFILE=...) and run it again; `aws sts get-caller-identity` shows who you are.",
            )
        ]
    account, name = who["Account"], who["Arn"].rpartition(":")[2]
    if environment.account and environment.account != account:
        return [
            stop(
                f"These credentials are of account {account}, but {environment.name} is account {environment.account}.",
                "Choose the right profile (AWS_PROFILE), or change `account` in the environment's file if it has moved.",
            )
        ]
    return [fine(f"Account {account} as {name}, region {cloud.region}")]


def check_concurrency(cloud: Cloud, environment: Environment) -> list[Finding]:
    """New accounts may run ten functions at once: too few at the start of term."""
    limit = int(cloud.client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"])
    if limit < ENOUGH_AT_ONCE:
        return [
            note(
                f"Lambda runs at most {limit} functions at once in this account: while mails go out, visitors would see errors.",
                ASK_FOR_LAMBDA.format(region=cloud.region),
            )
        ]
    return [fine(f"Lambda: {limit:,} functions at once")]


def check_mail(cloud: Cloud, environment: Environment) -> list[Finding]:
    """May this account mail everybody, how fast, and is the sender's identity verified?"""
    ses = cloud.client("sesv2")
    account = ses.get_account()
    quota = account.get("SendQuota", {})
    rate, a_day = float(quota.get("MaxSendRate", 0)), float(quota.get("Max24HourSend", 0))
    found: list[Finding] = []
    much = f"{rate:g} mails a second, " + (f"{a_day:,.0f} a day" if a_day >= 0 else "any number a day")
    if not account.get("ProductionAccessEnabled"):
        found.append(note(f"SES is in its sandbox: it mails verified addresses only, {a_day:,.0f} a day.", ASK_FOR_SES))
    elif rate < ENOUGH_A_SECOND:
        found.append(note(f"SES: {much}; 1,800 mails take {1800 / max(rate, 0.01) / 60:.0f} minutes.", ASK_FOR_SES))
    else:
        found.append(fine(f"SES: {much}"))
    if not account.get("SendingEnabled", True) or account.get("EnforcementStatus", "HEALTHY") != "HEALTHY":
        state = "paused" if not account.get("SendingEnabled", True) else f"in the state {account['EnforcementStatus']}"
        found.append(note(f"SES has this account {state}: sends will wait.", "The SES console, Reputation metrics, says why."))
    identity = identity_in_ses(ses, environment.identity)
    if identity is None:
        found.append(note(f"SES does not know {environment.identity} yet.", "The deploy makes it and prints the DNS records."))
    elif not identity.get("VerifiedForSendingStatus"):
        found.append(
            note(f"SES has not verified {environment.identity} yet: sends will wait.", _how_to_verify(environment.identity))
        )
    else:
        found.append(fine(f"SES has verified {environment.identity}"))
    return found


def identity_in_ses(ses: Any, identity: str) -> dict[str, Any] | None:
    """What SES knows of a domain or address; None when it does not know it."""
    try:
        known: dict[str, Any] = ses.get_email_identity(EmailIdentity=identity)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NotFoundException":
            return None
        raise
    return known


def _how_to_verify(identity: str) -> str:
    if "@" in identity:
        return f"Open the mail that SES sent to {identity} and follow its link."
    return "The DNS records that the deploy prints have to stand in the domain's DNS; SES looks for up to three days."


def _asked(
    name: str, check: Callable[[Cloud, Environment], list[Finding]], cloud: Cloud, environment: Environment
) -> list[Finding]:
    """A check's findings; a question that these credentials may not ask is a note, not an end."""
    try:
        return check(cloud, environment)
    except ClientError as error:
        denied = error.response["Error"]["Code"] in _DENIED
        why = f"these credentials may not call {error.operation_name}." if denied else _said(error)
        return [note(f"{name} could not be checked: {why}")]
    except BotoCoreError as error:
        return [note(f"{name} could not be checked: {_said(error)}")]


def _said(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".") + "."
