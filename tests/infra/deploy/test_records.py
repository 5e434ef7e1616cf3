"""The DNS records that somebody has to make, as SES and CloudFront want them."""

from typing import Any

from infra.deploy.environment import Environment, make
from infra.deploy.records import Record, make_records, remarks, table

IDENTITY = {
    "DkimAttributes": {"Tokens": ["aaa", "bbb", "ccc"]},
    "MailFromAttributes": {"MailFromDomain": "bounce.school.example"},
}


def environment(**said: Any) -> Environment:
    return make("prod", {"region": "eu-west-2", "mail_from": "a@school.example", "alarm_email": "", "domain": "", **said})


def test_all_of_them() -> None:
    records = make_records(environment(domain="accounts.school.example"), IDENTITY, "d111.cloudfront.net")
    assert records == [
        *(Record("DKIM", "CNAME", f"{x}._domainkey.school.example", f"{x}.dkim.amazonses.com") for x in ("aaa", "bbb", "ccc")),
        Record("MAIL FROM", "MX", "bounce.school.example", "10 feedback-smtp.eu-west-2.amazonses.com"),
        Record("SPF", "TXT", "bounce.school.example", '"v=spf1 include:amazonses.com ~all"'),
        Record("DMARC", "TXT", "_dmarc.school.example", '"v=DMARC1; p=none;"'),
        Record("the site", "CNAME", "accounts.school.example", "d111.cloudfront.net"),
    ]


def test_without_a_domain_the_site_needs_none() -> None:
    assert "the site" not in {each.why for each in make_records(environment(), IDENTITY, "d111.cloudfront.net")}


def test_an_identity_that_was_there_before_keeps_its_envelope() -> None:
    """Printing an MX record that SES does not use would help nobody; the command that sets it does."""
    theirs = {"DkimAttributes": IDENTITY["DkimAttributes"], "MailFromAttributes": {"BehaviorOnMxFailure": "USE_DEFAULT_VALUE"}}
    assert {"MX", "TXT"} & {each.kind for each in make_records(environment(), theirs, "")} == {"TXT"}
    said = "\n".join(remarks(environment(), theirs))
    assert "--email-identity school.example --mail-from-domain bounce.school.example --region eu-west-2" in said


def test_tokens_that_ses_has_not_handed_out_are_missed() -> None:
    assert "make verify" in "\n".join(remarks(environment(), {"MailFromAttributes": IDENTITY["MailFromAttributes"]}))
    assert "make verify" not in "\n".join(remarks(environment(), IDENTITY))


def test_an_address_has_a_link_to_follow_instead_of_dkim() -> None:
    said = "\n".join(remarks(environment(mail_identity="a@school.example"), {}))
    assert "a@school.example is an address" in said
    assert "DKIM: SES" not in said


def test_the_table_is_aligned() -> None:
    lines = table([Record("SPF", "TXT", "bounce.school.example", '"v"'), Record("DKIM", "CNAME", "a", "b")]).splitlines()
    assert lines == [
        "  for   type   name                   value",
        '  SPF   TXT    bounce.school.example  "v"',
        "  DKIM  CNAME  a                      b",
    ]
