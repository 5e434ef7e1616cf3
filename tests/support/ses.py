"""A strict SES: refuses what SES refuses, where the emulators accept it, and keeps every mail with its one recipient.

Requests are checked against botocore's own description of the API. Templates are rendered in one pass; a variable that is missing
is what it is on AWS: the call succeeds and the mail never arrives.
"""

import json
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import botocore.session
from botocore.exceptions import ClientError, ReadTimeoutError
from botocore.validate import ParamValidator

_MODEL = botocore.session.Session().get_service_model("sesv2")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
_VARIABLE = re.compile(r"\{\{([a-z_]+)\}\}")
_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass(frozen=True)
class Delivered:
    """One mail as its reader gets it."""

    to: str
    subject: str
    text: str
    html: str
    sender: str
    reply_to: list[str]
    tags: dict[str, str]
    at: float
    attachments: tuple[dict[str, Any], ...] = ()

    @property
    def links(self) -> list[str]:
        """The links with a token of the text, in order."""
        return re.findall(r"https?://\S+/(?:set-password|confirm|join)#\S+", self.text)


@dataclass
class StrictSes:
    """``script`` answers the next calls otherwise: an error to raise, or ``"lost"`` (sent, but the answer never came).

    ``refusing`` is raised by every call until somebody mends it; ``account_hidden``: by GetAccount, too.
    """

    clock: Callable[[], float] = lambda: 0.0
    rate: float = 1000.0
    quota: float = 50_000.0
    used: float = 0.0
    enabled: bool = True
    production: bool = True
    configuration_set: str = "latchkey"
    poisonous: set[str] = field(default_factory=set)
    statuses: dict[str, list[str]] = field(default_factory=dict)
    script: deque[Any] = field(default_factory=deque)
    refusing: Exception | None = None
    account_hidden: bool = False
    mails: list[Delivered] = field(default_factory=list)
    lost_in_rendering: list[str] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    accounts_read: int = 0
    enforcement: str = "HEALTHY"
    identities: dict[str, dict[str, Any]] = field(default_factory=lambda: {"latchkey.test": healthy_identity()})
    configuration: dict[str, Any] = field(default_factory=dict)  # empty: as template.yaml makes it
    told: list[dict[str, Any]] = field(default_factory=lambda: [healthy_destination()])

    def get_account(self) -> dict[str, Any]:
        """GetAccount."""
        self.accounts_read += 1
        if self.refusing and self.account_hidden:
            raise self.refusing
        quota = {"Max24HourSend": self.quota, "MaxSendRate": self.rate, "SentLast24Hours": self.used}
        return {
            "SendingEnabled": self.enabled,
            "EnforcementStatus": self.enforcement,
            "ProductionAccessEnabled": self.production,
            "SendQuota": quota,
        }

    def get_email_identity(self, **request: Any) -> dict[str, Any]:
        """GetEmailIdentity."""
        self._is_asked_rightly("GetEmailIdentity", request)
        if request["EmailIdentity"] not in self.identities:
            raise refusal("NotFoundException", f"Email identity {request['EmailIdentity']} does not exist.")
        return self.identities[request["EmailIdentity"]]

    def get_configuration_set(self, **request: Any) -> dict[str, Any]:
        """GetConfigurationSet."""
        self._is_asked_rightly("GetConfigurationSet", request)
        self._has(request)
        return self.configuration or healthy_configuration()

    def get_configuration_set_event_destinations(self, **request: Any) -> dict[str, Any]:
        """GetConfigurationSetEventDestinations."""
        self._is_asked_rightly("GetConfigurationSetEventDestinations", request)
        self._has(request)
        return {"EventDestinations": self.told}

    def _is_asked_rightly(self, operation: str, request: dict[str, Any]) -> None:
        report = ParamValidator().validate(request, _MODEL.operation_model(operation).input_shape)
        assert not report.has_errors(), report.generate_report()
        if self.refusing and self.account_hidden:
            raise self.refusing

    def _has(self, request: dict[str, Any]) -> None:
        if request["ConfigurationSetName"] != self.configuration_set:
            raise refusal("NotFoundException", f"Configuration set <{request['ConfigurationSetName']}> does not exist.")

    def send_bulk_email(self, **request: Any) -> dict[str, Any]:
        """SendBulkEmail."""
        report = ParamValidator().validate(request, _MODEL.operation_model("SendBulkEmail").input_shape)
        assert not report.has_errors(), report.generate_report()
        entries = request["BulkEmailEntries"]
        if not 1 <= len(entries) <= 50:
            raise refusal("BadRequestException", "Number of destinations must be between 1 and 50")
        if self.refusing:
            raise self.refusing
        said = self.script.popleft() if self.script else None
        if isinstance(said, Exception):
            raise said
        self._check(request, entries)
        self.calls.append(len(entries))
        results = [self._one(request, entry) for entry in entries]
        self.given += [result["Status"] for result in results]
        if said == "lost":
            raise ReadTimeoutError(endpoint_url="https://email.example")
        return {"BulkEmailEntryResults": results}

    def to(self, address: str) -> list[Delivered]:
        """The mails that an address got."""
        return [mail for mail in self.mails if mail.to == address]

    def _check(self, request: dict[str, Any], entries: list[dict[str, Any]]) -> None:
        if request.get("ConfigurationSetName") != self.configuration_set:
            raise refusal("NotFoundException", "Configuration set does not exist")
        sender = request["FromEmailAddress"]
        if (
            not sender.isascii()
            or not sender.isprintable()
            or not re.fullmatch(r'("(?:[^"\\]|\\.)*"|[^<>",]+) <[^<>@ ]+@[^<>@ ]+>', sender)
        ):
            raise refusal("BadRequestException", "Illegal sender")
        if any(not _TAG.fullmatch(tag["Name"]) or not _TAG.fullmatch(tag["Value"]) for tag in request["DefaultEmailTags"]):
            raise refusal("BadRequestException", "Illegal tag")
        template = request["DefaultContent"]["Template"]["TemplateContent"]
        for part in template.values():
            if re.search(r"\{\{\{|\{\{[^a-z]", part) or not part:
                raise refusal("BadRequestException", "Template cannot be used")
        for entry in entries:
            assert set(entry["Destination"]) == {"ToAddresses"}
            assert len(entry["Destination"]["ToAddresses"]) == 1
            if entry["Destination"]["ToAddresses"][0] in self.poisonous:
                raise refusal("BadRequestException", "Illegal address")

    def _one(self, request: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
        (to,) = entry["Destination"]["ToAddresses"]
        if self.statuses.get(to):
            return {"Status": self.statuses[to].pop(0), "Error": f"about {to}"}
        if not _ADDRESS.fullmatch(to):
            return {"Status": "INVALID_PARAMETER", "Error": f"Illegal address {to}"}
        now = self.clock()
        if 0 <= self.quota <= self.used:
            return {"Status": "ACCOUNT_DAILY_QUOTA_EXCEEDED"}
        if sum(mail.at > now - 1 for mail in self.mails) >= max(1, self.rate):
            return {"Status": "ACCOUNT_THROTTLED"}
        self.used += 1
        template = request["DefaultContent"]["Template"]["TemplateContent"]
        data = json.loads(entry["ReplacementEmailContent"]["ReplacementTemplate"]["ReplacementTemplateData"])
        try:
            subject, text, html = (
                _VARIABLE.sub(lambda found: data[found[1]], template[part]) for part in ("Subject", "Text", "Html")
            )
        except KeyError as missing:
            self.lost_in_rendering.append(str(missing))
            return {"Status": "SUCCESS", "MessageId": f"m{self.used}"}
        tags = {tag["Name"]: tag["Value"] for tag in request["DefaultEmailTags"]}
        reply_to = request.get("ReplyToAddresses", [])
        inside = tuple(request["DefaultContent"]["Template"].get("Attachments", ()))
        self.mails.append(Delivered(to, subject, text, html, request["FromEmailAddress"], reply_to, tags, now, inside))
        return {"Status": "SUCCESS", "MessageId": f"m{self.used}"}


def healthy_identity(**more: Any) -> dict[str, Any]:
    """What SES says of a domain that is verified, signs, and has an envelope domain of its own."""
    return {
        "IdentityType": "DOMAIN",
        "FeedbackForwardingStatus": True,
        "VerifiedForSendingStatus": True,
        "VerificationStatus": "SUCCESS",
        "DkimAttributes": {
            "SigningEnabled": True,
            "Status": "SUCCESS",
            "Tokens": ["tok1", "tok2", "tok3"],
            "SigningAttributesOrigin": "AWS_SES",
        },
        "MailFromAttributes": {
            "MailFromDomain": "mail.latchkey.test",
            "MailFromDomainStatus": "SUCCESS",
            "BehaviorOnMxFailure": "USE_DEFAULT_VALUE",
        },
        "Policies": {},
        "Tags": [],
        **more,
    }


def healthy_configuration(**more: Any) -> dict[str, Any]:
    """What SES says of the configuration set as template.yaml makes it."""
    return {
        "ConfigurationSetName": "latchkey",
        "DeliveryOptions": {"TlsPolicy": "REQUIRE"},
        "ReputationOptions": {"ReputationMetricsEnabled": True},
        "SendingOptions": {"SendingEnabled": True},
        "SuppressionOptions": {"SuppressedReasons": ["COMPLAINT"]},
        "Tags": [],
        **more,
    }


def healthy_destination(**more: Any) -> dict[str, Any]:
    """The event destination as template.yaml makes it."""
    kinds = ["SEND", "DELIVERY", "DELIVERY_DELAY", "BOUNCE", "COMPLAINT", "REJECT", "RENDERING_FAILURE"]
    bus = {"EventBusArn": "arn:aws:events:eu-west-2:123456789012:event-bus/default"}
    return {"Name": "feedback", "Enabled": True, "MatchingEventTypes": kinds, "EventBridgeDestination": bus, **more}


def refusal(code: str, message: str = "no") -> ClientError:
    """An error as SES gives it."""
    return ClientError({"Error": {"Code": code, "Message": message}}, "SendBulkEmail")
