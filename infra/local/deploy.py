"""`sam deploy` of the untouched template to MiniStack, skipped when nothing of it changed."""

import hashlib
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local import gaps
from infra.local.build import fingerprint
from infra.local.files import read_json, write_json
from infra.local.ministack import NAME, ROOT_KEY
from infra.local.processes import Processes
from infra.local.progress import Progress
from infra.local.settings import REGION, STACK_NAME, Settings
from infra.local.trouble import Trouble
from infra.local.waiting import find_tool, run_logged, why

_BUCKET = "latchkey-artefacts"
_STANDING = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}
# Nothing can be deployed over these; the stack has to go first.
_BROKEN = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED"}


@dataclass(frozen=True)
class Deployed:
    """What the stack says about itself: its outputs, and the path of the API inside MiniStack."""

    outputs: dict[str, str]
    api_path: str


def client(settings: Settings, service: str) -> Any:
    """A boto3 client for MiniStack as its root caller, untouched by the developer's AWS configuration."""
    retries = Config(retries={"total_max_attempts": 2}, connect_timeout=5)
    session: Any = root_session()  # the stubs know clients only by literal names
    return session.client(service, endpoint_url=settings.aws_url, config=retries)


def root_session() -> boto3.Session:
    """A session of MiniStack's root caller."""
    return boto3.Session(aws_access_key_id=ROOT_KEY, aws_secret_access_key=ROOT_KEY, region_name=REGION)


def origin_secret(settings: Settings) -> str:
    """The secret between the edge and the functions; made once for each stack."""
    file = settings.state / "origin-secret.json"
    known = read_json(file)
    if not isinstance(known, str):
        known = secrets.token_urlsafe(32)
        write_json(file, known)
    return known


def deploy(settings: Settings, processes: Processes, template: Path, progress: Progress) -> Deployed:
    """Deploy the built template unless exactly this stands already; raises Trouble with the reason of a failure."""
    parameters = {"Origin": settings.url, "OriginSecret": origin_secret(settings), "DeletionProtection": "false"}
    wanted = hashlib.sha256(json.dumps([fingerprint(template.parent), parameters]).encode()).hexdigest()
    record = Record(settings.state / "deployed.json")
    stack = _find_stack(settings)
    if stack is None or stack["StackStatus"] not in _STANDING or record.fingerprint(processes) != wanted:
        with progress.step("Deploy the template to MiniStack") as step:
            if stack is not None and stack["StackStatus"] in _BROKEN:
                step.note("removing the stack that an earlier deploy left half made")
                _delete_stack(settings)
            _ensure_bucket(settings)
            log = settings.logs / "deploy.log"
            code, last = run_logged(
                _command(template, parameters),
                environment=_environment(settings),
                folder=template.parent,
                log=log,
                note=step.note,
            )
            if code:
                raise Trouble(f"The deploy failed: {_reason(last)} The whole story is in {log}.")
            gaps.repair(lambda service: client(settings, service), STACK_NAME)
            record.write(wanted, processes)
        stack = _find_stack(settings)
    if stack is None:
        raise Trouble("The deploy said it succeeded, but MiniStack knows no such stack; run `make down` and try again.")
    return _describe(settings, stack)


class Record:
    """Which build stands in MiniStack, as far as it can be known.

    MiniStack saves its state only when it is stopped properly, so the record holds as long as the process that took
    the deploy lives, and after that only if it was stopped properly; after a crash, older state may have come back.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def write(self, deployed: str, processes: Processes) -> None:
        """Remember what was deployed just now."""
        write_json(self._file, {"fingerprint": deployed, "process": processes.identity(NAME), "saved": False})

    def fingerprint(self, processes: Processes) -> str | None:
        """What surely stands in the MiniStack that runs now, or None."""
        known = read_json(self._file)
        process = processes.identity(NAME)
        return known["fingerprint"] if known and process and known["process"] == process else None

    def saved(self) -> None:
        """MiniStack was stopped properly: its state is what this record says."""
        known = read_json(self._file)
        if known:
            write_json(self._file, {**known, "saved": True})

    def restored(self, processes: Processes) -> bool:
        """MiniStack was started again with what it had saved; False when it had not saved what it knew."""
        known = read_json(self._file)
        if not known:
            return True
        if known["saved"]:
            self.write(known["fingerprint"], processes)
            return True
        self._file.unlink()
        return False


def _command(template: Path, parameters: Mapping[str, str]) -> list[str]:
    sam = find_tool("sam")
    if sam is None:
        raise Trouble("The AWS SAM CLI is missing; `make build` installs it into the project's own environment.")
    return [
        sam,
        "deploy",
        *("--template-file", str(template), "--stack-name", STACK_NAME, "--region", REGION, "--s3-bucket", _BUCKET),
        *("--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"),
        "--language-extensions",  # samconfig.toml does not stand beside the built template
        *("--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"),
        *("--parameter-overrides", *(f"{name}={value}" for name, value in parameters.items())),
    ]


def _environment(settings: Settings) -> dict[str, str]:
    """The SAM CLI's environment: MiniStack's root caller, and nothing of the developer's AWS configuration."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_", "PYTHON"))}
    return {
        **kept,
        "AWS_ENDPOINT_URL": settings.aws_url,
        "AWS_ACCESS_KEY_ID": ROOT_KEY,
        "AWS_SECRET_ACCESS_KEY": ROOT_KEY,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.5",
        "__SAM_CLI_APP_DIR": str(settings.state / "home" / "sam"),
        "NO_COLOR": "1",
    }


def _ensure_bucket(settings: Settings) -> None:
    try:
        client(settings, "s3").create_bucket(Bucket=_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
            raise


def _find_stack(settings: Settings) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = client(settings, "cloudformation").describe_stacks(StackName=STACK_NAME)["Stacks"][0]
        return found
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise


def _delete_stack(settings: Settings) -> None:
    formation = client(settings, "cloudformation")
    formation.delete_stack(StackName=STACK_NAME)
    formation.get_waiter("stack_delete_complete").wait(StackName=STACK_NAME, WaiterConfig={"Delay": 1, "MaxAttempts": 120})


def _describe(settings: Settings, stack: dict[str, Any]) -> Deployed:
    pages = client(settings, "cloudformation").get_paginator("list_stack_resources").paginate(StackName=STACK_NAME)
    found = {r["ResourceType"]: r["PhysicalResourceId"] for page in pages for r in page["StackResourceSummaries"]}
    missing = {"AWS::ApiGateway::RestApi", "AWS::ApiGateway::Stage"} - found.keys()
    if missing:
        raise Trouble(f"The deployed stack has no {' and no '.join(sorted(missing))}, so nothing can be reached.")
    api, stage = found["AWS::ApiGateway::RestApi"], found["AWS::ApiGateway::Stage"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    return Deployed(outputs=outputs, api_path=f"/_aws/execute-api/{api}/{stage}")


def _reason(lines: list[str]) -> str:
    """What the SAM CLI gave as the reason: the first resource that failed, or its last error."""
    failed = next((line for line in lines if re.search(r"\b(CREATE|UPDATE|DELETE)_FAILED\b", line)), None)
    return (" ".join(failed.split())[:300] if failed else why(lines)) + "."
