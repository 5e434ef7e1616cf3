"""What MiniStack missed in a template is said to it again, in the template's own words."""

import json
from typing import Any

from infra.local import gaps
from infra.local.gaps import repair

REFUSED = {
    "statusCode": 404,
    "responseTemplates": {"application/json": '{"title":"Not Found"}'},
    "responseParameters": {"gatewayresponse.header.X-Frame-Options": "'DENY'"},
}


SENDS = {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": ["arn:deliver"], "Sid": "Deliver"}


MAILS = {"Effect": "Allow", "Action": "ses:SendBulkEmail", "Resource": ["arn:identity"], "Sid": "Mail"}


def resource(name: str, kind: str, physical: str) -> dict[str, str]:
    return {"LogicalResourceId": name, "ResourceType": kind, "PhysicalResourceId": physical}


class FakeAws:
    """All three clients in one; remembers what it was told."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.resources = {
            "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": body}},
            "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {}},
        }
        self.pages: dict[str, Any] = {
            "list_event_source_mappings": [
                {"EventSourceMappings": [{"UUID": "1", "ScalingConfig": {"MaximumConcurrency": 2}}, {"UUID": "2"}]},
                {"EventSourceMappings": [{"UUID": "3", "ScalingConfig": {}}]},
            ],
            "list_stack_resources": [
                {"StackResourceSummaries": [resource("Api", "AWS::ApiGateway::RestApi", "abc123")]},
                {"StackResourceSummaries": [resource("PortalFunction", "AWS::Lambda::Function", "latchkey-portal-1")]},
                {"StackResourceSummaries": [resource("PlanRole", "AWS::IAM::Role", "latchkey-plan")]},
            ],
        }

    def get_paginator(self, operation: str) -> Any:
        pages = self.pages[operation]

        class Paginator:
            def paginate(self, **_: str) -> Any:
                return iter(pages)

        return Paginator()

    def get_template(self, **_: str) -> Any:
        return {"TemplateBody": {"Resources": self.resources}}

    def get_resources(self, **_: Any) -> Any:
        items = [{"id": "r1", "path": "/"}, {"id": "r2", "path": "/{proxy+}", "resourceMethods": {"ANY": {}}}]
        return {"items": items}

    def get_stages(self, **_: str) -> Any:
        return {"item": [{"stageName": "live"}]}

    def list_role_policies(self, **_: str) -> Any:
        return {"PolicyNames": ["plan", "ministack-batches"]}

    def get_role_policy(self, **_: str) -> Any:
        reads = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "arn:table"}
        return {"PolicyDocument": {"Statement": [reads, SENDS, MAILS]}}

    def __getattr__(self, name: str) -> Any:
        return lambda **said: self.told.append((name, said))


BATCHES = (
    "put_role_policy",
    {
        "RoleName": "latchkey-plan",
        "PolicyName": "ministack-batches",
        "PolicyDocument": json.dumps({"Version": "2012-10-17", "Statement": [{**SENDS, "Action": "sqs:SendMessageBatch"}]}),
    },
)
MAIL = (
    "put_role_policy",
    {
        "RoleName": "latchkey-plan",
        "PolicyName": "ministack-mail",
        "PolicyDocument": json.dumps({"Version": "2012-10-17", "Statement": [{**MAILS, "Resource": "*"}]}),
    },
)


def test_concurrency_batches_and_gateway_responses_are_said_again() -> None:
    aws = FakeAws({"x-amazon-apigateway-gateway-responses": {"MISSING_AUTHENTICATION_TOKEN": REFUSED}})
    repair(lambda _: aws, "latchkey")
    assert aws.told == [
        ("update_event_source_mapping", {"UUID": "1", "ScalingConfig": {"MaximumConcurrency": 2}}),
        BATCHES,
        MAIL,
        (
            "put_gateway_response",
            {
                "restApiId": "abc123",
                "responseType": "MISSING_AUTHENTICATION_TOKEN",
                "statusCode": "404",
                "responseTemplates": REFUSED["responseTemplates"],
                "responseParameters": REFUSED["responseParameters"],
            },
        ),
        ("create_deployment", {"restApiId": "abc123", "stageName": "live"}),
    ]


def test_a_batch_of_reads_need_not_say_what_it_selects() -> None:
    attributes = {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["pk"]}}
    read = {"Effect": "Allow", "Action": "dynamodb:BatchGetItem", "Resource": "table"}
    selects = {"StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}
    assert gaps._reads([{**read, "Condition": {**attributes, **selects}}, read, SENDS]) == [{**read, "Condition": attributes}]


def test_an_api_without_gateway_responses_is_not_deployed_again() -> None:
    aws = FakeAws({})
    repair(lambda _: aws, "latchkey")
    assert [name for name, _ in aws.told] == ["update_event_source_mapping", "put_role_policy", "put_role_policy"]


def test_methods_that_take_anything_are_said_again() -> None:
    uri = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${PortalFunction.Arn}/invocations"
    said = {"x-amazon-apigateway-integration": {"httpMethod": "POST", "type": "aws_proxy", "uri": {"Fn::Sub": uri}}}
    aws = FakeAws({"paths": {path: {"x-amazon-apigateway-any-method": said} for path in ("/", "/{proxy+}")}})
    repair(lambda _: aws, "latchkey")
    told = aws.told[3:]
    assert [name for name, _ in told] == ["put_method", "put_integration", "put_integration", "create_deployment"]
    assert told[0][1] == {"restApiId": "abc123", "resourceId": "r1", "httpMethod": "ANY", "authorizationType": "NONE"}
    assert told[2][1] == {
        "restApiId": "abc123",
        "resourceId": "r2",
        "httpMethod": "ANY",
        "type": "AWS_PROXY",
        "integrationHttpMethod": "POST",
        "uri": "/functions/latchkey-portal-1/invocations",
    }
