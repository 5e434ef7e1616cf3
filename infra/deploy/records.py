"""The DNS records that the sender's domain and the site's need: found out, and printed as a table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.deploy.environment import Environment


@dataclass(frozen=True)
class Record:
    """One record, and what happens without it."""

    why: str
    kind: str
    name: str
    value: str


def make_records(environment: Environment, identity: Mapping[str, Any] | None, distribution: str) -> list[Record]:
    """All records in the order in which they matter; `identity` is what SES says of the sender's identity."""
    domain = environment.identity.rpartition("@")[2]
    tokens = ((identity or {}).get("DkimAttributes") or {}).get("Tokens") or []
    records = [Record("DKIM", "CNAME", f"{token}._domainkey.{domain}", f"{token}.dkim.amazonses.com") for token in tokens]
    if envelope := _envelope(environment, identity):
        records.append(Record("MAIL FROM", "MX", envelope, f"10 feedback-smtp.{environment.region}.amazonses.com"))
        records.append(Record("SPF", "TXT", envelope, '"v=spf1 include:amazonses.com ~all"'))
    records.append(Record("DMARC", "TXT", f"_dmarc.{domain}", '"v=DMARC1; p=none;"'))
    if environment.domain:
        records.append(Record("the site", "CNAME", environment.domain, distribution))
    return records


def remarks(environment: Environment, identity: Mapping[str, Any] | None) -> list[str]:
    """What the table cannot say."""
    said = [
        "DMARC: only where the domain has no such record yet; p=none asks for nothing but is what large providers want to see."
    ]
    if environment.domain:
        said.append(
            "The site: at the top of a domain a CNAME is not allowed; make an ALIAS (Route 53: an alias to the distribution)."
        )
    if "@" in environment.identity:
        said.append(f"{environment.identity} is an address: SES mails it a link to follow, and signs with no DKIM of yours.")
    elif not ((identity or {}).get("DkimAttributes") or {}).get("Tokens"):
        said.append(f"DKIM: SES has not handed out its three records for {environment.identity} yet; `make verify` prints them.")
    if environment.envelope_domain and not _envelope(environment, identity):
        said.append(
            f"MAIL FROM: {environment.identity} was in SES before Latchkey and is left as it is. To set it: aws sesv2 "
            f"put-email-identity-mail-from-attributes --email-identity {environment.identity} "
            f"--mail-from-domain {environment.envelope_domain} --region {environment.region}"
        )
    return said


def table(records: Iterable[Record]) -> str:
    """The records, aligned for a terminal."""
    rows = [("for", "type", "name", "value"), *((each.why, each.kind, each.name, each.value) for each in records)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        "  " + "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]) for row in rows
    )


def _envelope(environment: Environment, identity: Mapping[str, Any] | None) -> str:
    """The MAIL FROM domain that SES has, or will have once the deploy has made the identity."""
    if identity is None:
        return environment.envelope_domain
    return str((identity.get("MailFromAttributes") or {}).get("MailFromDomain", ""))
