"""Whose fault a refused mail is, by texts that mail servers send."""

from typing import Any

import pytest

from latchkey.sends.model.refusals import FAULT_REASONS, FAULTS, fault_of, reason_of, reason_of_delay, shown

FOR_A_GROUP = (
    "smtp;550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed "
    "because the sender was not authenticated when sending to this group"
)
DMARC = "smtp; 550 5.7.509 Access denied, sending domain [x.example] fails DMARC verification and has a DMARC policy of reject."
RESTRICTED = (
    "smtp; 550-5.7.1 The user or domain that you are sending to (or from) has a policy that prohibited the mail that you sent. "
    "Please contact your domain administrator for further details. 550 5.7.1 - gsmtp"
)
UNSIGNED = (
    "smtp; 550-5.7.26 Your email has been blocked because the sender is unauthenticated. 550-5.7.26 Gmail requires all senders "
    "to authenticate with either SPF or DKIM. 550 5.7.26 DKIM = did not pass - gsmtp"
)
TEXTS = [
    # The reader's address
    ("5.1.1", "smtp; 550 5.1.1 user unknown", "hard"),
    ("5.1.1", "smtp; 550-5.1.1 The email account that you tried to reach does not exist. - gsmtp", "hard"),
    ("5.1.10", "smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", "hard"),
    ("5.1.2", "smtp; 550 5.1.2 Bad destination system address", "hard"),
    ("5.2.1", "smtp; 550-5.2.1 The email account that you tried to reach is inactive. - gsmtp", "hard"),
    ("5.4.1", "smtp; 550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", "hard"),
    ("5.4.1", "smtp; 550 5.4.1 All recipient addresses rejected : Access denied", "hard"),
    ("5.7.504", "smtp; 550 5.7.504 [ann@x.example]: Recipient address rejected: Access denied", "hard"),
    ("5.0.0", "smtp; 550 No such user here", "hard"),
    # The receiver's filter
    ("5.7.1", RESTRICTED, "hard_filter"),
    ("5.7.1", "smtp; 550 5.7.1 This message violates example.com email policy. - gcdp q1 - gsmtp", "hard_filter"),
    ("5.7.1", "smtp; 550 5.7.1 Delivery not authorized, message refused", "hard_filter"),
    ("5.7.0", "smtp; 554 5.7.0 Rejected", "hard_filter"),
    ("5.7.12", "smtp; 550 5.7.12 Sender was not authenticated by organization", "hard_filter"),
    ("5.7.124", "smtp; 550 5.7.124 Sender not in allowed-senders list", "hard_filter"),
    ("5.7.133", FOR_A_GROUP, "hard_filter"),
    ("5.7.134", "smtp; 550 5.7.134 RESOLVER.RST.SenderNotAuthenticatedForMailbox", "hard_filter"),
    ("5.7.507", "smtp; 550 5.7.507 Access denied, rejected by recipient", "hard_filter"),
    ("5.7.513", "smtp; 550 5.7.513 Service unavailable, Client host [192.0.2.1] blocked by x.example", "hard_filter"),
    ("4.7.0", "smtp; 421 4.7.0 IP not in whitelist for RCPT domain, closing connection. - gsmtp", "soft_filter"),
    ("5.0.0", "smtp; 550 External senders are prohibited", "hard_filter"),
    # Ours
    ("5.7.26", UNSIGNED, "hard_ours"),
    ("5.7.20", "smtp; 550 5.7.20 No passing DKIM signature found", "hard_ours"),
    ("5.7.23", "smtp; 550 5.7.23 The message was rejected because of Sender Policy Framework violation", "hard_ours"),
    ("5.7.25", "smtp; 550 5.7.25 Access denied, the sending IPv6 address must have a reverse DNS record", "hard_ours"),
    ("5.7.27", "smtp; 550 5.7.27 Sender address has null MX", "hard_ours"),
    ("5.7.509", DMARC, "hard_ours"),
    (
        "5.7.515",
        "smtp; 550 5.7.515 Access denied, sending domain x.example does not meet the required authentication level.",
        "hard_ours",
    ),
    ("5.7.1", "smtp; 550 5.7.1 Email rejected per DMARC policy for example.org", "hard_ours"),
    (
        "5.7.1",
        "smtp; 550-5.7.1 Unauthenticated email from x.example is not accepted due to domain's DMARC policy. - gsmtp",
        "hard_ours",
    ),
    ("5.7.1", "smtp; 553-SPF (Sender Policy Framework) domain authentication fail. (#5.7.1)", "hard_ours"),
    ("5.7.1", "smtp; 550-5.7.1 [192.0.2.22] likely suspicious due to the very low reputation of the sending IP", "hard_ours"),
    ("5.1.0", "smtp; 550 5.1.0 192.0.2.1 is not allowed to send from <example.jp> per it's SPF Record.", "hard_ours"),
    ("5.1.8", "smtp; 553 5.1.8 Domain of sender address does not exist", "hard_ours"),
    ("5.7.606", "smtp; 550 5.7.606 Access denied, banned sending IP [192.0.2.1]", "hard_ours"),
    ("4.7.26", "smtp; 421-4.7.26 This mail has been rate limited because it is unauthenticated. - gsmtp", "soft_ours"),
    ("4.7.27", "smtp; 421-4.7.27 Your email has been rate limited because SPF did not pass. - gsmtp", "soft_ours"),
    (
        "4.7.650",
        "smtp; 451 4.7.650 The mail server [192.0.2.1] was rate limited due to IP reputation.",
        "soft_ours",
    ),
    ("4.4.7", "smtp; 550 4.4.7 Message expired: unable to deliver in 840 minutes.<421 4.7.26 unauthenticated>", "soft_ours"),
    # Nobody's, and for now
    ("4.2.2", "smtp; 452 4.2.2 The email account that you tried to reach is over quota.", "soft_mailbox_full"),
    ("5.2.2", "smtp; 552 5.2.2 The email account that you tried to reach is over quota.", "soft_mailbox_full"),
    ("5.2.1", "smtp; 550-5.2.1 The user you are trying to contact is receiving mail at a rate that prevents more", "soft"),
    ("4.4.7", "smtp; 550 4.4.7 Message expired: unable to deliver in 840 minutes.<421 4.4.0 Unable to lookup DNS>", "soft"),
    ("4.7.1", "smtp; 450 4.7.1 Greylisted, try again later", "soft"),
    ("5.6.0", "smtp; 554 5.6.0 Message contains bad content", "soft_content"),
    ("5.3.4", "smtp; 552 5.3.4 Message size exceeds fixed limit", "soft_content"),
    ("5.5.2", "smtp; 501 5.5.2 Syntax error", "soft"),
]


@pytest.mark.parametrize(("status", "text", "reason"), TEXTS)
def test_what_servers_say_is_whose_fault(status: str, text: str, reason: str) -> None:
    assert reason_of("Permanent", "General", status, text) == reason


@pytest.mark.parametrize(("status", "text", "reason"), TEXTS)
def test_the_code_of_the_text_is_enough(status: str, text: str, reason: str) -> None:
    assert reason_of("Permanent", "General", None, text) == reason


@pytest.mark.parametrize(
    ("status", "text", "reason"),
    [
        ("5.7.1", None, "hard_filter"),
        ("5.7.26", "", "hard_ours"),
        ("5.1.1", "smtp; 550 mailbox unavailable", "hard"),
        ("", "smtp; 550 5.7.26 x", "hard_ours"),
        ("5.0.0", "smtp; 550 5.7.1 refused", "hard_filter"),  # SES's status may be vaguer than the server's own
        ("5.7.1", "smtp; 550 5.0.0 refused", "hard_filter"),  # and the other way round
        ("5.1.1", "smtp; 550 5.7.1 refused", "hard_filter"),  # the server's own words before what was made of them
        ("5.1.1", "smtp; 450 5.1.1 user unknown", "soft"),  # the basic code disagrees: nobody is blamed for good
        ("5.1.1", "smtp; 550 4.1.1 user unknown", "soft"),
        ("5.7.1", "smtp; 421 5.7.1 refused by policy", "soft_filter"),
        (None, None, "hard"),
        (7, ["x"], "hard"),
        ("5.7.1.1", "", "hard"),
        ("", "smtp; 550 host 192.0.5.7 said no, Exim 4.94.2", "hard"),  # neither an address nor a version is a code
        ("", "smtp; 550 relay 5.7.1.9 said no", "hard"),
        ("", "smtp; 550 https://spf.example/dmarc-help", "hard_ours"),
    ],
)
def test_codes_that_are_missing_vague_or_disagree(status: Any, text: Any, reason: str) -> None:
    assert reason_of("Permanent", "General", status, text) == reason


@pytest.mark.parametrize(
    ("kind", "sub_type", "reason"),
    [
        ("Permanent", "General", "hard"),
        ("Permanent", "NoEmail", "hard_no_mailbox"),
        ("Permanent", "Suppressed", "hard_suppressed"),
        ("Permanent", "SomethingNew", "hard"),
        ("Transient", "General", "soft"),
        ("Transient", "MailboxFull", "soft_mailbox_full"),
        ("Transient", "ContentRejected", "soft_content"),
        ("Undetermined", "Undetermined", "soft_undetermined"),
        ("Perhaps", None, "soft_undetermined"),
        ([], {}, "soft_undetermined"),
    ],
)
def test_without_words_and_with_a_dead_address_the_label_decides(kind: Any, sub_type: Any, reason: str) -> None:
    assert reason_of(kind, sub_type, "", "") == reason
    assert reason_of(kind, sub_type, "5.1.1", "smtp; 550 5.1.1 user unknown") == reason, "soft stays soft"


@pytest.mark.parametrize("kind", ["Transient", "Undetermined", None])
def test_a_filter_and_our_fault_do_not_hang_on_the_label(kind: Any) -> None:
    assert reason_of(kind, "General", "5.7.1", RESTRICTED) == "hard_filter"
    assert reason_of(kind, "General", "5.7.26", UNSIGNED) == "hard_ours"


@pytest.mark.parametrize(
    ("status", "text", "reason"),
    [
        ("4.4.1", "smtp; 421 4.4.1 Unable to connect", "delay"),
        ("4.2.2", "smtp; 452 4.2.2 over quota", "delay"),
        ("4.7.26", "smtp; 421-4.7.26 rate limited because it is unauthenticated", "delay_ours"),
        (None, "smtp; 421 4.7.0 IP not in whitelist for RCPT domain", "delay_filter"),
        (None, None, "delay"),
    ],
)
def test_a_mail_that_is_tried_again_says_whose_fault_it_is_too(status: Any, text: Any, reason: str) -> None:
    assert reason_of_delay("delay", status, text) == reason


@pytest.mark.parametrize("sub_type", ["Suppressed", "OnAccountSuppressionList"])
def test_what_ses_says_for_itself_is_no_servers_word(sub_type: str) -> None:
    assert reason_of("Permanent", sub_type, "5.7.1", "smtp; 550 5.7.1 DMARC") == "hard_suppressed"


@pytest.mark.parametrize("piece", ["5.7.1", "5.7.", "550 ", "user ", "policy ", "<", "\0", "polic polic ", "address "])
def test_hostile_texts_are_read_at_their_beginning_only(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    reason_of("Permanent", "General", text, text)
    late = "x" * 100_000 + " 550 5.7.26 DMARC"
    assert reason_of("Permanent", "General", "5.1.1", late) == "hard"


def test_old_items_keep_their_meaning() -> None:
    assert {fault_of(old) for old in ("hard", "hard_no_mailbox", "hard_suppressed")} == {"dead_address"}
    nobodys = ("soft", "soft_mailbox_full", "soft_content", "soft_undetermined", "delay", "rejected", "bounced_before", "", None)
    assert {fault_of(old) for old in nobodys} == {None}
    assert [shown(each) for each in ("hard_no_mailbox", "soft_filter", "hard_ours", "soft", None)] == [
        "dead_address",
        "school_filter",
        "our_fault",
        "soft",
        None,
    ]


def test_each_fault_has_words() -> None:
    assert set(FAULT_REASONS) == set(FAULTS)
