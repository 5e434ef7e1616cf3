"""What no function's role can do, tried with the roles' own credentials on a stack that enforces IAM."""

import hashlib
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.e2e


class Roles:
    """The deployed functions' roles. MiniStack derives a role session's keys from the function's and the role's ARN."""

    def __init__(self, stack: Any) -> None:
        self.aws = stack["aws"]
        cloudformation = self._root("cloudformation")
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=self.aws["stack"])
        found = [each for page in pages for each in page["StackResourceSummaries"]]
        self.names = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found}

    def _root(self, service: str) -> Any:
        keys = {name: self.aws[name] for name in ("aws_access_key_id", "aws_secret_access_key") if name in self.aws}
        keys = keys or {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.client(service, endpoint_url=self.aws["endpoint_url"], region_name=self.aws["region"], **keys)

    def client(self, function: str, service: str) -> Any:
        """A client with the credentials that a function has, after one run that makes them exist."""
        awake = self._root("lambda")
        name = self.names[function]
        awake.invoke(FunctionName=name, Payload=b'{"Records": []}')
        config = awake.get_function_configuration(FunctionName=name)
        digest = hashlib.sha256(f"{config['FunctionArn']}:{config['Role']}".encode()).hexdigest()
        return boto3.client(
            service,
            endpoint_url=self.aws["endpoint_url"],
            region_name=self.aws["region"],
            aws_access_key_id=f"ASIA{digest[:16].upper()}",
            aws_secret_access_key=hashlib.sha256(f"secret:{digest}".encode()).hexdigest(),
            aws_session_token=hashlib.sha256(f"token:{digest}".encode()).hexdigest(),
        )


@pytest.fixture(scope="module")
def roles(stack: Any) -> Roles:
    return Roles(stack)


def denied(call: Any, **request: Any) -> bool:
    try:
        call(**request)
    except ClientError as error:
        return error.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException", "403"}
    return False


def query(partition: str, name: str = "pk") -> dict[str, Any]:
    return {
        "KeyConditionExpression": "#p = :p",
        "ExpressionAttributeNames": {"#p": name},
        "ExpressionAttributeValues": {":p": {"S": partition}},
    }


def test_the_portal_cannot_list_people(roles: Roles) -> None:
    portal, table = roles.client("PortalFunction", "dynamodb"), roles.names["DirectoryTable"]
    assert denied(portal.query, TableName=table, IndexName="people", **query("northbridge#student", "people_pk"))
    assert denied(portal.query, TableName=table, **query("northbridge#ROSTERS"))
    assert denied(portal.scan, TableName=table)
    assert denied(portal.query, TableName=roles.names["ActivityTable"], **query("northbridge#SENDS"))
    assert not denied(portal.query, TableName=table, IndexName="schools", **query("SCHOOLS", "schools_pk")), "the key works"


def test_the_portal_replaces_and_deletes_nobody(roles: Roles) -> None:
    """Which attributes it may write is for tests/house: MiniStack does not judge by them."""
    portal, table = roles.client("PortalFunction", "dynamodb"), roles.names["DirectoryTable"]
    key = {"pk": {"S": "northbridge#P#" + "0" * 20}, "sk": {"S": "PERSON"}}
    assert denied(portal.put_item, TableName=table, Item=key)
    assert denied(portal.delete_item, TableName=table, Key=key)
    assert denied(portal.batch_write_item, RequestItems={table: [{"PutRequest": {"Item": key}}]})


def test_the_portal_adds_to_the_audit_trail_and_cannot_read_it(roles: Roles) -> None:
    portal, table = roles.client("PortalFunction", "dynamodb"), roles.names["ActivityTable"]
    key = {"pk": {"S": "nowhere#AUDIT"}, "sk": {"S": "0"}}
    assert denied(portal.get_item, TableName=table, Key=key)
    assert denied(portal.query, TableName=table, **query("nowhere#AUDIT"))
    # That it cannot update one either rests on a condition that the emulator does not know: see tests/house/test_permissions.py.
    assert denied(portal.delete_item, TableName=table, Key=key)
    assert not denied(portal.put_item, TableName=table, Item=key), "the key works"
    beside = {"pk": {"S": "nowhere#SIGNINS"}, "sk": {"S": "0"}}
    assert denied(portal.query, TableName=table, **query("nowhere#SIGNINS"))
    assert denied(portal.delete_item, TableName=table, Key=beside)
    assert not denied(portal.put_item, TableName=table, Item=beside), "the key works"


def test_the_portal_finds_one_student_by_number(roles: Roles) -> None:
    portal, table = roles.client("PortalFunction", "dynamodb"), roles.names["DirectoryTable"]
    assert not denied(portal.query, TableName=table, IndexName="by_number", **query("northbridge#N#1", "number_key"))


def test_who_can_make_codes(roles: Roles) -> None:
    """The door compares them, the console shows one student's, build_export prints them; nobody else needs one."""
    code_key = roles.names["CodeKey"]

    def asks(function: str) -> bool:
        kms = roles.client(function, "kms")
        return not denied(kms.generate_mac, KeyId=code_key, MacAlgorithm="HMAC_SHA_256", Message=b"x")

    others = ("PlanSendFunction", "DeliverLinksFunction", "MailFeedbackFunction", "ReadRosterFunction", "OperateFunction")
    assert {function: asks(function) for function in others} == dict.fromkeys(others, False)
    for function in ("PortalFunction", "ConsoleFunction", "BuildExportFunction"):
        assert asks(function), function


def test_the_console_cannot_read_a_password_hash(roles: Roles) -> None:
    console, table = roles.client("ConsoleFunction", "dynamodb"), roles.names["CredentialsTable"]
    key = {"pk": {"S": "northbridge#P#0"}, "sk": {"S": "PASSWORD"}}
    # MiniStack does not say which keys a call names, so reads by key are judged in tests/house/test_console_hashes.py.
    assert denied(console.query, TableName=table, **query("northbridge#P#0"))
    assert denied(console.scan, TableName=table)
    assert not denied(console.batch_get_item, RequestItems={roles.names["SessionsTable"]: {"Keys": [key]}}), "the key works"


def test_deliver_links_cannot_read_exports(roles: Roles) -> None:
    s3, bucket = roles.client("DeliverLinksFunction", "s3"), roles.names["ExportsBucket"]
    assert denied(s3.get_object, Bucket=bucket, Key="exports/northbridge/x")
    assert denied(s3.list_objects_v2, Bucket=bucket)
    dynamodb = roles.client("DeliverLinksFunction", "dynamodb")
    school = {"pk": {"S": "northbridge"}, "sk": {"S": "SCHOOL"}}
    assert not denied(dynamodb.get_item, TableName=roles.names["DirectoryTable"], Key=school), "the key works"


@pytest.mark.parametrize("function", ["ConsoleFunction", "PlanSendFunction", "ReadRosterFunction", "BuildExportFunction"])
def test_nobody_but_the_portal_and_the_mailer_can_make_links(roles: Roles, function: str) -> None:
    kms = roles.client(function, "kms")
    assert denied(kms.generate_mac, KeyId=roles.names["LinkKey"], MacAlgorithm="HMAC_SHA_256", Message=b"x")


@pytest.mark.parametrize(
    "function", ["PortalFunction", "ConsoleFunction", "BuildExportFunction", "ReadRosterFunction", "OperateFunction"]
)
def test_nobody_but_the_mailer_sends_mail(roles: Roles, function: str) -> None:
    ses = roles.client(function, "sesv2")
    content = {"Simple": {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}}
    assert denied(ses.send_email, FromEmailAddress="a@x.example", Destination={"ToAddresses": ["b@x.example"]}, Content=content)
