"""Which stack a command is for.

--env names an environment that `make deploy` knows, or local. Without it the usual credentials and region count (AWS_PROFILE,
AWS_DEFAULT_REGION), and --stack names the stack; with --local, and where there is no region, the local stack of
.local/stack.json is meant.
"""

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import boto3

from infra.deploy import environment
from infra.local.files import read_json
from infra.local.settings import STACK_NAME, read_settings
from infra.local.trouble import Trouble
from infra.operator.invoke import operate

Ask = Callable[[Mapping[str, Any]], dict[str, Any]]
"""What makes one call of the function and gives its answer; ``Trouble`` where there is none, or it is a refusal."""


def options() -> argparse.ArgumentParser:
    """The options that name a stack, for every command."""
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--stack", help=f"name of the CloudFormation stack ({STACK_NAME})")
    where.add_argument("--env", metavar="NAME", help="the environment of infra/environments/NAME.toml, or local")
    where.add_argument("--environments", type=Path, default=environment.FOLDER, help=argparse.SUPPRESS)
    where.add_argument("--local", action="store_true", help="the local stack instead of AWS")
    return where


def asker(said: argparse.Namespace) -> Ask:
    """What asks the stack that the options name."""
    session, endpoint_url, stack = _session(said)
    name = said.stack or stack
    return lambda event: operate(session, name, event, endpoint_url)


def local_session(stack_file: Path) -> tuple[boto3.Session, str | None, str]:
    """The session, endpoint and stack name of a local stack that is up."""
    known = read_json(stack_file)
    if not known:
        raise Trouble(f"No local stack is up ({stack_file} is missing); start it with `make up`.")
    aws = known["aws"]
    session = boto3.Session(
        aws_access_key_id=aws["aws_access_key_id"],
        aws_secret_access_key=aws["aws_secret_access_key"],
        region_name=aws["region"],
    )
    return session, aws["endpoint_url"], aws["stack"]


def environment_session(name: str, folder: Path) -> tuple[boto3.Session, str | None, str]:
    """The session, endpoint and stack name of an environment that was deployed with `make deploy ENV=<name>`."""
    from infra.local import deploy  # only here: whoever operates a stack on AWS needs nothing of it

    if name == environment.LOCAL:
        settings = read_settings(os.environ)
        return deploy.root_session(), settings.aws_url, STACK_NAME
    said = environment.read(name, folder)
    if "region" not in said:
        raise Trouble(f"There is no environment {name!r} yet; `make deploy ENV={name}` makes it.")
    return boto3.Session(region_name=said["region"]), None, environment.stack_name(name, said.get("stack", ""))


def _session(said: argparse.Namespace) -> tuple[boto3.Session, str | None, str]:
    if said.env:
        return environment_session(said.env, said.environments)
    if said.local:
        return local_session(read_settings(os.environ).stack_file)
    usual = boto3.Session()
    if usual.region_name:
        return usual, None, STACK_NAME
    return _on_this_machine(read_settings(os.environ).stack_file)


def _on_this_machine(stack_file: Path) -> tuple[boto3.Session, str | None, str]:
    """Without a region no stack on AWS can be meant: the local one is, if it is up, and that is said."""
    if not stack_file.exists():
        raise Trouble(
            "Nothing says which stack this is for. On this machine: start it with `make up` or `make run`, then the same command "
            "again. On AWS: say the environment, such as ENV=prod."
        )
    print(f"For the local stack ({stack_file}); one on AWS is named by ENV=<name>.", file=sys.stderr)
    return local_session(stack_file)
