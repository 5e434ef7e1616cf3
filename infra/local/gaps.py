"""What MiniStack does not read from a template, said to it again through its API after each deploy.

Nothing here adds to the system: each repair says exactly what template.yaml says.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_OWN = "ministack-"  # the beginning of the names of policies that stand beside a role's own
_ANY = "x-amazon-apigateway-any-method"


def repair(clients: Any, stack: str) -> None:
    """Close the known gaps; `clients` makes a client for a service's name."""
    _say_concurrency_again(clients("lambda"))
    _let_roles_do_what_they_may(clients("cloudformation"), clients("iam"), stack)
    _say_api_again(clients("cloudformation"), clients("apigateway"), stack)


def _say_concurrency_again(functions: Any) -> None:
    """MaximumConcurrency from a parameter of type Number is kept as text, and the poller stops at that queue.

    botocore reads such a text as a number, so it cannot be seen from here; it is simply set again.
    """
    for page in functions.get_paginator("list_event_source_mappings").paginate():
        for mapping in page["EventSourceMappings"]:
            if scaling := mapping.get("ScalingConfig"):
                functions.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig=scaling)


def _let_roles_do_what_they_may(formation: Any, iam: Any, stack: str) -> None:
    """What MiniStack judges by other words than AWS, allowed to exactly the roles that AWS would allow it."""
    for kind, role in _resources(formation, stack).values():
        if kind != "AWS::IAM::Role":
            continue
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            if name.startswith(_OWN):
                continue
            statements = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"]
            for own, more in (("batches", _batches(statements)), ("mail", _mail(statements)), ("reads", _reads(statements))):
                if more:
                    document = {"Version": "2012-10-17", "Statement": more}
                    iam.put_role_policy(RoleName=role, PolicyName=_OWN + own, PolicyDocument=json.dumps(document))


def _batches(statements: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """AWS allows SendMessageBatch to whoever may sqs:SendMessage; MiniStack wants a permission of that name."""
    sends = (each for each in statements if "sqs:SendMessage" in _listed(each.get("Action")))
    return [{**each, "Action": "sqs:SendMessageBatch"} for each in sends]


def _mail(statements: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """AWS judges a bulk mail on the sender's identity and a configuration set; MiniStack knows neither and judges it on *."""
    mails = (each for each in statements if "ses:SendBulkEmail" in _listed(each.get("Action")))
    return [{**each, "Resource": "*"} for each in mails]


def _reads(statements: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A batch of reads names attributes for each table; MiniStack looks for them elsewhere, and so takes it for a read of all."""
    reads = (each for each in statements if "dynamodb:BatchGetItem" in _listed(each.get("Action")))
    found = []
    for each in reads:
        conditions = {
            kind: kept
            for kind, values in each.get("Condition", {}).items()
            if (kept := {key: value for key, value in values.items() if key != "dynamodb:Select"})
        }
        if conditions != each.get("Condition", {}):
            found.append({**each, "Action": "dynamodb:BatchGetItem", "Condition": conditions})
    return found


def _listed(actions: Any) -> list[str]:
    return [actions] if isinstance(actions, str) else list(actions or ())


def _resources(formation: Any, stack: str) -> dict[str, tuple[str, str]]:
    """Type and physical id of each resource, by its name in the template."""
    return {
        resource["LogicalResourceId"]: (resource["ResourceType"], resource["PhysicalResourceId"])
        for page in formation.get_paginator("list_stack_resources").paginate(StackName=stack)
        for resource in page["StackResourceSummaries"]
    }


def _say_api_again(formation: Any, gateway: Any, stack: str) -> None:
    """Of an API's OpenAPI document neither the gateway responses are read, so that its own errors would come bare, nor ANY."""
    template = formation.get_template(StackName=stack, TemplateStage="Processed")["TemplateBody"]
    resources = (json.loads(template) if isinstance(template, str) else template)["Resources"]
    ids = {name: physical for name, (_, physical) in _resources(formation, stack).items()}
    for name, resource in resources.items():
        if resource["Type"] != "AWS::ApiGateway::RestApi":
            continue
        body = resource["Properties"].get("Body", {})
        responses = body.get("x-amazon-apigateway-gateway-responses", {})
        for kind, response in responses.items():
            status = {"statusCode": str(response["statusCode"])} if "statusCode" in response else {}
            gateway.put_gateway_response(
                restApiId=ids[name],
                responseType=kind,
                responseParameters=response.get("responseParameters", {}),
                responseTemplates=response.get("responseTemplates", {}),
                **status,
            )
        methods = {path: item[_ANY] for path, item in body.get("paths", {}).items() if _ANY in item}
        if methods:
            _say_any_again(gateway, ids[name], methods, ids)
        for stage in gateway.get_stages(restApiId=ids[name])["item"] if responses or methods else ():
            gateway.create_deployment(restApiId=ids[name], stageName=stage["stageName"])


def _say_any_again(gateway: Any, api: str, methods: Mapping[str, Any], ids: Mapping[str, str]) -> None:
    places = {each["path"]: each for each in gateway.get_resources(restApiId=api, limit=500)["items"]}
    for path, method in methods.items():
        where = {"restApiId": api, "resourceId": places[path]["id"], "httpMethod": "ANY"}
        said = method["x-amazon-apigateway-integration"]
        (function,) = re.findall(r"\$\{(\w+)(?:\.Arn)?\}", said["uri"]["Fn::Sub"])  # beside ${AWS::Region}
        if "ANY" not in places[path].get("resourceMethods", {}):
            gateway.put_method(**where, authorizationType="NONE")
        gateway.put_integration(
            **where,
            type=said["type"].upper(),
            integrationHttpMethod=said["httpMethod"],
            uri=f"/functions/{ids[function]}/invocations",
        )
