"""What SES says of the account, of the sender and of the configuration set: read, and never changed.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html and its neighbours. What SES does not say is a fact
of its own (``Unseen``), so that no silence reads as "all is well".
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from latchkey.preflight.model.facts import Account, Configuration, Identity, Seen, Unseen
from latchkey.shared.stores.aws import Client, code_of

_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "AuthorizationError", "NotAuthorized", "OptInRequired"})
_MISSING: Final = frozenset({"NotFound", "NotFoundException"})
_Answer = Mapping[str, Any]


class MailService:
    """One account's SES."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def account(self) -> Seen[Account]:
        """What the account may send."""
        answer = asked(self._client.get_account)
        if answer is None or isinstance(answer, Unseen):
            return answer or Unseen("silent")
        quota = answer.get("SendQuota") or {}
        return Account(
            production=answer.get("ProductionAccessEnabled") is True,
            enabled=answer.get("SendingEnabled") is not False,
            enforcement=answer.get("EnforcementStatus") or "",
            a_day=int(quota.get("Max24HourSend", -1)),
            sent=int(quota.get("SentLast24Hours", 0)),
            each_second=float(quota.get("MaxSendRate", 1)),
        )

    def identity(self, name: str) -> Seen[Identity]:
        """What SES knows of a domain or an address."""
        if not name:
            return Unseen("unset")
        answer = asked(lambda: self._client.get_email_identity(EmailIdentity=name))
        if isinstance(answer, Unseen):
            return answer
        if answer is None:
            return Identity(known=False)
        dkim, envelope = answer.get("DkimAttributes") or {}, answer.get("MailFromAttributes") or {}
        return Identity(
            known=True,
            verified=answer.get("VerifiedForSendingStatus") is True,
            signs=dkim.get("SigningEnabled") is True,
            dkim=dkim.get("Status") or "",
            tokens=tuple(dkim.get("Tokens") or ()) if dkim.get("SigningAttributesOrigin", "AWS_SES") != "EXTERNAL" else (),
            mail_from=envelope.get("MailFromDomain") or "",
            mail_from_status=envelope.get("MailFromDomainStatus") or "",
            needs_mx=envelope.get("BehaviorOnMxFailure") == "REJECT_MESSAGE",
        )

    def configuration(self, name: str) -> Seen[Configuration]:
        """The configuration set with which mail goes, and what it tells."""
        if not name:
            return Unseen("unset")
        found = asked(lambda: self._client.get_configuration_set(ConfigurationSetName=name))
        if found is None or isinstance(found, Unseen):
            return found or Configuration(known=False)
        told = asked(lambda: self._client.get_configuration_set_event_destinations(ConfigurationSetName=name))
        if told is None or isinstance(told, Unseen):
            return told or Configuration(known=False)
        kinds = {
            kind for each in told.get("EventDestinations") or () if each.get("Enabled") for kind in each["MatchingEventTypes"]
        }
        return Configuration(
            known=True,
            sends=(found.get("SendingOptions") or {}).get("SendingEnabled") is not False,
            tells=tuple(sorted(kinds)),
            bans=tuple(sorted((found.get("SuppressionOptions") or {}).get("SuppressedReasons") or ())),
        )


def asked(call: Callable[[], _Answer]) -> _Answer | Unseen | None:
    """The answer of a service; None where what was asked for does not exist."""
    try:
        return call()
    except ClientError as error:
        code = code_of(error)
        return None if code in _MISSING else Unseen("denied" if code in _DENIED else "silent")
    except BotoCoreError:
        return Unseen("silent")
