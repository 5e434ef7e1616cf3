"""Whose fault a refused mail is: the site that sends (ours), the receiver's filter, or the address.

The receiving server's enhanced status code decides, then what its text says, then SES's label. In doubt nobody is blamed for
good: an address counts as dead only if neither the codes nor SES call the refusal a passing one.

- RFC 3463 and the registry that keeps its codes (https://www.iana.org/assignments/smtp-enhanced-status-codes): X.1.1-X.1.6 and
  X.1.10 are about the reader's address, X.1.7 and X.1.8 about the sender's; X.2.1 is a mailbox that is switched off; X.7.1 is
  "delivery not authorized", "the result of per-host or per-recipient filtering"; X.7.20-X.7.30 are failed DKIM, SPF, DMARC, ARC,
  reverse DNS or TLS of the sender (RFC 7372, RFC 7505, RFC 8617, RFC 8689).
- Google (https://support.google.com/a/answer/3726730): "gcdp" in a text means a rule that the receiver's own admin has made;
  X.7.26-X.7.32 and X.7.40 are the sender's SPF, DKIM, DMARC, TLS or rate. Schools close pupils' mailboxes with "Restrict
  delivery" (https://support.google.com/a/answer/2640542): 5.7.1, "has a policy that prohibited the mail that you sent".
- Microsoft (https://learn.microsoft.com/exchange/troubleshoot/email-delivery/ndr/non-delivery-reports-in-exchange-online):
  5.7.12, 5.7.13, 5.7.57, 5.7.64, 5.7.124 and 5.7.133-5.7.136 refuse all who are outside; 5.7.507, 5.7.513 and 5.7.703 are lists
  of the receiver's admin; 5.7.504, 5.7.505 and "5.4.1 Recipient address rejected: Access denied" are recipients who do not exist;
  the other 5.7.5xx-5.7.7xx, and 4.7.500-4.7.699, are the sender's authentication, rate or reputation.
- SES (https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types): Permanent, Transient, Undetermined,
  with sub-types; a recipient's ``status`` and ``diagnosticCode`` are the receiving server's own, where it has said anything.

What the ledger stores begins with ``hard`` for a refusal for good, with ``soft`` for one for now, and with ``delay`` while SES
tries again. Items of older releases have ``hard``, ``hard_no_mailbox``, ``hard_suppressed``, ``soft...`` and ``delay...``: a dead
address and nobody's fault, as they meant then.
"""

import re
from collections.abc import Mapping
from typing import Final, Literal, get_args

Fault = Literal["our_fault", "school_filter", "dead_address"]
FAULTS: Final[tuple[Fault, ...]] = get_args(Fault)
FAULT_REASONS: Final[Mapping[str, str]] = {
    "our_fault": "the mail server does not trust this site as a sender; the people who run this site have to mend that",
    "school_filter": "the reader's mail filter lets no mail from this site through; the address may be right",
    "dead_address": "the address does not take mail",
}
"""Whose fault it is, as sentences about a mail."""
_STORED: Final[Mapping[str, Fault]] = {
    "hard": "dead_address",
    "hard_no_mailbox": "dead_address",
    "hard_suppressed": "dead_address",
    "hard_filter": "school_filter",
    "soft_filter": "school_filter",
    "hard_ours": "our_fault",
    "soft_ours": "our_fault",
    "delay_filter": "school_filter",
    "delay_ours": "our_fault",
}
_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "Permanent": {
        "": "hard",
        "NoEmail": "hard_no_mailbox",
        "Suppressed": "hard_suppressed",
        "OnAccountSuppressionList": "hard_suppressed",
    },
    "Transient": {
        "": "soft",
        "MailboxFull": "soft_mailbox_full",
        "MessageTooLarge": "soft_content",
        "ContentRejected": "soft_content",
        "AttachmentRejected": "soft_content",
    },
}
_UNDETERMINED: Final[Mapping[str, str]] = {"": "soft_undetermined"}

_LONGEST: Final = 2_000  # characters of a text that count: what comes after that is nobody's answer
_CODE: Final = re.compile(r"(?<![\w.])([245])\.([0-7])\.(\d{1,3})(?!\.?\d)", re.ASCII)
_BASIC: Final = re.compile(r"(?:^|[\s;<>:(])([45])\d\d(?=[\s#-])", re.ASCII)
_AUTHENTICATION: Final = re.compile(
    r"\b(?:dmarc|dkim|spf|unauthenticated)\b|authentication (?:information|checks|level)|sender policy framework", re.ASCII
)
_REPUTATION: Final = re.compile(
    r"reputation|unsolicited mail originating from|likely (?:unsolicited|suspicious)|banned send(?:er|ing)"
    r"|spamhaus|spamcop|barracudacentral|\b(?:rbl|dnsbl|blacklist(?:ed)?|blocklist(?:ed)?)\b|reverse dns|\bptr\b",
    re.ASCII,
)
_FILTER: Final = re.compile(
    r"\bpolicy\b|polic(?:y|ies) (?:that )?prohibit|not (?:authori[sz]ed|permitted|allowed|in (?:the )?(?:whitelist|allow))"
    r"|restricted|prohibited|outside (?:of )?(?:the|its|your) organi[sz]ation|external sender|allowed-senders|access denied"
    r"|administrative prohibition",
    re.ASCII,
)
_NOBODY: Final = re.compile(
    r"(?:user|recipient|mailbox|address|account)[^.;]{0,60}(?:unknown|not found|does not exist|is disabled|inactive)"
    r"|(?:unknown|no such|invalid) (?:user|recipient|mailbox|address|account|person)"
    r"|recipient address(?:es)? rejected|recipientnotfound",
    re.ASCII,
)
_TOO_FAST: Final = re.compile(r"receiving mail (?:at a rate|too quickly)", re.ASCII)
_Detail = tuple[int, int]  # subject and detail: 5.7.1 is (7, 1)
_EMPTY: Final = (4, 7)  # the sender's own "it took too long": what it was told stands behind it
_DEAD: Final = frozenset({(2, 1), (7, 17), (7, 18), (7, 504), (7, 505)})
_ABOUT_THE_MAIL: Final[Mapping[_Detail, str]] = {(2, 2): "soft_mailbox_full", (2, 3): "soft_content", (3, 4): "soft_content"}
_OF_THE_RECEIVER: Final = frozenset((7, detail) for detail in (2, 12, 13, 57, 64, 124, 133, 134, 135, 136, 507, 513, 703))
_OF_THE_SENDER: Final = frozenset({(1, 7), (1, 8), (1, 90), (7, 40)} | {(7, detail) for detail in range(20, 33)})

_KNOWN: Final[tuple[tuple[frozenset[_Detail], Fault], ...]] = (
    (_OF_THE_SENDER, "our_fault"),
    (_OF_THE_RECEIVER, "school_filter"),
    (_DEAD, "dead_address"),
)
_WORDS: Final[tuple[tuple[re.Pattern[str], Fault], ...]] = (
    (_AUTHENTICATION, "our_fault"),
    (_REPUTATION, "our_fault"),
    (_NOBODY, "dead_address"),
    (_FILTER, "school_filter"),
)


def reason_of(kind: object, sub_type: object, status: object, text: object) -> str:
    """The reason that the ledger keeps of a bounce: SES's type and sub-type, the recipient's status and diagnostic code.

    All of it is text from outside, of any type and length.
    """
    labels = _LABELS.get(kind, _UNDETERMINED) if isinstance(kind, str) else _UNDETERMINED
    label = labels.get(sub_type, labels[""]) if isinstance(sub_type, str) else labels[""]
    if label == "hard_suppressed":  # SES has not asked the server: the answer is its own
        return label
    said, codes = _read(status, text)
    fault = _fault(next(iter(codes), None), said)
    passing = _is_passing(said) or any(each == "4" for each, _ in codes)
    if fault == "dead_address" or fault is None:
        return _plain(label, codes[0][1] if codes else None, said, passing=passing)
    word = "filter" if fault == "school_filter" else "ours"
    return f"soft_{word}" if passing else f"hard_{word}"


def reason_of_delay(label: str, status: object, text: object) -> str:
    """The reason of a mail that SES tries again: whose fault that is, where it is a filter's or ours, else SES's own word."""
    said, codes = _read(status, text)
    fault = _fault(next(iter(codes), None), said)
    return {"school_filter": "delay_filter", "our_fault": "delay_ours"}.get(fault or "", label)


def fault_of(reason: str | None) -> Fault | None:
    """Whose fault a mail is in its state, from the reason that the ledger keeps; None: nobody's, or nobody knows."""
    return _STORED.get(reason or "")


def shown(reason: str | None) -> str | None:
    """The reason that lists, files and the API show: whose fault it is, where it is somebody's; else what the ledger keeps."""
    return fault_of(reason) or reason


def _read(status: object, text: object) -> tuple[str, list[tuple[str, _Detail]]]:
    """The beginning of a text in small letters, and the enhanced codes of both."""
    said = text[:_LONGEST].casefold() if isinstance(text, str) else ""
    return said, _codes(said, status.strip()[:20] if isinstance(status, str) else "")


def _is_passing(said: str) -> bool:
    """Whether the reply's basic code says that it may work later: where the two codes disagree, nobody is blamed for good."""
    found = _BASIC.search(said[:40])
    return found is not None and found.group(1) == "4"


def _codes(*texts: str) -> list[tuple[str, _Detail]]:
    """``(class, detail)`` of every enhanced code in these texts, those that say something first."""
    each_one = [each for text in texts for each in _CODE.finditer(text)]
    found = [(each.group(1), (int(each.group(2)), int(each.group(3)))) for each in each_one]
    return sorted(found, key=lambda each: each[1][0] == 0 or each[1][1] == 0 or each[1] == _EMPTY)


def _fault(code: tuple[str, _Detail] | None, said: str) -> Fault | None:
    if "gcdp" in said:
        return "school_filter"
    if code is not None and code[0] != "2":
        found = _by_code(*code[1], said, passing=code[0] == "4")
        if found is not None or code[1][0] not in {0, 3, 4}:  # which say nothing of the reader or the sender
            return found
    return _by_text(said)


def _by_code(subject: int, detail: int, said: str, *, passing: bool) -> Fault | None:
    code = (subject, detail)
    for some, found in _KNOWN:
        if code in some:
            return None if found == "dead_address" and _TOO_FAST.search(said) else found
    if subject == 1:
        return "our_fault" if _AUTHENTICATION.search(said) else "dead_address"
    if subject != 7:
        return None
    if 500 <= detail <= 799 or _AUTHENTICATION.search(said) or _REPUTATION.search(said):
        return "our_fault"
    # Greylisting and "try again later" are nobody's fault.
    return "school_filter" if not passing or _FILTER.search(said) else None


def _by_text(said: str) -> Fault | None:
    """Whose fault it is by the words alone, where there is no code or one that says nothing."""
    return next((found for words, found in _WORDS if words.search(said)), None)


def _plain(label: str, code: _Detail | None, said: str, *, passing: bool) -> str:
    """The reason of a bounce that is neither ours nor a filter's."""
    if code is not None and code in _ABOUT_THE_MAIL:
        return _ABOUT_THE_MAIL[code]
    if code is not None and code[0] in {5, 6}:  # the protocol, or what the mail looks like
        return "soft_content" if code[0] == 6 else "soft"
    if label.startswith("soft") or not (passing or _TOO_FAST.search(said)):
        return label
    return "soft"
