"""The operator's commands: make a school, invite its first admin, write the copies of pages. The same here and on AWS.

Each invokes the stack's OperateFunction by IAM; no URL reaches it. --env names where: an environment that `make deploy` knows,
or local. Without it the usual credentials and region count (AWS_PROFILE, AWS_DEFAULT_REGION), and --stack names the stack; with
--local the local stack of .local/stack.json is meant.

    python -m infra.operator school --slug northbridge --name "Northbridge Academy" --town Leeds --postcode "LS1 1AA"
    python -m infra.operator admin --school northbridge --email head@northbridge.example --given-name Ada --family-name King
    python -m infra.operator pages
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy import environment
from infra.local.files import read_json
from infra.local.settings import STACK_NAME, read_settings
from infra.local.trouble import Trouble

FUNCTION = "OperateFunction"


def operate(session: boto3.Session, stack: str, event: Mapping[str, Any], endpoint_url: str | None = None) -> dict[str, Any]:
    """Invoke the stack's operate function with {"command": ..., ...} and answer what it answers.

    Raises Trouble where the stack, the function or the right to invoke it is missing, or where the answer is a refusal.
    """
    try:
        name = _function_name(session, stack, endpoint_url)
        answer = session.client("lambda", endpoint_url=endpoint_url).invoke(FunctionName=name, Payload=json.dumps(event).encode())
    except (ClientError, BotoCoreError) as error:
        raise Trouble(f"The stack {stack!r} could not be asked: {error}") from error
    result = json.loads(answer["Payload"].read() or "null")
    if answer.get("FunctionError") or not isinstance(result, dict):
        raise Trouble(f"The function {name} failed; its log says why.")
    if not result.get("ok"):
        raise Trouble(result.get("error") or f"The function {name} refused without a reason; its log may say more.")
    return result


def _function_name(session: boto3.Session, stack: str, endpoint_url: str | None) -> str:
    formation = session.client("cloudformation", endpoint_url=endpoint_url)
    found = formation.describe_stacks(StackName=stack)["Stacks"][0]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}
    named = outputs.get(FUNCTION) or outputs.get(f"{FUNCTION}Name")
    if named:
        return str(named)
    resource = formation.describe_stack_resource(StackName=stack, LogicalResourceId=FUNCTION)
    return str(resource["StackResourceDetail"]["PhysicalResourceId"])


def make_school_event(school: Mapping[str, Any]) -> dict[str, Any]:
    """The event that makes a school: {"slug", "name", "town", "postcode", "urn", "settings"?}."""
    return {"command": "make_school", "school": dict(school)}


def invite_admin_event(school: str, email: str, given_name: str, family_name: str) -> dict[str, Any]:
    """The event that makes an admin of a school and mails them a password link."""
    return {
        "command": "invite_admin",
        "school": school,
        "email": email,
        "given_name": given_name,
        "family_name": family_name,
    }


def publish_pages(session: boto3.Session, stack: str, endpoint_url: str | None = None) -> dict[str, Any]:
    """Write the copy of every school's public page again: {"written", "failed"}. After each release, and whenever S3 was down."""
    written = failed = 0
    after: str | None = ""
    while after is not None:
        answer = operate(session, stack, {"command": "publish_pages", "after": after}, endpoint_url)
        written, failed, after = written + answer["written"], failed + answer["failed"], answer["next"]
    return {"written": written, "failed": failed}


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


def _where(options: argparse.Namespace) -> tuple[boto3.Session, str | None, str]:
    if options.env:
        return environment_session(options.env, options.environments)
    if options.local:
        return local_session(read_settings(os.environ).stack_file)
    return boto3.Session(), None, STACK_NAME


def _parser() -> argparse.ArgumentParser:
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--stack", help=f"name of the CloudFormation stack ({STACK_NAME})")
    where.add_argument("--env", metavar="NAME", help="the environment of infra/environments/NAME.toml, or local")
    where.add_argument("--environments", type=Path, default=environment.FOLDER, help=argparse.SUPPRESS)
    where.add_argument("--local", action="store_true", help="the local stack instead of AWS")
    parser = argparse.ArgumentParser(
        prog="python -m infra.operator", description="Make a school; invite its first admin; copy pages."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    school = commands.add_parser("school", parents=[where], help="make a school")
    for option, text in (
        ("slug", "its name in URLs: small letters, digits, hyphens"),
        ("name", "its full name"),
        ("town", "its town"),
        ("postcode", "its postcode"),
        ("urn", "its Unique Reference Number"),
    ):
        school.add_argument(f"--{option}", required=option in {"slug", "name"}, default="", help=text)
    school.add_argument("--settings-file", type=Path, help="JSON file with the school's settings")
    admin = commands.add_parser("admin", parents=[where], help="invite a school's first admin")
    for option in ("school", "email", "given-name", "family-name"):
        admin.add_argument(f"--{option}", required=True)
    commands.add_parser("pages", parents=[where], help="write the copies of all schools' public pages, after a release")
    return parser


def _event(options: argparse.Namespace) -> dict[str, Any]:
    if options.command == "admin":
        return invite_admin_event(options.school, options.email, options.given_name, options.family_name)
    names = ("slug", "name", "town", "postcode", "urn")
    school: dict[str, Any] = {name: getattr(options, name) for name in names if getattr(options, name)}
    if options.settings_file:
        try:
            school["settings"] = json.loads(options.settings_file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise Trouble(f"The settings file {options.settings_file} could not be read: {error}.") from error
    return make_school_event(school)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 when the function said yes."""
    options = _parser().parse_args(arguments)
    try:
        session, endpoint_url, stack = _where(options)
        stack = options.stack or stack
        if options.command == "pages":
            result = publish_pages(session, stack, endpoint_url)
        else:
            result = operate(session, stack, _event(options), endpoint_url)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    print(json.dumps({name: value for name, value in result.items() if name != "ok"}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
