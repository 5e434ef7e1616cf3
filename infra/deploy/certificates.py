"""The certificate of a custom domain: CloudFront takes it from us-east-1 only, wherever the rest stands."""

from typing import Any

from infra.deploy.cloud import Cloud
from infra.deploy.environment import Environment
from infra.deploy.findings import Finding, fine, stop

US_EAST_1 = "us-east-1"
_REQUEST = "aws acm request-certificate --region us-east-1 --validation-method DNS --domain-name {domain}"


def check_certificate(cloud: Cloud, environment: Environment) -> list[Finding]:
    """Is there an issued certificate for the domain? No domain needs none."""
    if not environment.domain:
        return [fine("No domain of your own: the site gets a name of CloudFront's")]
    acm = cloud.client("acm", US_EAST_1)
    arn = environment.certificate or find_certificate(acm, environment.domain)
    if not arn:
        return [
            stop(
                f"There is no certificate for {environment.domain} in us-east-1.",
                f"Ask for one, and run this again, which prints its DNS record: {_REQUEST.format(domain=environment.domain)}",
            )
        ]
    certificate = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    if not covers(certificate, environment.domain):
        return [
            stop(
                f"The certificate {arn} is not for {environment.domain}.",
                "Say another in the environment's file, or none: it is looked up.",
            )
        ]
    if certificate["Status"] != "ISSUED":
        return [
            stop(
                f"The certificate for {environment.domain} is {certificate['Status'].lower().replace('_', ' ')}.",
                _record(certificate),
            )
        ]
    return [fine(f"Certificate for {environment.domain}")]


def find_certificate(acm: Any, domain: str) -> str:
    """The ARN of the best certificate that covers the domain: issued before waiting; empty for none."""
    pages = acm.get_paginator("list_certificates").paginate(CertificateStatuses=["ISSUED", "PENDING_VALIDATION"])
    found = [
        (each.get("Status") == "ISSUED", each["CertificateArn"])
        for page in pages
        for each in page["CertificateSummaryList"]
        if covers(each, domain)
    ]
    return max(found, default=(False, ""))[1]


def covers(certificate: dict[str, Any], domain: str) -> bool:
    """Is this certificate valid for the domain, by its name or by one star in front?"""
    names = {
        certificate.get("DomainName", ""),
        *certificate.get("SubjectAlternativeNames", ()),
        *certificate.get("SubjectAlternativeNameSummaries", ()),
    }
    return bool(names & {domain, "*." + domain.partition(".")[2]})


def _record(certificate: dict[str, Any]) -> str:
    records = [
        option["ResourceRecord"] for option in certificate.get("DomainValidationOptions", ()) if "ResourceRecord" in option
    ]
    if not records:
        return "AWS has not said its DNS record yet: run this again in a minute."
    lines = (f"{record['Name']} {record['Type']} {record['Value']}" for record in records)
    return "Make this DNS record, wait until AWS has seen it, and run this again: " + "; ".join(lines)
