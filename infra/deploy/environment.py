"""infra/environments/<name>.toml: what a deploy must know and cannot find out. Meant to be committed: it holds no secret."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

import boto3

from infra.local.settings import PROJECT
from infra.local.trouble import Trouble

FOLDER = PROJECT / "infra" / "environments"
LOCAL = "local"

_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
_HEADER = """\
# The environment "{name}". `make deploy ENV={name}` reads this file, asks for what it lacks, and writes the answers here.
# Commit it: it holds no secret. docs/deploy.md says what each line means.
"""


@dataclass(frozen=True)
class Environment:
    """One place that Latchkey is deployed to. An empty text means: none."""

    name: str
    region: str
    mail_from: str
    alarm_email: str
    domain: str
    account: str = ""
    stack: str = ""
    certificate: str = ""
    bucket: str = ""
    mail_identity: str = ""
    mail_from_domain: str | None = None
    origin: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def stack_name(self) -> str:
        """The name of the CloudFormation stack."""
        return stack_name(self.name, self.stack)

    @property
    def identity(self) -> str:
        """What SES must have verified before mail goes out: a domain or an address."""
        return self.mail_identity or self.mail_from.rpartition("@")[2]

    @property
    def envelope_domain(self) -> str:
        """The subdomain of bounces (custom MAIL FROM), so that SPF speaks for the sender's own domain; empty for none."""
        if self.mail_from_domain is not None:
            return self.mail_from_domain
        return "" if "@" in self.identity else f"bounce.{self.identity}"


def stack_name(name: str, stack: str = "") -> str:
    """The stack that the file names, or the one of the environment's own name."""
    return stack or f"latchkey-{name}"


def read(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """What an environment's file says, empty where there is none; raises Trouble with everything that is wrong in it."""
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", name):
        raise Trouble(f"{name!r} is no name for an environment: small letters, digits and hyphens, at most 31, a letter first.")
    path = folder / f"{name}.toml"
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (OSError, ValueError) as error:
        raise Trouble(f"{path} could not be read: {error}. Nothing was deployed.") from error
    if wrong := _faults(said):
        raise Trouble("\n".join([f"{path} is not right; nothing was deployed:", *(f"  - {each}" for each in wrong)]))
    return said


def make(name: str, said: Mapping[str, Any]) -> Environment:
    """The environment out of what its file says, when nothing is missing any more."""
    return Environment(
        name=name, **{**said, "parameters": {key: str(value) for key, value in said.get("parameters", {}).items()}}
    )


def write(name: str, answers: Mapping[str, str], folder: Path = FOLDER) -> Path:
    """Add lines to an environment's file, and leave what stands there as it is: comments, order, tables."""
    path = folder / f"{name}.toml"
    text = path.read_text(encoding="utf-8") if path.exists() else _HEADER.format(name=name) + "\n"
    lines = text.splitlines(keepends=True)
    table = next((number for number, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
    if table and not lines[table - 1].endswith("\n"):
        lines[table - 1] += "\n"
    lines[table:table] = [f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in answers.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    temporary.write_text("".join(lines), encoding="utf-8")
    temporary.replace(path)
    return path


def fault(key: str, value: Any) -> str | None:
    """Why this value cannot stand under this key; None when it can."""
    if key == "parameters":
        return None if isinstance(value, dict) else "parameters must be a table: [parameters], then a line for each"
    if not isinstance(value, str):
        return f"{key} must be a text in quotes"
    return _RULES[key](value)


def _faults(said: Mapping[str, Any]) -> list[str]:
    known = {each.name for each in fields(Environment)} - {"name"}
    wrong = [f"{key} is no setting; known are {', '.join(sorted(known))}" for key in said if key not in known]
    wrong += [found for key, value in said.items() if key in known and (found := fault(key, value)) is not None]
    for key, value in said.get("parameters", {}).items() if isinstance(said.get("parameters"), dict) else ():
        if key in SET_BY_THE_DEPLOY:
            wrong.append(f"the parameter {key} is set by the deploy itself{SET_BY_THE_DEPLOY[key]}")
        elif isinstance(value, bool) or not isinstance(value, str | int):
            wrong.append(f'the parameter {key} must be a text or a whole number ("true" stands in quotes)')
    if said.get("certificate") and not said.get("domain"):
        wrong.append("certificate is said, but no domain")
    return wrong


# What may not stand under [parameters], and where it comes from instead.
SET_BY_THE_DEPLOY = {
    "Origin": " out of domain, or from CloudFront",
    "DomainName": ": say domain",
    "CertificateArn": ": say certificate",
    "MailFrom": ": say mail_from",
    "MailFromDomain": ": say mail_from_domain",
    "MailIdentity": ": say mail_identity",
    "MailIdentityExists": ", which asks SES",
    "SetApiGatewayLogRole": ", which asks API Gateway",
    "AlarmEmail": ": say alarm_email",
}


@cache
def _regions() -> frozenset[str]:
    return frozenset(boto3.Session().get_available_regions("sesv2"))


def _region(value: str) -> str | None:
    return None if value in _regions() else f"region must be an AWS region that has SES, such as eu-west-2, not {value!r}"


def _address(key: str) -> Callable[[str], str | None]:
    def check(value: str) -> str | None:
        local, at, host = value.rpartition("@")
        good = at and local and not re.search(r"[\s@]", local) and _HOST.fullmatch(host)
        return None if good else f"{key} must be a mail address, such as no-reply@school.example, not {value!r}"

    return check


def _matches(key: str, pattern: str, what: str) -> Callable[[str], str | None]:
    return lambda value: None if re.fullmatch(pattern, value) else f"{key} must be {what}, not {value!r}"


def _or_nothing(check: Callable[[str], str | None]) -> Callable[[str], str | None]:
    return lambda value: check(value) if value else None


_RULES: dict[str, Callable[[str], str | None]] = {
    "region": _region,
    "mail_from": _address("mail_from"),
    "alarm_email": _or_nothing(_address("alarm_email")),
    "domain": _or_nothing(_matches("domain", _HOST.pattern, "a domain, such as accounts.school.example (no https://, no slash)")),
    "account": _or_nothing(_matches("account", "[0-9]{12}", "the twelve digits of an AWS account")),
    "stack": _or_nothing(_matches("stack", "[A-Za-z][A-Za-z0-9-]{0,100}", "a name of letters, digits and hyphens")),
    "certificate": _or_nothing(
        _matches(
            "certificate", r"arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/\S+", "the ARN of a certificate in us-east-1"
        )
    ),
    "mail_identity": _or_nothing(_matches("mail_identity", rf"([^@\s]+@)?{_HOST.pattern}", "a domain or a mail address")),
    "mail_from_domain": _or_nothing(_matches("mail_from_domain", _HOST.pattern, "a subdomain of the sender's domain")),
    "bucket": _or_nothing(_matches("bucket", r"[a-z0-9][a-z0-9.-]{2,62}", "the name of an S3 bucket in the same region")),
    "origin": _or_nothing(_matches("origin", r"https?://[a-z0-9.-]+(:[0-9]+)?", "an address without a slash at the end")),
}
