"""What a deploy, its examples, the template and docs/deploy.md say of each other is the same."""

import dataclasses
import json
import re
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import botocore.session
import pytest
import yaml

from infra.deploy import environment, questions, stack, tools
from infra.deploy.environment import Environment
from infra.deploy.template import read_template
from infra.local.settings import PROJECT
from tests.support import sam

DOCS = (PROJECT / "docs" / "deploy.md").read_text()
EXAMPLES = PROJECT / "docs" / "examples"
POLICIES = sorted(EXAMPLES.glob("*-policy.json"))
# Where IAM's prefix is not botocore's name of the service.
SERVICES = {"monitoring": "cloudwatch", "ses": "sesv2", "sns": "sns"}
# Actions that are no operations of an API.
NO_OPERATIONS = {"iam:PassRole", *(f"apigateway:{verb}" for verb in ("DELETE", "GET", "PATCH", "POST", "PUT"))}
# IAM calls some operations otherwise than the API does.
OTHER_NAMES = {
    "lambda": {"InvokeFunction"},
    "s3": {"GetEncryptionConfiguration", "PutEncryptionConfiguration", "GetLifecycleConfiguration", "PutLifecycleConfiguration"},
}
# Whose statements the types of the template need in the deployer's policy.
PREFIXES = {
    "AWS::ApiGateway": "apigateway",
    "AWS::CloudFormation": "cloudformation",
    "AWS::CloudFront": "cloudfront",
    "AWS::CloudWatch": "cloudwatch",
    "AWS::DynamoDB": "dynamodb",
    "AWS::Events": "events",
    "AWS::IAM": "iam",
    "AWS::KMS": "kms",
    "AWS::KinesisFirehose": "firehose",
    "AWS::Lambda": "lambda",
    "AWS::Logs": "logs",
    "AWS::S3": "s3",
    "AWS::SES": "ses",
    "AWS::SNS": "sns",
    "AWS::SQS": "sqs",
    "AWS::SecretsManager": "secretsmanager",
    "AWS::Serverless": "lambda",
}


@cache
def operations(prefix: str) -> frozenset[str]:
    model = botocore.session.get_session().get_service_model(SERVICES.get(prefix, prefix))
    return frozenset(model.operation_names) | frozenset(OTHER_NAMES.get(prefix, ()))


def statements(path: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text())["Statement"]
    return found


def actions(path: Any) -> list[str]:
    said = [each["Action"] for each in statements(path) if each["Effect"] == "Allow"]
    return [action for each in said for action in ([each] if isinstance(each, str) else each)]


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
class TestEveryPolicy:
    def test_fits_into_what_iam_takes(self, path: Any) -> None:
        document = json.loads(path.read_text())
        assert document["Version"] == "2012-10-17"
        assert len(re.sub(r"\s", "", path.read_text())) <= 6144
        sids = [each["Sid"] for each in document["Statement"]]
        assert len(set(sids)) == len(sids)

    def test_names_actions_that_exist(self, path: Any) -> None:
        for action in set(actions(path)) - NO_OPERATIONS:
            prefix, _, name = action.partition(":")
            assert [each for each in operations(prefix) if fnmatchcase(each.lower(), name.lower())], action


def test_who_deploys_reads_no_item_file_or_mail_and_makes_no_code() -> None:
    allowed = set(actions(EXAMPLES / "deployer-policy.json"))
    for action in (
        "dynamodb:GetItem",
        "dynamodb:Scan",
        "dynamodb:Query",
        "kms:GenerateMac",
        "kms:Decrypt",
        "ses:SendBulkEmail",
        "lambda:InvokeFunction",
    ):
        assert not [each for each in allowed if fnmatchcase(action.lower(), each.lower())], action
    reads = [each for each in statements(EXAMPLES / "deployer-policy.json") if "s3:GetObject" in each["Action"]]
    assert [each["Sid"] for each in reads] == ["CodeForTheDeploy"]


def test_who_deploys_may_make_every_kind_of_resource_in_the_template() -> None:
    allowed = {action.partition(":")[0] for action in actions(EXAMPLES / "deployer-policy.json")}
    kinds = {"::".join(resource["Type"].split("::")[:2]) for resource in sam.template()["Resources"].values()}
    assert {PREFIXES[kind] for kind in kinds} <= allowed


def test_the_stack_policy_keeps_every_table_and_key() -> None:
    (denied,) = (each for each in stack.POLICY["Statement"] if each["Effect"] == "Deny")
    assert denied["Condition"]["StringEquals"]["ResourceType"] == ["AWS::DynamoDB::Table", "AWS::KMS::Key"]
    assert {"Update:Replace", "Update:Delete"} == set(denied["Action"])


def test_every_parameter_has_a_default() -> None:
    """A deploy says each one, so that the environment's file alone decides."""
    assert read_template(PROJECT / "template.yaml").defaults.keys() == sam.template()["Parameters"].keys()


def test_what_the_deploy_sets_are_parameters() -> None:
    assert environment.SET_BY_THE_DEPLOY.keys() <= sam.template()["Parameters"].keys()


def test_what_a_file_can_say_is_judged_and_told() -> None:
    keys = {each.name for each in dataclasses.fields(Environment)} - {"name"}
    for key in keys:
        assert f"`{key}`" in DOCS or f"`[{key}]`" in DOCS, key
        if key != "parameters":
            environment.fault(key, "x")
    assert {each.key for each in questions.QUESTIONS} <= keys


def test_docs_tell_every_parameter_that_is_set_by_hand() -> None:
    for name in sam.template()["Parameters"].keys() - environment.SET_BY_THE_DEPLOY.keys():
        assert f"`{name}`" in DOCS, name


def test_docs_name_the_sam_cli_that_a_deploy_asks_for() -> None:
    assert f"SAM CLI {tools.SAM_CLI}" in DOCS


def test_the_deploy_says_the_capabilities_that_the_template_needs() -> None:
    assert stack.CAPABILITIES == ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")
    assert "RoleName" not in yaml.safe_dump([sam.resources("AWS::IAM::Role")])


def test_the_layers_are_built_for_what_the_template_says() -> None:
    built = (PROJECT / "layers" / "target.mk").read_text()
    template = read_template(PROJECT / "template.yaml")
    for makefile in (built, (PROJECT / "layers" / "bytecode.mk").read_text()):
        assert f"LATCHKEY_PLATFORM ?= {template.machine}-" in makefile
        assert f"LATCHKEY_PYTHON ?= {template.version}" in makefile


def test_no_value_of_the_origins_secret_can_be_in_a_template() -> None:
    """CloudFormation keeps parameters' values in a template with loops; a reference is not a value."""
    assert sam.resources("AWS::SecretsManager::Secret")["OriginSecret"]["GenerateSecretString"]["PasswordLength"] == 43
    reference = {"Fn::Sub": "{{resolve:secretsmanager:${OriginSecret}:SecretString:v${OriginSecretEdition}}}"}
    variables = [each["Environment"]["Variables"] for each in sam.functions().values()]
    assert [each["ORIGIN_SECRET"] for each in variables if "ORIGIN_SECRET" in each] == [reference] * 4
    (distribution,) = sam.resources("AWS::CloudFront::Distribution").values()
    (origin,) = (each for each in distribution["DistributionConfig"]["Origins"] if each["Id"] == "api")
    assert origin["OriginCustomHeaders"] == [{"HeaderName": "X-Latchkey-Origin", "HeaderValue": reference}]
    assert not [name for name, parameter in sam.template()["Parameters"].items() if parameter.get("NoEcho")]


def test_the_workflow_runs_what_stands_here() -> None:
    workflow = yaml.safe_load((EXAMPLES / "github-actions.yml").read_text())
    makefile = (PROJECT / "Makefile").read_text()
    runs = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    targets = {found for run in runs for found in re.findall(r"\bmake ([a-z]+)", run)}
    assert {"deploy", "verify"} <= targets
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)
    assert workflow["permissions"] == {"contents": "read", "id-token": "write"}
    assert workflow["jobs"]["deploy"]["environment"]
    assert all(
        re.search(r"@[0-9a-f]{40}$|@v\d+", step["uses"])
        for job in workflow["jobs"].values()
        for step in job["steps"]
        if "uses" in step
    )


def test_every_example_is_told() -> None:
    for path in EXAMPLES.iterdir():
        assert f"examples/{path.name}" in DOCS, path.name
