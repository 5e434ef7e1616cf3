"""template.yaml as plain values, its loops written out, in CloudFormation's long forms; and questions that several tests ask."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from samcli.lib.cfn_language_extensions import TemplateProcessingContext
from samcli.lib.cfn_language_extensions.processors import ForEachProcessor

ROOT = Path(__file__).parents[2]

Resource = dict[str, Any]


class _Loader(yaml.CSafeLoader):  # every process reads the template; the other loader takes three seconds
    """YAML with CloudFormation's short tags."""


def _long_form(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in {"Ref", "Condition"} else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _long_form)


@cache
def template() -> dict[str, Any]:
    """The whole template, with the resources that its loops make in place of the loops."""
    context = TemplateProcessingContext(yaml.load((ROOT / "template.yaml").read_text(), _Loader))
    ForEachProcessor().process_template(context)  # puts each item in place of the loop's identifier
    resolved: dict[str, Any] = _resolved(context.fragment, context.fragment["Mappings"])
    return resolved


def _resolved(value: Any, mappings: dict[str, Any]) -> Any:
    """What AWS::LanguageExtensions makes of the names and map keys that a loop has filled in: texts, and the map's values."""
    match value:
        case {"Fn::Sub": str(text)} if "${" not in text:
            return text
        case {"Fn::FindInMap": [str(name), str(key), str(column)]}:
            return mappings[name][key][column]
        case dict():
            return {key: _resolved(each, mappings) for key, each in value.items()}
        case list():
            return [_resolved(each, mappings) for each in value]
        case _:
            return value


def resources(kind: str) -> dict[str, Resource]:
    """The properties of all resources of one type, by logical id."""
    return dict(_resources(kind))


@cache
def _resources(kind: str) -> dict[str, Resource]:
    return {
        name: resource.get("Properties", {}) for name, resource in template()["Resources"].items() if resource["Type"] == kind
    }


def functions() -> dict[str, Resource]:
    """The functions' properties, by logical id."""
    return resources("AWS::Serverless::Function")


def package(function: Resource) -> str:
    """The package that holds a function's handler."""
    return str(function["Handler"]).split(".")[0]


def routes(function: Resource) -> set[tuple[str, str]]:
    """Method and path of a function's HTTP events."""
    events = (event for event in function.get("Events", {}).values() if event["Type"] == "Api")
    return {(event["Properties"]["Method"], event["Properties"]["Path"]) for event in events}


def queue_events(function: Resource) -> dict[str, Resource]:
    """A function's SQS events, by the queue's logical id."""
    events = (event for event in function.get("Events", {}).values() if event["Type"] == "SQS")
    return {target(event["Properties"]["Queue"]): event["Properties"] for event in events}


def stream_filters(function: str, table: str) -> list[Any]:
    """The patterns of what a function sees of a table's stream."""
    events = (event["Properties"] for event in functions()[function].get("Events", {}).values() if event["Type"] == "DynamoDB")
    mine = (event for event in events if target(event["Stream"]) == table)
    return [json.loads(each["Pattern"]) for event in mine for each in event["FilterCriteria"]["Filters"]]


def target(value: Any) -> str:
    """The logical id that a Ref, a GetAtt or the first name in a Sub points at; other text as it is."""
    match value:
        case {"Ref": name}:
            return str(name)
        case {"Fn::GetAtt": [name, *_]}:
            return str(name)
        case {"Fn::Sub": str(text)} if "${" in text:
            return text.split("${", 1)[1].split("}", 1)[0].split(".")[0]
        case _:
            return str(value)


def statements(function: Resource) -> Iterator[Resource]:
    """The statements of a function's role, with actions and resources as lists."""
    role = template()["Resources"][target(function["Role"])]["Properties"]
    assert not role.get("ManagedPolicyArns")
    for policy in role["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            yield {
                **statement,
                "Action": listed(statement["Action"]),
                "Resource": listed(statement["Resource"]),
            }


def grants(function: Resource) -> set[tuple[str, str]]:
    """Pairs of action and what it is allowed on; an index is `Table/index/name`, a bucket's files `Bucket/*`."""
    return {
        (action, named(resource))
        for statement in statements(function)
        for action in statement["Action"]
        for resource in statement["Resource"]
    }


def named(resource: Any) -> str:
    """A statement's resource as a short text."""
    match resource:
        case {"Fn::Sub": str(text)}:
            return text.replace("${", "").replace(".Arn}", "").replace("}", "")
        case {"Fn::Sub": [str(text), *_]}:
            return text.replace("${", "").replace("}", "")
        case _:
            return target(resource)


def alarmed(metric: str, resource: str) -> bool:
    """Whether an alarm watches this metric of this resource and tells the topic."""
    return any(
        alarm["MetricName"] == metric
        and any(target(dimension["Value"]) == resource for dimension in alarm["Dimensions"])
        and alarm["AlarmActions"] == [{"Ref": "Alarms"}]
        for alarm in resources("AWS::CloudWatch::Alarm").values()
        if alarm.get("Dimensions")
    )


def listed(value: Any) -> list[Any]:
    """One value or several, as the template may say either."""
    return value if isinstance(value, list) else [value]
