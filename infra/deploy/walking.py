"""The deploy itself, in order: clear the way, deploy, tell the site its own address, protect, report."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from infra.deploy.checks import identity_in_ses
from infra.deploy.environment import Environment
from infra.deploy.parameters import make_parameters
from infra.deploy.passkeys import check_passkeys
from infra.deploy.records import make_records, remarks, table
from infra.deploy.stack import Stack
from infra.deploy.template import read_template
from infra.local.progress import Progress
from infra.local.trouble import Trouble


@dataclass(frozen=True)
class Deployed:
    """What stands, by its own account."""

    origin: str
    outputs: dict[str, str]


def parameters_for(stack: Stack, environment: Environment, template: Path, origin: str) -> dict[str, str]:
    """The parameters of the next deploy; Trouble where they would make passkeys useless that nobody said may go."""
    made = make_parameters(stack.cloud, environment, read_template(template).defaults, stack.owned(), origin)
    check_passkeys(stack.find(), made)
    return made


def deploy(
    stack: Stack, environment: Environment, template: Path, progress: Progress, after: Callable[[], None] = lambda: None
) -> Deployed:
    """Bring the stack to what the environment's file and the built template say; `after` follows each change of the stack.

    Without a domain, the site's address is the name that CloudFront gives to the distribution, which exists only when the stack
    does. So the first deploy of all is followed by a second one, which tells the functions; every later one knows the name.
    """
    origin = site_of(stack, environment)
    with progress.step(f"Deploy the stack {stack.name}") as step:
        stack.clear_the_way(step.note)
        stack.deploy(template, parameters_for(stack, environment, template, origin), step.note)
        after()
    if not origin:
        origin = site_of(stack, environment)
        if not origin:
            raise Trouble(
                f"The stack {stack.name} stands, but gives out no DistributionDomain, so the site's address is not known."
            )
        with progress.step(f"Tell the site its address, {origin}") as step:
            stack.deploy(template, parameters_for(stack, environment, template, origin), step.note)
            after()
    stack.protect()
    return Deployed(origin, stack.outputs())


def site_of(stack: Stack, environment: Environment) -> str:
    """Where people reach the site: as the file says, or by the distribution's own name; empty before there is one."""
    if environment.origin or environment.domain:
        return environment.origin or f"https://{environment.domain}"
    name = stack.outputs().get("DistributionDomain", "")
    return f"https://{name}" if name else ""


def report(stack: Stack, environment: Environment, deployed: Deployed) -> str:
    """The addresses, the DNS records, and what to do next."""
    identity = identity_in_ses(stack.cloud.client("sesv2"), environment.identity)
    records = make_records(environment, identity, deployed.outputs.get("DistributionDomain", ""))
    school = 'school --slug northbridge --name "Northbridge Academy" --town Northbridge --postcode "NB1 2CD"'
    return "\n".join(
        [
            "",
            f"{environment.name} is deployed.",
            "",
            f"  The site      {deployed.origin}",
            f"  Behind it     {deployed.outputs.get('ApiUrl', '')} (answers CloudFront only)",
            f"  CloudFront    {deployed.outputs.get('DistributionDomain', '')}",
            f"  Mails from    {environment.mail_from}",
            f"  Alarms to     {environment.alarm_email or 'nobody by mail'}"
            + (" (follow the link in AWS's mail)" if environment.alarm_email else ""),
            "",
            "DNS records, for whoever keeps the domain's DNS:",
            "",
            table(records),
            "",
            *(f"  {each}" for each in remarks(environment, identity)),
            "",
            "Next:",
            "",
            f"  make school ENV={environment.name} ARGS='{school}'",
            f"  make verify ENV={environment.name}",
            "",
        ]
    )
