"""SPF and DMARC as receivers read them."""

import pytest

from latchkey.preflight.model.records import Dmarc, dmarc_names, dmarc_of, is_aligned, lets_ses_send, organisation, spf_of


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("v=spf1 include:amazonses.com ~all", True),
        ("V=SPF1 -all", True),
        ("v=spf1", True),
        ("v=spf10 -all", False),
        ("v=spf2.0/pra -all", False),
        ("google-site-verification=v=spf1", False),
        ("", False),
    ],
)
def test_what_is_an_spf_record(text: str, is_one: bool) -> None:
    assert (spf_of([text]) == [text]) == is_one


@pytest.mark.parametrize(
    ("record", "lets"),
    [
        ("v=spf1 include:amazonses.com ~all", True),
        ("v=spf1 +include:AmazonSES.com. -all", True),
        ("v=spf1 redirect=amazonses.com", True),
        ("v=spf1 -include:amazonses.com all", False),
        ("v=spf1 include:notamazonses.com -all", False),
        ("v=spf1 -all", False),
    ],
)
def test_whether_a_record_lets_the_mail_service_send(record: str, lets: bool) -> None:
    assert lets_ses_send(record) == lets


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("v=DMARC1; p=none;", [Dmarc("none")]),
        ("v=DMARC1;p=REJECT; adkim=s; aspf=s", [Dmarc("reject", strict_dkim=True, strict_spf=True)]),
        ("v=DMARC1; p=quarantine; rua=mailto:a@b.example", [Dmarc("quarantine")]),
        ("v=DMARC1; p=nonsense", [Dmarc("none")]),
        ("v=DMARC1", [Dmarc("none")]),
        ("v=spf1 -all", []),
        ("p=reject", []),
        ("", []),
    ],
)
def test_what_a_dmarc_record_asks_for(text: str, found: list[Dmarc]) -> None:
    assert dmarc_of([text]) == found


def test_a_domain_below_goes_by_the_policy_for_subdomains() -> None:
    record = "v=DMARC1; p=reject; sp=none"
    assert dmarc_of([record])[0].policy == "reject"
    assert dmarc_of([record], below=True)[0].policy == "none"
    assert dmarc_of(["v=DMARC1; p=reject"], below=True)[0].policy == "reject"


@pytest.mark.parametrize(
    ("domain", "registered"),
    [
        ("mail.northbridge.kent.sch.uk", "northbridge.kent.sch.uk"),
        ("northbridge.kent.sch.uk", "northbridge.kent.sch.uk"),
        ("pupils.northbridge.ac.uk", "northbridge.ac.uk"),
        ("a.b.school.example", "school.example"),
        ("school.example", "school.example"),
        ("Example", "example"),
    ],
)
def test_the_registered_domain(domain: str, registered: str) -> None:
    assert organisation(domain) == registered


def test_where_a_record_is_looked_for() -> None:
    assert dmarc_names("mail.school.example") == ("_dmarc.mail.school.example", "_dmarc.school.example")
    assert dmarc_names("school.example") == ("_dmarc.school.example",)


def test_alignment_is_strict_only_where_it_is_asked_for() -> None:
    assert is_aligned("school.example", "mail.school.example")
    assert not is_aligned("school.example", "mail.school.example", strict=True)
    assert is_aligned("School.example", "school.example", strict=True)
    assert not is_aligned("school.example", "other.example")
    assert not is_aligned("school.example", "")
    assert not is_aligned("a.kent.sch.uk", "b.kent.sch.uk"), "two schools of one authority are two"
