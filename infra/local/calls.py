"""What IAM looks at in a call to AWS: actions, resources and condition keys by name, and none of the call's values.

A call is one part for each decision that AWS takes: a member of a transaction by its own action, a file by S3's action and
by what S3 then asks of KMS. The sources, page by page:

- DynamoDB: "Using IAM policy conditions for fine-grained access control", "Using IAM with DynamoDB transactions"
- S3: "Using server-side encryption with AWS KMS", "Uploading and copying objects using multipart upload"
- SQS: "Amazon SQS API permissions"; a batch needs the single message's action
- SES: "Actions, resources, and condition keys for Amazon Simple Email Service v2"; see DeliverLinksRole in template.yaml
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from functools import cache
from typing import Any, Final

Keys = Mapping[str, tuple[str, ...]]
Request = Mapping[str, Any]


class UnknownCall(Exception):
    """A call that nothing here can take apart; the message is its operation."""


@dataclass(frozen=True)
class Part:
    """One decision: an action, the resource that the call names (without account and region), and the condition keys."""

    action: str
    resource: str
    keys: tuple[tuple[str, tuple[str, ...]], ...] = ()


def parts(operation: str, request: Request) -> list[Part]:
    """What AWS decides about when a call comes in; ``operation`` is ``dynamodb.UpdateItem`` and so on."""
    service, _, name = operation.partition(".")
    take_apart = _SERVICES.get(service)
    if take_apart is None:
        raise UnknownCall(operation)
    return list(dict.fromkeys(take_apart(name, request)))


def _part(action: str, resource: str, keys: Keys | None = None) -> Part:
    return Part(action, resource, tuple(sorted((keys or {}).items())))


# DynamoDB

_MEMBERS: Final = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
_SINGLE: Final = {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"}
_EXPRESSIONS: Final = tuple(f"{kind}Expression" for kind in ("KeyCondition", "Update", "Condition", "Projection", "Filter"))
_WORDS: Final = {"SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "BETWEEN", "IN"}
_TOKEN: Final = re.compile(r"(:?[#\w]+)((?:\.[#\w]+|\[\d+\])*)\s*(\()?")


def _dynamodb(name: str, request: Request) -> Iterator[Part]:
    if name in _SINGLE:
        yield _item(name, request)
    elif name == "TransactWriteItems":
        for member in request["TransactItems"]:
            ((kind, each),) = member.items()
            yield _item(_MEMBERS[kind], each, name)
    elif name == "TransactGetItems":
        for member in request["TransactItems"]:
            yield _item("GetItem", member["Get"], name)
    elif name == "BatchGetItem":
        for table, wanted in request["RequestItems"].items():
            yield _batch(name, table, wanted["Keys"], wanted)
    elif name == "BatchWriteItem":
        for table, writes in request["RequestItems"].items():
            items = [write.get("PutRequest", {}).get("Item") or write["DeleteRequest"]["Key"] for write in writes]
            yield _batch(name, table, items, {})
    else:
        raise UnknownCall(f"dynamodb.{name}")


def _item(action: str, request: Request, enclosing: str = "") -> Part:
    item: Mapping[str, Any] = request.get("Item") or request.get("Key") or {}
    leading = [item["pk"]["S"]] if item else _queried(request)
    keys = _named(item, request) | {"dynamodb:LeadingKeys": _sorted(_without_values(key) for key in leading)}
    for parameter in ("Select", "ReturnValues"):
        if parameter in request:
            keys[f"dynamodb:{parameter}"] = (request[parameter],)
    if enclosing:
        keys["dynamodb:EnclosingOperation"] = (enclosing,)
    index = f"/index/{request['IndexName']}" if "IndexName" in request else ""
    return _part(f"dynamodb:{action}", f"table/{request['TableName']}{index}", keys)


def _batch(action: str, table: str, items: Sequence[Mapping[str, Any]], request: Request) -> Part:
    names = [name for item in items for name in item]
    leading = {"dynamodb:LeadingKeys": _sorted(_without_values(item["pk"]["S"]) for item in items)}
    return _part(f"dynamodb:{action}", f"table/{table}", _named(names, request) | leading)


def _queried(request: Request) -> list[str]:
    """The partition that a query names: the value that its key's first part is compared with."""
    found = re.match(r"\s*[#\w]+\s*=\s*(:\w+)", request.get("KeyConditionExpression", ""))
    return [request["ExpressionAttributeValues"][found[1]]["S"]] if found else []


def _named(names: Iterable[str], request: Request) -> dict[str, tuple[str, ...]]:
    """dynamodb:Attributes: what the key or the item has, and what the expressions name, to read it or to write it."""
    short: Mapping[str, str] = request.get("ExpressionAttributeNames", {})
    used = [name for expression in _EXPRESSIONS for name in attributes(request.get(expression, ""))]
    return {"dynamodb:Attributes": _sorted([*names, *(short[name] if name.startswith("#") else name for name in used)])}


@cache
def attributes(expression: str) -> tuple[str, ...]:
    """The attributes that an expression names, nested ones by their outermost: that is what AWS judges by."""
    return tuple(
        dict.fromkeys(
            name
            for name, _, called in _TOKEN.findall(expression)
            if not called and not name.startswith(":") and not name.isdigit() and name.upper() not in _WORDS
        )
    )


def _without_values(key: str) -> str:
    """``northbridge#SEND#01h..`` as ``*#SEND#*``: of a key, the words that the code puts into it."""
    return "#".join(word if re.fullmatch("[A-Z]{1,12}|", word) else "*" for word in key.split("#"))


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


# The other services

_S3: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {  # S3's action, and what S3 asks of the key in the caller's name
    "GetObject": ("GetObject", ("Decrypt",)),
    "PutObject": ("PutObject", ("GenerateDataKey",)),
    "CreateMultipartUpload": ("PutObject", ("GenerateDataKey",)),
    "UploadPart": ("PutObject", ("Decrypt", "GenerateDataKey")),
    "CompleteMultipartUpload": ("PutObject", ("Decrypt",)),
    "AbortMultipartUpload": ("AbortMultipartUpload", ()),
    "DeleteObject": ("DeleteObject", ()),
}


_FOLDERS: Final = {"activity", "arrived", "contacts", "exports", "recipients", "rejected", "rosters", "schools"}


def _s3(name: str, request: Request) -> Iterator[Part]:
    if name == "ListObjectsV2":
        yield _part("s3:ListBucket", f"bucket/{request['Bucket']}")
        return
    if name == "DeleteObjects":
        yield _part("s3:DeleteObject", f"bucket/{request['Bucket']}/*")
        return
    if name not in _S3:
        raise UnknownCall(f"s3.{name}")
    action, of_key = _S3[name]
    folder, slash, _ = request["Key"].partition("/")
    known = f"{folder}/" if slash and folder in _FOLDERS else ""
    yield _part(f"s3:{action}", f"bucket/{request['Bucket']}/{known}*")
    for each in of_key:
        yield _part(f"kms:{each}", f"key-of/{request['Bucket']}", {"kms:ViaService": ("s3",)})


_SQS: Final = {name: name for name in ("ChangeMessageVisibility", "SendMessage")} | {"SendMessageBatch": "SendMessage"}


def _sqs(name: str, request: Request) -> Iterator[Part]:
    if name not in _SQS:
        raise UnknownCall(f"sqs.{name}")
    yield _part(f"sqs:{_SQS[name]}", f"queue/{request['QueueUrl'].rpartition('/')[2]}")


def _kms(name: str, request: Request) -> Iterator[Part]:
    if name != "GenerateMac":
        raise UnknownCall(f"kms.{name}")
    yield _part("kms:GenerateMac", f"key/{request['KeyId'].rpartition('/')[2]}", {"kms:MacAlgorithm": (request["MacAlgorithm"],)})


_SES_READS: Final = {
    "GetEmailIdentity": ("identity", "EmailIdentity"),
    "GetConfigurationSet": ("configuration-set", "ConfigurationSetName"),
    "GetConfigurationSetEventDestinations": ("configuration-set", "ConfigurationSetName"),
}


def _sesv2(name: str, request: Request) -> Iterator[Part]:
    if name == "GetAccount":
        yield _part("ses:GetAccount", "*")
        return
    if name in _SES_READS:
        kind, parameter = _SES_READS[name]
        yield _part(f"ses:{name}", f"{kind}/{request[parameter]}", {"ses:ApiVersion": ("2",)})
        return
    if name != "SendBulkEmail":
        raise UnknownCall(f"sesv2.{name}")
    sender = parseaddr(request["FromEmailAddress"])[1]
    resources = (
        f"identity/{sender.rpartition('@')[2]}",
        f"configuration-set/{request['ConfigurationSetName']}",
        "template/*",
    )
    for action in ("SendBulkEmail", "SendBulkTemplatedEmail"):
        for resource in resources:
            yield _part(f"ses:{action}", resource, {"ses:ApiVersion": ("2",), "ses:FromAddress": (sender,)})


def _sns(name: str, request: Request) -> Iterator[Part]:
    if name != "GetTopicAttributes":
        raise UnknownCall(f"sns.{name}")
    yield _part("sns:GetTopicAttributes", f"topic/{request['TopicArn']}")


def _secretsmanager(name: str, request: Request) -> Iterator[Part]:
    yield _part(f"secretsmanager:{name}", f"secret/{request['Name' if name == 'CreateSecret' else 'SecretId']}")


def _lambda(name: str, request: Request) -> Iterator[Part]:
    if name != "Invoke":
        raise UnknownCall(f"lambda.{name}")
    yield _part("lambda:InvokeFunction", f"function/{request['FunctionName']}")


_SERVICES: Final[Mapping[str, Callable[[str, Request], Iterator[Part]]]] = {
    "dynamodb": _dynamodb,
    "s3": _s3,
    "sqs": _sqs,
    "kms": _kms,
    "sesv2": _sesv2,
    "sns": _sns,
    "secretsmanager": _secretsmanager,
    "lambda": _lambda,
}
