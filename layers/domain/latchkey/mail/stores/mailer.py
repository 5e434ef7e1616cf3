"""SES: many mails in one call, one recipient each, at the rate that the account allows.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendBulkEmail.html
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import orjson
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError

from latchkey.errors import MustWait, TryLater
from latchkey.mail.model.account import Failure
from latchkey.mail.model.mail_html import Template, display_name, shared
from latchkey.schools.model.logo import CONTENT_ID, FILE_NAME, Logo
from latchkey.shared.model.quick import quick
from latchkey.shared.stores.aws import Client, code_of, translate

log = logging.getLogger(__name__)

_THEIR_FAULT: Final = 500  # and above: HTTP's word for an answer that says nothing of what was done
_KNOWN_FOR = 100  # seconds that the account's rate is taken as read
_NO_END: Final = 1_000_000  # mails: for an account without a quota
_WAIT: Final = 900  # seconds until an account that cannot send is asked again
_SLOW: Final = {"TooManyRequestsException", "ThrottlingException", "Throttling", "LimitExceededException"}
_PAUSED: Final = {"SendingPausedException", "AccountSuspendedException"}
_SENDER: Final = {
    "AccessDeniedException",
    "NotAuthorized",
    "OptInRequired",
    "NotFoundException",  # the configuration set or the identity
    "MailFromDomainNotVerifiedException",
}
"""SES takes no mail from this site, whoever it is for: permissions, the identity or the configuration set are to be mended."""
SENDER_REFUSED: Final = "SES refuses mail from this site: %s"
"""A line of the log, with SES's code: it says why the alarm on this wait reason rings."""
_REFUSED: Final = {"BadRequestException", "MessageRejected", "ValidationException"}
_FAILURE: Final[Mapping[str, Failure]] = {
    "MESSAGE_REJECTED": "refused",
    "INVALID_PARAMETER": "refused",
}
_AGAIN: Final = {"ACCOUNT_THROTTLED", "TRANSIENT_FAILURE"}
_WAITS: Final = {
    "ACCOUNT_DAILY_QUOTA_EXCEEDED": "quota",
    "ACCOUNT_SENDING_PAUSED": "paused",
    "ACCOUNT_SUSPENDED": "paused",
    "CONFIGURATION_SET_SENDING_PAUSED": "paused",
    "MAIL_FROM_DOMAIN_NOT_VERIFIED": "sender",
    "CONFIGURATION_SET_NOT_FOUND": "sender",
    "TEMPLATE_NOT_FOUND": "sender",
    "INVALID_SENDING_POOL_NAME": "sender",
}


class Refused(Exception):
    """SES refused a whole call: something in it is bad, and nothing was sent."""


class Slow(Exception):
    """SES asks to slow down; nothing of the call was sent."""


class Unsure(TryLater):
    """SES was asked and gave no answer: the mails may have been sent."""


@dataclass(frozen=True, slots=True)
class SesAccount:
    """What the account may send: mails a second, and how many more within the day."""

    each_second: float
    left: int


@dataclass(frozen=True, slots=True)
class Envelope:
    """What all mails of a call share."""

    sender: str
    reply_to: str | None
    template: Template
    tags: Mapping[str, str]
    logo: Logo | None = None


@quick(frozen=True, slots=True)
class Result:
    """What became of one mail: sent, failed for good, or to be tried again: in a moment or, if ``waits`` says why, much later.

    ``unsure``: SES said nothing of it, so it may have been sent.
    """

    sent: bool = False
    failure: Failure | None = None
    waits: str = ""
    unsure: bool = False

    @property
    def again(self) -> bool:
        """Whether SES said that it has not taken the mail, and may take it in a moment."""
        return not (self.sent or self.failure or self.waits or self.unsure)


_SENT: Final = Result(sent=True)
_LATER: Final = Result()
_UNSURE: Final = Result(unsure=True)


class Mailer:
    """One account's SES."""

    def __init__(self, client: Client, mail_from: str, configuration_set: str) -> None:
        self._client = client
        self._from = mail_from
        self._set = configuration_set
        self._account: dict[str, Any] | None = None
        self._read_at = 0
        self._sent = 0

    def account(self, now: int, *, bulk: bool) -> SesAccount:
        """What the account may send now, read at most every 100 seconds; ``MustWait`` while it may not.

        In SES's sandbox only a few addresses can be reached, so sends wait for its end; one person's own mail is tried.
        """
        if self._account is None or not 0 <= now - self._read_at < _KNOWN_FOR:
            try:
                self._account = self._client.get_account()
            except (ClientError, BotoCoreError) as error:
                if isinstance(error, ClientError) and code_of(error) in _SENDER:
                    _wait_for_the_operator(code_of(error))
                translate(error)
            self._read_at, self._sent = now, 0
        if self._account.get("SendingEnabled") is False or self._account.get("EnforcementStatus") == "SHUTDOWN":
            raise MustWait("paused", seconds=_WAIT)
        if bulk and self._account.get("ProductionAccessEnabled") is False:
            raise MustWait("sandbox", seconds=_WAIT)
        quota = self._account.get("SendQuota") or {}
        most = quota.get("Max24HourSend", -1)
        left = _NO_END if most < 0 else int(most - quota.get("SentLast24Hours", 0)) - self._sent
        if left <= 0:
            raise MustWait("quota", seconds=_WAIT)
        return SesAccount(quota.get("MaxSendRate") or 1.0, left)

    @property
    def quota_used(self) -> float | None:
        """How many percent of what the account may send within a day it has sent; None if unknown or without end."""
        quota = (self._account or {}).get("SendQuota") or {}
        most = quota.get("Max24HourSend", -1)
        return 100 * (quota.get("SentLast24Hours", 0) + self._sent) / most if most > 0 else None

    def forget(self) -> None:
        """Read the account anew at the next occasion: it has just said something else."""
        self._account = None

    def send(self, envelope: Envelope, mails: Sequence[tuple[str, Mapping[str, str]]]) -> list[Result]:
        """Send up to 50 mails: ``(address, variables)`` each. ``Refused`` or ``Slow`` when none was sent.

        The results stand in the order of the mails, one for each; where SES's answer is silent, the result is ``unsure``.
        """
        template, own = shared(envelope.template, [variables for _, variables in mails])
        data = [orjson.dumps(variables).decode() for variables in own]
        request: dict[str, Any] = {
            "FromEmailAddress": f"{display_name(envelope.sender)} <{self._from}>",
            "ConfigurationSetName": self._set,
            "DefaultEmailTags": [{"Name": name, "Value": value} for name, value in envelope.tags.items()],
            # Where an entry lacks a variable SES takes it from here; ours lack none.
            "DefaultContent": {
                "Template": {
                    "TemplateContent": {"Subject": template.subject, "Text": template.text, "Html": template.html},
                    "TemplateData": data[0],
                }
            },
            "BulkEmailEntries": [
                {
                    "Destination": {"ToAddresses": [to]},
                    "ReplacementEmailContent": {"ReplacementTemplate": {"ReplacementTemplateData": values}},
                }
                for (to, _), values in zip(mails, data, strict=True)
            ],
        }
        if envelope.logo:
            request["DefaultContent"]["Template"]["Attachments"] = [_inline(envelope.logo)]
        if envelope.reply_to:
            request["ReplyToAddresses"] = [envelope.reply_to]
        try:
            answer = self._client.send_bulk_email(**request)
        except (ClientError, BotoCoreError) as error:
            _translate(error, self._from)
        # In the order of the mails. Silence is no "no": of a mail without an entry nobody knows whether SES took it.
        entries = (answer.get("BulkEmailEntryResults") or [])[: len(mails)]
        results = [_result(entry, self._from) for entry in entries]
        refused = next((entry for entry, result in zip(entries, results, strict=True) if result.waits == "sender"), None)
        if refused:
            log.error(SENDER_REFUSED, refused["Status"])
        self._sent += sum(result.sent for result in results)
        return results + [_UNSURE] * (len(mails) - len(results))


def _inline(logo: Logo) -> dict[str, Any]:
    """A picture inside the mail, which the HTML names as ``cid:``."""
    return {
        "FileName": FILE_NAME,
        "ContentType": "image/png",
        "ContentDisposition": "INLINE",
        "ContentId": CONTENT_ID,
        "ContentTransferEncoding": "BASE64",
        "RawContent": logo.png,
    }


def _result(entry: Mapping[str, str], sender: str) -> Result:
    status = entry.get("Status")
    if not status:
        return _UNSURE
    if status == "SUCCESS":
        return _SENT
    if status in _AGAIN:
        return _LATER
    if status == "MESSAGE_REJECTED" and _is_unverified(sender, entry.get("Error", "")):
        return Result(waits="sender")
    return Result(waits=_WAITS[status]) if status in _WAITS else Result(failure=_FAILURE.get(status, "not_sent"))


def _translate(error: ClientError | BotoCoreError, sender: str) -> NoReturn:
    """SES's messages can name addresses, so what we raise has its code only."""
    if not isinstance(error, ClientError):
        if isinstance(error, (ConnectTimeoutError, EndpointConnectionError)):
            raise TryLater("The mail service cannot be reached.") from None
        raise Unsure("The mail service did not answer.") from None
    code, message = code_of(error), str(error.response.get("Error", {}).get("Message", ""))
    if code in _SENDER or (code == "MessageRejected" and _is_unverified(sender, message)):
        _wait_for_the_operator(code)
    if code in _REFUSED:
        raise Refused(code) from None
    if code in _SLOW:
        if "daily" in message.lower():  # the code is the same for both
            raise MustWait("quota", seconds=_WAIT) from None
        raise Slow(code) from None
    if code in _PAUSED:
        raise MustWait("paused", seconds=_WAIT) from None
    failed = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= _THEIR_FAULT
    raise (Unsure if failed else TryLater)(f"The mail service answered {code}.") from None


def _is_unverified(sender: str, message: str) -> bool:
    """Whether SES refused a mail for its sender, which it says in words only: it refuses readers in the sandbox in the same."""
    return "not verified" in message and sender in message


def _wait_for_the_operator(code: str) -> NoReturn:
    """Nobody's mail can go out until somebody mends what SES refuses: an alarm rings on the line, and the mails wait."""
    log.error(SENDER_REFUSED, code)
    raise MustWait("sender", seconds=_WAIT) from None
