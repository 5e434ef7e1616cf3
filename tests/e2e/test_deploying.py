"""docs/deploy.md, walked: a file, `python -m infra.deploy` in a pipe, and a site that answers; by somebody who may only deploy.

The cloud is MiniStack with IAM enforced; the local stack's own deploy, edge and inbox do not help. One of its repairs does, after
the deploy: of an API's OpenAPI document MiniStack does not read the methods that stand for all (ANY), so it would find no page
(infra/local/gaps.py, which also mends what only queues and API Gateway's own errors need). What else is otherwise than on AWS:
the code goes to a bucket that the file names, because the one that the SAM CLI makes for itself takes TLS only; the build is the
one for this machine; and MiniStack's CloudFront would look for the API on the internet, so the test sends what CloudFront adds.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from infra.local import gaps, ministack
from infra.local.build import build
from infra.local.processes import Processes
from infra.local.progress import Progress
from infra.local.settings import PROJECT, REGION, read_settings
from infra.local.shared import free_ports

pytestmark = pytest.mark.e2e

FILE = f"""\
region = "{REGION}"
mail_from = "no-reply@school.example"
alarm_email = "it@school.example"
domain = ""
bucket = "latchkey-artefacts"

[parameters]
SavedQueries = "false"
LogRetentionDays = 30
"""


@dataclass(frozen=True)
class Cloud:
    """MiniStack, and the built template that goes there."""

    url: str
    template: Path
    folder: Path

    def root(self, service: str) -> Any:
        """A client of the account's owner, who looks at what the deploy did."""
        keys = {"aws_access_key_id": ministack.ROOT_KEY, "aws_secret_access_key": ministack.ROOT_KEY}
        session: Any = boto3.Session(region_name=REGION, **keys)
        return session.client(service, endpoint_url=self.url)

    def run(self, module: str, *arguments: str, keys: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """A command in a pipe, with these credentials and nothing of the developer's."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MAKE"))}
        nobody = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "NO_PROXY": "127.0.0.1"}
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            env={**kept, **nobody, **keys, "AWS_ENDPOINT_URL": self.url},
            cwd=PROJECT,
            input="",
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    def deploy(self, *arguments: str, keys: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """`make deploy ENV=trial` of what is built already."""
        fixed = ("trial", "--built", str(self.template), "--environments", str(self.folder))
        return self.run("infra.deploy", *fixed, *arguments, keys=keys)

    def operate(self, *arguments: str, keys: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """`make school ENV=trial`."""
        fixed = ("--env", "trial", "--environments", str(self.folder))
        return self.run("infra.operator", "school", *arguments, *fixed, keys=keys)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    state = tmp_path_factory.mktemp("cloud")
    ports = dict(zip(("PORT", "INBOX_PORT", "AWS_PORT"), map(str, free_ports(3)), strict=True))
    settings = read_settings({"LATCHKEY_LOCAL": str(state), **ports})
    settings.logs.mkdir(parents=True)
    processes, progress = Processes(state / "processes.json"), Progress()
    template = build(settings, progress)
    ministack.start(settings, processes, progress)
    folder = state / "environments"
    folder.mkdir()
    yield Cloud(settings.aws_url, template, folder)
    processes.stop(ministack.NAME, patience=60)
    for child in processes._children.values():
        child.wait(10)
    shutil.rmtree(state, ignore_errors=True)


@pytest.fixture(scope="module")
def deployer(cloud: Cloud) -> dict[str, str]:
    """The keys of somebody who has docs/examples/deployer-policy.json and nothing else."""
    return _user(cloud, "deployer")


@pytest.fixture(scope="module")
def planner(cloud: Cloud) -> dict[str, str]:
    """The keys of somebody who has docs/examples/planner-policy.json and nothing else."""
    return _user(cloud, "planner")


@pytest.fixture(scope="module")
def operator(cloud: Cloud) -> dict[str, str]:
    """The keys of somebody who has docs/examples/operator-policy.json and nothing else."""
    return _user(cloud, "operator")


def _user(cloud: Cloud, name: str) -> dict[str, str]:
    iam = cloud.root("iam")
    iam.create_user(UserName=name)
    document = (PROJECT / "docs" / "examples" / f"{name}-policy.json").read_text()
    made = iam.create_policy(PolicyName=name, PolicyDocument=document)
    iam.attach_user_policy(UserName=name, PolicyArn=made["Policy"]["Arn"])
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


@pytest.fixture(scope="module")
def deployed(cloud: Cloud, deployer: dict[str, str]) -> str:
    """What the first deploy printed, from a file that somebody wrote."""
    cloud.root("s3").create_bucket(Bucket="latchkey-artefacts", CreateBucketConfiguration={"LocationConstraint": REGION})
    (cloud.folder / "trial.toml").write_text(FILE)
    done = cloud.deploy(keys=deployer)
    assert done.returncode == 0, done.stdout + done.stderr
    gaps.repair(cloud.root, "latchkey-trial")
    return done.stdout


def _outputs(cloud: Cloud) -> dict[str, str]:
    (found,) = cloud.root("cloudformation").describe_stacks(StackName="latchkey-trial")["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}


def _variables(cloud: Cloud, function: str) -> dict[str, str]:
    config = cloud.root("lambda").get_function_configuration(FunctionName=_outputs(cloud)[function])
    variables: dict[str, str] = config["Environment"]["Variables"]
    return variables


def test_the_account_was_looked_at_first(deployed: str) -> None:
    first = deployed.split("is deployed.", maxsplit=1)[0]
    for words in ("SAM CLI", "as user/deployer", "Lambda", "SES", "a name of CloudFront's"):
        assert words in first
    assert "could not be checked" not in first
    assert "STOP" not in first


def test_addresses_records_and_the_next_commands_are_printed(cloud: Cloud, deployed: str) -> None:
    outputs = _outputs(cloud)
    assert f"The site      https://{outputs['DistributionDomain']}" in deployed
    assert outputs["ApiUrl"] in deployed
    assert re.search(rf"MX +bounce\.school\.example +10 feedback-smtp\.{REGION}\.amazonses\.com", deployed)
    assert "_dmarc.school.example" in deployed
    assert "make school ENV=trial" in deployed
    assert "make verify ENV=trial" in deployed


def test_the_file_remembers_the_account_and_holds_no_secret(cloud: Cloud, deployed: str) -> None:
    said = (cloud.folder / "trial.toml").read_text()
    assert 'account = "000000000000"' in said
    assert _variables(cloud, "PortalFunction")["ORIGIN_SECRET"] not in said + deployed


def test_links_begin_with_the_distributions_own_name(cloud: Cloud, deployed: str) -> None:
    site = f"https://{_outputs(cloud)['DistributionDomain']}"
    assert {_variables(cloud, f"{name}Function")["ORIGIN"] for name in ("Portal", "Console", "DeliverLinks")} == {site}


def test_a_page_answers_to_cloudfront_and_to_nobody_else(cloud: Cloud, deployed: str) -> None:
    api = re.sub(r"https://(\w+)\.execute-api\.[^/]+", rf"{cloud.url}/_aws/execute-api/\1", _outputs(cloud)["ApiUrl"])
    page = {"Accept": "text/html"}
    assert httpx.get(f"{api}/", headers=page, timeout=60, trust_env=False).status_code == 403
    answer = httpx.get(f"{api}/", headers={**page, **_what_cloudfront_adds(cloud)}, timeout=60, trust_env=False)
    assert answer.status_code == 200
    assert "<title>" in answer.text


def _what_cloudfront_adds(cloud: Cloud) -> dict[str, str]:
    front = cloud.root("cloudfront")
    named = {each["DomainName"]: each["Id"] for each in front.list_distributions()["DistributionList"]["Items"]}
    config = front.get_distribution_config(Id=named[_outputs(cloud)["DistributionDomain"]])["DistributionConfig"]
    (api,) = (each for each in config["Origins"]["Items"] if each["Id"] == "api")
    return {each["HeaderName"]: each["HeaderValue"] for each in api["CustomHeaders"]["Items"]}


def test_nobody_who_may_read_the_template_reads_the_secret(cloud: Cloud, deployed: str) -> None:
    secret = _variables(cloud, "PortalFunction")["ORIGIN_SECRET"]
    assert re.fullmatch("[A-Za-z0-9]{43}", secret)
    formation = cloud.root("cloudformation")
    for stage in ("Original", "Processed"):
        body = formation.get_template(StackName="latchkey-trial", TemplateStage=stage)["TemplateBody"]
        text = body if isinstance(body, str) else json.dumps(body)
        assert "resolve:secretsmanager" in text
        assert secret not in text


def test_the_stack_is_protected(cloud: Cloud, deployed: str) -> None:
    formation = cloud.root("cloudformation")
    (found,) = formation.describe_stacks(StackName="latchkey-trial")["Stacks"]
    assert found["EnableTerminationProtection"]
    policy = json.loads(formation.get_stack_policy(StackName="latchkey-trial")["StackPolicyBody"])
    assert {each["Effect"] for each in policy["Statement"]} == {"Allow", "Deny"}


def test_the_parameters_of_the_file_arrived(cloud: Cloud, deployed: str) -> None:
    groups = cloud.root("logs").describe_log_groups()["logGroups"]
    assert {each["retentionInDays"] for each in groups if "PortalLogs" in each["logGroupName"]} == {30}


def test_an_operator_makes_the_first_school(cloud: Cloud, operator: dict[str, str], deployed: str) -> None:
    done = cloud.operate("--slug", "northbridge", "--name", "Northbridge Academy", keys=operator)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["school"] == "northbridge"


def test_who_deploys_is_no_operator(cloud: Cloud, deployer: dict[str, str], deployed: str) -> None:
    done = cloud.operate("--slug", "southgate", "--name", "Southgate College", keys=deployer)
    assert done.returncode == 1
    assert "lambda:InvokeFunction" in done.stderr


def test_who_may_only_plan_sees_what_would_change_and_changes_nothing(
    cloud: Cloud, planner: dict[str, str], deployed: str
) -> None:
    file = cloud.folder / "trial.toml"
    said = file.read_text()
    file.write_text(said.replace("LogRetentionDays = 30", "LogRetentionDays = 60"))
    before = _stack_and_change_sets(cloud)
    plan = cloud.deploy("--plan", keys=planner)
    file.write_text(said)
    assert plan.returncode == 0, plan.stderr
    assert "nothing was changed." in plan.stdout
    assert "PortalLogs (AWS::Logs::LogGroup)" in plan.stdout
    assert "REPLACE" not in plan.stdout
    assert _stack_and_change_sets(cloud) == before


def _stack_and_change_sets(cloud: Cloud) -> tuple[Any, list[str]]:
    formation = cloud.root("cloudformation")
    (found,) = formation.describe_stacks(StackName="latchkey-trial")["Stacks"]
    sets = formation.list_change_sets(StackName="latchkey-trial")["Summaries"]
    return found, [each["ChangeSetName"] for each in sets]


def test_a_file_that_lacks_lines_ends_at_once(cloud: Cloud, deployer: dict[str, str]) -> None:
    (cloud.folder / "other.toml").write_text(f'region = "{REGION}"\n')
    done = cloud.run("infra.deploy", "other", "--environments", str(cloud.folder), keys=deployer)
    assert done.returncode == 2
    for key in ("mail_from", "alarm_email", "domain"):
        assert f"{key} = " in done.stderr
