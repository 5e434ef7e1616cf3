"""`make deploy ENV=<name>`, `make deploy ENV=<name> PLAN=1`, `make verify ENV=<name>`; see docs/deploy.md.

Exit codes: 0 done; 1 something is in the way, said in plain words; 2 the environment's file lacks lines, all of them listed.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy import building, environment, questions, tools
from infra.deploy.changes import take_changes
from infra.deploy.checks import check_account
from infra.deploy.cloud import Cloud, aws
from infra.deploy.environment import FOLDER, LOCAL, Environment
from infra.deploy.findings import tell
from infra.deploy.stack import Stack
from infra.deploy.verify import verify
from infra.deploy.walking import deploy, parameters_for, report, site_of
from infra.local.progress import Progress
from infra.local.settings import PROJECT
from infra.local.trouble import Trouble


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and answer its exit code."""
    options = _options(arguments)
    try:
        return _run(options)
    except questions.Missing as missing:
        print(missing, file=sys.stderr)
        return 2
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except (ClientError, BotoCoreError) as error:
        print(
            f"AWS refused: {' '.join(str(error).split())} Put that right and run it again: a deploy goes on from what stands.",
            file=sys.stderr,
        )
        return 1
    except (KeyboardInterrupt, EOFError):
        print("\nStopped. Answers given so far are kept; a deploy that CloudFormation has begun goes on there.", file=sys.stderr)
        return 130


def _run(options: argparse.Namespace) -> int:
    if not options.name:
        raise questions.Missing(_which(options.environments))
    if options.name == LOCAL:
        from infra.local.walk import walk  # the local cloud is nothing that a deploy to AWS needs

        if options.plan:
            raise Trouble("The local cloud is deployed to without a plan: what is in it can be made again.")
        return walk(verifying=options.verify)
    return _verify(options) if options.verify else _deploy(options)


def _deploy(options: argparse.Namespace) -> int:
    chosen = _read(options, asking=True)
    cloud, progress = aws(chosen.region), Progress()
    compiler = "" if options.built else tools.find_compiler()
    programs = [tools.check_sam(), *(() if options.built else (tools.check_compiler(compiler),))]
    if not tell("Checked first:", [*programs, *check_account(cloud, chosen)]):
        return 1
    chosen = _pin_account(options, cloud, chosen)
    log = PROJECT / ".local" / "logs" / f"deploy-{chosen.name}.log"
    stack = Stack(cloud, chosen.stack_name, log, chosen.bucket)
    template = options.built or building.build(compiler, log, progress)
    if options.plan:
        with progress.step("Ask CloudFormation what would change") as step:
            said = stack.deploy(template, parameters_for(stack, chosen, template, site_of(stack, chosen)), step.note, plan=True)
        print(take_changes(cloud, chosen.stack_name, said))
        return 0
    print(report(stack, chosen, deploy(stack, chosen, template, progress)))
    return 0


def _verify(options: argparse.Namespace) -> int:
    chosen = _read(options, asking=False)
    stack = Stack(aws(chosen.region), chosen.stack_name, Path(os.devnull))
    return 0 if tell(f"{chosen.name}:", verify(stack, chosen), "Not all is well") else 1


def _read(options: argparse.Namespace, *, asking: bool) -> Environment:
    name, folder = options.name, options.environments
    said = environment.read(name, folder)
    ask = input if asking and questions.can_answer(os.environ) else None
    return environment.make(name, questions.complete(name, said, ask=ask, folder=folder))


def _pin_account(options: argparse.Namespace, cloud: Cloud, chosen: Environment) -> Environment:
    """The file remembers the account of the first deploy, so that no later one goes to another by mistake."""
    if chosen.account:
        return chosen
    account = cloud.client("sts").get_caller_identity()["Account"]
    environment.write(chosen.name, {"account": account}, options.environments)
    return environment.make(chosen.name, environment.read(chosen.name, options.environments))


def _which(folder: Path) -> str:
    known = sorted(path.stem for path in folder.glob("*.toml"))
    return "Say where to: make deploy ENV=<name>, such as prod or trial. " + (
        f"There are: {', '.join([*known, LOCAL])}." if known else f"A new name asks a few questions; {LOCAL} is the local cloud."
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description="Deploy Latchkey; see docs/deploy.md.")
    parser.add_argument("name", nargs="?", default="", help="the environment: its file is infra/environments/NAME.toml")
    parser.add_argument("--plan", action="store_true", help="make the change set, print what it would change, and change nothing")
    parser.add_argument("--verify", action="store_true", help="look at what stands there instead")
    parser.add_argument("--built", type=Path, metavar="TEMPLATE", help="deploy this built template instead of building")
    parser.add_argument("--environments", type=Path, default=FOLDER, help="the folder of the files")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
