"""One CloudFormation stack: deployed by the SAM CLI, described, protected; and what to do when it is stuck."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.cloud import Cloud
from infra.local.trouble import Trouble
from infra.local.waiting import find_tool, run_logged, why

CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")
# What people's links, codes and accounts hang on. A release that would replace or delete one is refused before it begins.
PRECIOUS = ("AWS::DynamoDB::Table", "AWS::KMS::Key")
POLICY = {
    "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"},
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["Update:Replace", "Update:Delete"],
            "Resource": "*",
            "Condition": {"StringEquals": {"ResourceType": list(PRECIOUS)}},
        },
    ]
}
STANDING = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}
# Nothing of these was ever in use, or a disposable stack can be made again: they go before the next try.
_NEVER_WAS = {"ROLLBACK_COMPLETE", "CREATE_FAILED"}
_STUCK = {"ROLLBACK_FAILED", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED"}
_WAY_OUT = {
    "UPDATE_ROLLBACK_FAILED": "aws cloudformation continue-update-rollback --stack-name {name}",
    "ROLLBACK_FAILED": "aws cloudformation delete-stack --stack-name {name}",
    "DELETE_FAILED": "aws cloudformation delete-stack --stack-name {name}",
}
Note = Callable[[str], None]


class Stack:
    """The stack of one name in one cloud."""

    def __init__(self, cloud: Cloud, name: str, log: Path, bucket: str = "") -> None:
        self.name = name
        self.cloud = cloud
        self._bucket = bucket  # for the code; the SAM CLI makes one of its own where none is named
        self._log = log

    def find(self) -> dict[str, Any] | None:
        """What CloudFormation says of it; None where there is none, or only a change set was ever made."""
        try:
            found: dict[str, Any] = self._formation.describe_stacks(StackName=self.name)["Stacks"][0]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":
                return None
            raise
        return None if found["StackStatus"] == "REVIEW_IN_PROGRESS" else found

    def outputs(self) -> dict[str, str]:
        """What the template gives out; empty where no stack stands."""
        return {output["OutputKey"]: output["OutputValue"] for output in (self.find() or {}).get("Outputs", [])}

    def resources(self) -> list[dict[str, str]]:
        """Every resource that it has, with LogicalResourceId, PhysicalResourceId and ResourceType."""
        if self.find() is None:
            return []
        pages = self._formation.get_paginator("list_stack_resources").paginate(StackName=self.name)
        found = [resource for page in pages for resource in page["StackResourceSummaries"]]
        return [resource for resource in found if not resource["ResourceStatus"].startswith("DELETE_COMPLETE")]

    def owned(self) -> dict[str, str]:
        """The physical id of each resource, by its name in the template."""
        return {each["LogicalResourceId"]: each.get("PhysicalResourceId", "") for each in self.resources()}

    def clear_the_way(self, note: Note) -> None:
        """Remove what a first deploy that failed left; raises Trouble where a person has to decide, or has to wait."""
        found = self.find()
        status = found["StackStatus"] if found else ""
        if status in _NEVER_WAS or (status in _STUCK and self.cloud.disposable):
            note("removing what a deploy that failed left half made")
            self.remove()
        elif status in _STUCK:
            way_out = _WAY_OUT[status].format(name=self.name)
            raise Trouble(
                f"The stack {self.name} is stuck ({status}), so nothing was deployed; its tables and keys are kept. "
                f"The CloudFormation console, Events, says at which resource. Then: {way_out} --region {self.cloud.region}"
            )
        elif status.endswith("_IN_PROGRESS"):
            raise Trouble(
                f"The stack {self.name} is being changed by somebody ({status}): wait until that has ended. Nothing was deployed."
            )

    def deploy(self, template: Path, parameters: Mapping[str, str], note: Note, *, plan: bool = False) -> list[str]:
        """Make or change the stack, or only the change set; answers the last lines that the SAM CLI said.

        A plan has a folder of its own for its code: the SAM CLI does not upload what lies there already under the same hash, so
        who may only plan could otherwise put code under a deploy.

        Raises Trouble with the reason, and with what stands now.
        """
        if (sam := find_tool("sam")) is None:
            raise Trouble("The AWS SAM CLI is missing; `make .venv/.ready` installs it into the project's own environment.")
        command = [
            *(sam, "deploy", "--template-file", str(template), "--stack-name", self.name, "--region", self.cloud.region),
            *(("--s3-bucket", self._bucket) if self._bucket else ("--resolve-s3",)),
            *("--s3-prefix", f"plans/{self.name}" if plan else self.name, "--capabilities", *CAPABILITIES),
            "--language-extensions",  # samconfig.toml does not stand beside the built template
            *("--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"),
            *(("--no-execute-changeset",) if plan else ()),
            *("--parameter-overrides", *(f'{name}="{value}"' for name, value in parameters.items())),
        ]
        code, last = run_logged(command, environment=self.cloud.variables, folder=template.parent, log=self._log, note=note)
        if code:
            raise Trouble(f"The deploy failed: {reason(last)} {self._what_stands()} The whole story is in {self._log}.")
        return last

    def protect(self) -> None:
        """Nobody deletes it by mistake, and no release replaces a table or a key."""
        self._formation.set_stack_policy(StackName=self.name, StackPolicyBody=json.dumps(POLICY))
        self._formation.update_termination_protection(StackName=self.name, EnableTerminationProtection=True)

    def remove(self) -> None:
        """Delete it and wait until it is gone."""
        if self.cloud.disposable:
            self._formation.update_termination_protection(StackName=self.name, EnableTerminationProtection=False)
        self._formation.delete_stack(StackName=self.name)
        waiter = self._formation.get_waiter("stack_delete_complete")
        waiter.wait(StackName=self.name, WaiterConfig={"Delay": 1 if self.cloud.disposable else 10, "MaxAttempts": 180})

    @property
    def _formation(self) -> Any:
        return self.cloud.client("cloudformation")

    def _what_stands(self) -> str:
        found = self.find()
        status = found["StackStatus"] if found else ""
        if status == "UPDATE_ROLLBACK_COMPLETE":
            return "CloudFormation put everything back: the site runs on as before."
        if status in _NEVER_WAS:
            return "Nothing of it is in use; the next deploy removes what is left and begins anew."
        if status in STANDING:
            return "What stood before stands unchanged."
        return f"The stack is in the state {status}." if status else "No stack was made."


def reason(lines: list[str]) -> str:
    """What the SAM CLI gave as the reason: the first resource that failed, or its last error."""
    failed = next((line for line in lines if re.search(r"\b(CREATE|UPDATE|DELETE)_FAILED\b", line)), None)
    return (" ".join(failed.split())[:300] if failed else why(lines)) + "."
