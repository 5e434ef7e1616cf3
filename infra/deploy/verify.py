"""`make verify ENV=<name>`: does what stands there work, and may it mail? Also the smoke test of a pipeline."""

from collections.abc import Callable

import httpx

from infra.deploy.checks import identity_in_ses
from infra.deploy.environment import Environment
from infra.deploy.findings import Finding, fine, note, stop
from infra.deploy.records import make_records, table
from infra.deploy.stack import STANDING, Stack
from infra.deploy.walking import site_of

Fetch = Callable[[str], httpx.Response]


def fetch(url: str) -> httpx.Response:
    """One GET; CloudFront needs some minutes after its first deploy, which is what a failure says."""
    return httpx.get(url, timeout=30, follow_redirects=False)


def verify(stack: Stack, environment: Environment, fetch: Fetch = fetch) -> list[Finding]:
    """Everything at once: the stack, the site, the way past CloudFront, the sender."""
    found = stack.find()
    if found is None or found["StackStatus"] not in STANDING:
        state = found["StackStatus"] if found else "not there"
        return [
            stop(f"The stack {stack.name} is {state}.", f"`make deploy ENV={environment.name}` says why, and goes on from there.")
        ]
    return [*_stack(stack, found["EnableTerminationProtection"]), *_site(stack, environment, fetch), *_mail(stack, environment)]


def _stack(stack: Stack, protected: bool) -> list[Finding]:
    policy = stack.cloud.client("cloudformation").get_stack_policy(StackName=stack.name).get("StackPolicyBody")
    if protected and policy:
        return [fine(f"The stack {stack.name} stands, protected from deletion and from replacing tables and keys")]
    return [note(f"The stack {stack.name} stands unprotected.", "The next deploy protects it again.")]


def _site(stack: Stack, environment: Environment, fetch: Fetch) -> list[Finding]:
    site, api = site_of(stack, environment), stack.outputs().get("ApiUrl", "")
    found = [_answers(f"{site}{path}", 200, fetch) for path in ("/health", "/")]
    if stack.cloud.endpoint_url is None:
        found.append(_answers(f"{api}/health", 403, fetch))
    return found


def _answers(url: str, status: int, fetch: Fetch) -> Finding:
    try:
        answer = fetch(url)
    except httpx.HTTPError as error:
        return stop(
            f"{url} does not answer: {error}", "CloudFront and DNS need some minutes after a first deploy; then try again."
        )
    if answer.status_code == status:
        return fine(f"{url} answers {status}" + (", as it should: only CloudFront gets in" if status == 403 else ""))
    return stop(
        f"{url} answers {answer.status_code} instead of {status}.",
        "The functions' logs say more (CloudWatch, the log groups of the stack).",
    )


def _mail(stack: Stack, environment: Environment) -> list[Finding]:
    ses = stack.cloud.client("sesv2")
    identity = identity_in_ses(ses, environment.identity)
    if identity is None:
        return [
            stop(
                f"SES does not know {environment.identity}: no mail can go out.",
                f"`make deploy ENV={environment.name}` makes it.",
            )
        ]
    records = make_records(environment, identity, stack.outputs().get("DistributionDomain", ""))
    if not identity.get("VerifiedForSendingStatus"):
        return [
            note(
                f"SES has not verified {environment.identity}; sends wait. These records have to stand in DNS:",
                "\n" + table(records),
            )
        ]
    found = [fine(f"SES has verified {environment.identity}")]
    envelope = (identity.get("MailFromAttributes") or {}).get("MailFromDomainStatus")
    if envelope not in {None, "SUCCESS"}:
        found.append(
            note(f"SES does not see the MX record of {environment.envelope_domain} yet: SPF speaks for Amazon until then.")
        )
    if not ses.get_account().get("ProductionAccessEnabled"):
        found.append(note("SES is in its sandbox: only verified addresses get mail.", "docs/deploy.md, A trial in the sandbox."))
    return found
