"""The deploy to MiniStack: the same code as to AWS (infra.deploy), skipped when nothing changed."""

import dataclasses
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.deploy.cloud import Cloud
from infra.deploy.environment import Environment
from infra.deploy.stack import STANDING, Stack
from infra.deploy.walking import Deployed as Reported
from infra.deploy.walking import deploy as deploy_stack
from infra.deploy.walking import site_of
from infra.local import gaps
from infra.local.build import fingerprint
from infra.local.files import read_json, write_json
from infra.local.ministack import NAME, ROOT_KEY
from infra.local.processes import Processes
from infra.local.progress import Progress
from infra.local.settings import REGION, STACK_NAME, Settings
from infra.local.trouble import Trouble


@dataclass(frozen=True)
class Deployed:
    """What the stack says about itself: its outputs, the path of the API inside MiniStack, and what the edge must prove."""

    outputs: dict[str, str]
    api_path: str
    origin_secret: str
    origin: str

    @property
    def reported(self) -> Reported:
        """The same as a deploy to AWS tells it."""
        return Reported(self.origin, self.outputs)


def client(settings: Settings, service: str) -> Any:
    """A boto3 client for MiniStack as its root caller, untouched by the developer's AWS configuration."""
    retries = Config(retries={"total_max_attempts": 2}, connect_timeout=5)
    session: Any = root_session()  # the stubs know clients only by literal names
    return session.client(service, endpoint_url=settings.aws_url, config=retries)


def root_session() -> boto3.Session:
    """A session of MiniStack's root caller."""
    return boto3.Session(aws_access_key_id=ROOT_KEY, aws_secret_access_key=ROOT_KEY, region_name=REGION)


def cloud(settings: Settings) -> Cloud:
    """MiniStack in the place of AWS, as its root caller."""
    return Cloud(root_session(), _variables(settings), settings.aws_url, disposable=True)


def environment(settings: Settings) -> Environment:
    """What stands in infra/environments for AWS; here the ports are the developer's choice, so no file says it."""
    return Environment(
        name="local",
        region=REGION,
        stack=STACK_NAME,
        mail_from="no-reply@latchkey.example",
        alarm_email="",
        domain="",
        bucket="latchkey-artefacts",
        origin=settings.url,
        parameters={"DeletionProtection": "false", "SavedQueries": "false", "SsoLocalOrigins": settings.sign_in_url},
    )


def deploy(settings: Settings, processes: Processes, template: Path, progress: Progress) -> Deployed:
    """Deploy the built template unless exactly this stands already; raises Trouble with the reason of a failure."""
    chosen = environment(settings)
    wanted = hashlib.sha256(json.dumps([fingerprint(template.parent), dataclasses.asdict(chosen)]).encode()).hexdigest()
    record = Record(settings.state / "deployed.json")
    stack = Stack(cloud(settings), STACK_NAME, settings.logs / "deploy.log", chosen.bucket)
    found = stack.find()
    if found is None or found["StackStatus"] not in STANDING or record.fingerprint(processes) != wanted:
        _ensure_bucket(settings, chosen.bucket)
        deploy_stack(stack, chosen, template, progress, lambda: gaps.repair(stack.cloud.client, STACK_NAME))
        record.write(wanted, processes)
    return _describe(stack, site_of(stack, chosen))


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


def _variables(settings: Settings) -> dict[str, str]:
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


def _ensure_bucket(settings: Settings, name: str) -> None:
    try:
        client(settings, "s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
            raise


def _describe(stack: Stack, origin: str) -> Deployed:
    found = {resource["ResourceType"]: resource["PhysicalResourceId"] for resource in stack.resources()}
    missing = {"AWS::ApiGateway::RestApi", "AWS::ApiGateway::Stage"} - found.keys()
    if missing:
        raise Trouble(f"The deployed stack has no {' and no '.join(sorted(missing))}, so nothing can be reached.")
    api, stage = found["AWS::ApiGateway::RestApi"], found["AWS::ApiGateway::Stage"]
    outputs = stack.outputs()
    secret = stack.cloud.client("secretsmanager").get_secret_value(SecretId=outputs["OriginSecret"])["SecretString"]
    (origin_secret,) = json.loads(secret).values()
    return Deployed(outputs, f"/_aws/execute-api/{api}/{stage}", origin_secret, origin)
