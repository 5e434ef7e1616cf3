"""The roles of the template as IAM would hold them: statements in plain words, for a stack in a made-up account.

Every resource is called by its logical id, as the tables, queues and buckets of tests/support/system.py are.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.support import sam

ACCOUNT, REGION = "123456789012", "eu-west-2"
_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "latchkey",
}
_ARNS = {
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{{}}",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{}}",
    "AWS::KMS::Key": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{{}}",
    "AWS::Serverless::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{}}",
    "AWS::SNS::Topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:{{}}",
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{}}:*",
    "AWS::Events::Rule": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{{}}",
}


@dataclass(frozen=True)
class Statement:
    """One statement of a policy."""

    sid: str
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict, hash=False)


def statement(written: Mapping[str, Any]) -> Statement:
    """A statement as a policy document has it, in plain values."""
    unknown = set(written) - {"Sid", "Effect", "Action", "Resource", "Condition"}
    assert not unknown, f"the judge does not know {unknown}"
    conditions = {
        operator: {key: _texts(values) for key, values in keys.items()} for operator, keys in written.get("Condition", {}).items()
    }
    return Statement(
        written.get("Sid", ""), written["Effect"], _texts(written["Action"]), _texts(written["Resource"]), conditions
    )


@cache
def roles(**parameters: str) -> dict[str, tuple[Statement, ...]]:
    """The statements of each function's role, by the function's package; ``parameters`` as a deploy would set them."""
    return {
        sam.package(function): tuple(statement(resolve(each, parameters)) for each in sam.statements(function))
        for function in sam.functions().values()
    }


def arn(logical: str) -> str:
    """The ARN of a resource of the template."""
    return _ARNS[sam.template()["Resources"][logical]["Type"]].format(logical)


def resolve(value: Any, parameters: Mapping[str, str]) -> Any:
    """A value of the template as CloudFormation would fill it in."""
    match value:
        case {"Ref": str(name)}:
            return _ref(name, parameters)
        case {"Fn::GetAtt": [str(name), "Arn" | "StreamArn" as what]}:
            return arn(name) if what == "Arn" else f"{arn(name)}/stream/2026-11-26T00:00:00.000"
        case {"Fn::Sub": str(text)}:
            return _filled(text, {}, parameters)
        case {"Fn::Sub": [str(text), dict(names)]}:
            return _filled(text, resolve(names, parameters), parameters)
        case {"Fn::If": [str(condition), yes, no]}:
            return resolve(yes if _holds(sam.template()["Conditions"][condition], parameters) else no, parameters)
        case {"Fn::Select": [index, each]}:
            return resolve(each, parameters)[int(index)]
        case {"Fn::Split": [str(by), each]}:
            return resolve(each, parameters).split(by)
        case dict():
            assert not any(key.startswith("Fn::") for key in value), f"the judge cannot resolve {value}"
            return {key: resolve(each, parameters) for key, each in value.items()}
        case list():
            return [resolve(each, parameters) for each in value]
        case _:
            return value


def _ref(name: str, parameters: Mapping[str, str]) -> str:
    if name in _PSEUDO:
        return _PSEUDO[name]
    if name in sam.template()["Parameters"]:
        return str(parameters.get(name, sam.template()["Parameters"][name].get("Default", "")))
    if sam.template()["Resources"].get(name, {}).get("Type") == "AWS::SNS::Topic":
        return arn(name)
    return name


def _filled(text: str, names: Mapping[str, str], parameters: Mapping[str, str]) -> str:
    def fill(found: re.Match[str]) -> str:
        name = found[1]
        if name in names:
            return names[name]
        return arn(name.removesuffix(".Arn")) if name.endswith(".Arn") else _ref(name, parameters)

    return re.sub(r"\$\{([\w:.]+)\}", fill, text)


def _holds(condition: Any, parameters: Mapping[str, str]) -> bool:
    match condition:
        case {"Fn::Not": [each]}:
            return not _holds(each, parameters)
        case {"Fn::And": list(each)}:
            return all(_holds(one, parameters) for one in each)
        case {"Fn::Equals": [left, right]}:
            return bool(resolve(left, parameters) == resolve(right, parameters))
    raise AssertionError(f"the judge cannot decide {condition}")


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in (value if isinstance(value, list) else [value]))
