"""`make restore ENV=prod AT=2026-11-20T14:30:00Z [SCHOOL=slug] [OVERWRITE=1] [YES=1 | REMOVE=1]`; see docs/operate.md, Restore.

Exit codes: 0 done; 1 something is in the way, said in plain words.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy.cloud import Cloud
from infra.deploy.environment import FOLDER
from infra.deploy.findings import tell
from infra.local.progress import Progress
from infra.local.trouble import Trouble
from infra.operator import environment_session
from infra.restore.copies import LATEST, Copies, check_keys, choose_moment, read_moment
from infra.restore.put_back import Walk
from infra.restore.rules import TABLES


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and answer its exit code."""
    options = _options(arguments)
    try:
        return _run(options)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
    except (ClientError, BotoCoreError) as error:
        print(f"AWS refused: {' '.join(str(error).split())} Run the same again: it goes on where it stopped.", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped. Run the same again with the same AT: it goes on where it stopped.", file=sys.stderr)
    return 1


def _run(options: argparse.Namespace) -> int:
    if not options.name or not options.at:
        raise Trouble(f"Say where and of when: make restore ENV=prod AT=2026-11-20T14:30:00Z (UTC; {LATEST} for a drill).")
    session, endpoint, stack = environment_session(options.name, options.environments)
    return restore(Cloud(session, {}, endpoint), stack, options)


def restore(cloud: Cloud, stack: str, options: argparse.Namespace) -> int:
    """Make the copies where they are not there yet, check and compare; then put back, or delete the copies, as was asked."""
    outputs = _outputs(cloud, stack)
    live = {table: outputs[f"{table.title()}Table"] for table in TABLES}
    wanted = read_moment(options.at)
    if options.remove:
        if wanted is None:
            raise Trouble("Say of which moment the copies are to be deleted.")
        names = Copies(cloud, stack, live, wanted).remove()
        print("\n".join(["Deleted:", *names]) if names else "There are no copies of that moment.")
        return 0
    copies = _copies(cloud, stack, live, wanted)
    progress = Progress()
    with progress.step(f"Copies of the four tables as they were at {copies.at:%Y-%m-%dT%H:%M:%SZ}") as step:
        made = copies.make()
        step.outcome = f"{made} made" if made else "there already"
        copies.wait(step.note)
    if not tell("Checked:", [*copies.check(), *check_keys(cloud, outputs)]):
        return 1
    walk = Walk(copies, options.school, overwrite=options.overwrite)
    with progress.step("Compare them with the stack's tables") as step:
        found = walk.count(step.note)
    print("\n".join([f"{options.school or 'All schools'}:", *found.lines()]))
    if options.yes and found.writes:
        with progress.step("Put back") as step:
            done = walk.put_back(found, step.note)
            step.outcome = f"{done.writes:,} items"
    print(_next(options, copies, todo=bool(found.writes) and not options.yes))
    return 0


def _copies(cloud: Cloud, stack: str, live: dict[str, str], wanted: datetime | None) -> Copies:
    """The copies of that moment. Those that stand need no table that can still be restored to it."""
    if wanted is not None and (there := Copies(cloud, stack, live, wanted)).stand():
        return there
    return Copies(cloud, stack, live, choose_moment(cloud, live, wanted))


def _outputs(cloud: Cloud, stack: str) -> dict[str, str]:
    described = cloud.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def _next(options: argparse.Namespace, copies: Copies, *, todo: bool) -> str:
    same = f"make restore ENV={options.name} AT={copies.at:%Y-%m-%dT%H:%M:%SZ}"
    more = (f" SCHOOL={options.school}" if options.school else "") + (" OVERWRITE=1" if options.overwrite else "")
    lines = ["", "Nothing was changed. To put that back:", "", f"  {same}{more} YES=1"] if todo else ["", "Next:", ""]
    if not todo:
        lines += [
            f"  make school ENV={options.name} ARGS=pages   # the copies of schools' public pages",
            f"  make verify ENV={options.name}",
        ]
    return "\n".join([*lines, f"  {same} REMOVE=1   # at the end: deletes the copies", ""])


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.restore", description="Put back what was lost; see docs/operate.md.")
    parser.add_argument("name", nargs="?", default="", help="the environment: its file is infra/environments/NAME.toml")
    parser.add_argument("--at", default="", help=f"the moment, in UTC: 2026-11-20T14:30:00Z; or {LATEST}, for a drill")
    parser.add_argument("--school", default="", help="only this school, by its slug")
    parser.add_argument("--overwrite", action="store_true", help="set facts of people and schools that differ as they were, too")
    does = parser.add_mutually_exclusive_group()
    does.add_argument("--yes", action="store_true", help="do it; without it nothing of the stack is changed")
    does.add_argument("--remove", action="store_true", help="delete the copies of this moment")
    parser.add_argument("--environments", type=Path, default=FOLDER, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
