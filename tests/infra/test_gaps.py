"""What MiniStack missed in a template is said to it again, in the template's own words."""

from typing import Any

from infra.local.gaps import repair

REFUSED = {
    "statusCode": 404,
    "responseTemplates": {"application/json": '{"title":"Not Found"}'},
    "responseParameters": {"gatewayresponse.header.X-Frame-Options": "'DENY'"},
}


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
                {"StackResourceSummaries": [{"LogicalResourceId": "Api", "PhysicalResourceId": "abc123"}]},
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

    def get_stages(self, **_: str) -> Any:
        return {"item": [{"stageName": "live"}]}

    def __getattr__(self, name: str) -> Any:
        return lambda **said: self.told.append((name, said))


def test_concurrency_and_gateway_responses_are_said_again() -> None:
    aws = FakeAws({"x-amazon-apigateway-gateway-responses": {"MISSING_AUTHENTICATION_TOKEN": REFUSED}})
    repair(lambda _: aws, "latchkey")
    assert aws.told == [
        ("update_event_source_mapping", {"UUID": "1", "ScalingConfig": {"MaximumConcurrency": 2}}),
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


def test_an_api_without_gateway_responses_is_not_deployed_again() -> None:
    aws = FakeAws({})
    repair(lambda _: aws, "latchkey")
    assert [name for name, _ in aws.told] == ["update_event_source_mapping"]
