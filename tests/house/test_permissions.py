"""Every statement of every role, held against AWS's authorization reference; and what Lambda itself does in a role's name.

The calls that functions make are judged where they are made: on moto by tests/support/system.py, on the deployed stack by
tests/e2e/test_z_permissions.py.
"""

from typing import Any

import pytest

from infra.local.calls import parts
from tests.support import sam
from tests.support.iam import roles
from tests.support.iam.evaluator import decide
from tests.support.iam.judge import Judge
from tests.support.iam.reference import faults, missing

ROLES = roles.roles()
ADDRESS = "no-reply@latchkey.example"
BULK = {"FromEmailAddress": f"Northbridge Academy <{ADDRESS}>", "ConfigurationSetName": "MailConfiguration"}
# A1: what DeliverLinksRole said until its first mail was judged. No mail would have left.
ONE_STATEMENT = {
    "Sid": "Mail",
    "Effect": "Allow",
    "Action": "ses:SendBulkEmail",
    "Resource": [
        f"arn:aws:ses:{roles.REGION}:{roles.ACCOUNT}:identity/latchkey.example",
        f"arn:aws:ses:{roles.REGION}:{roles.ACCOUNT}:configuration-set/MailConfiguration",
    ],
    "Condition": {"StringEquals": {"ses:FromAddress": ADDRESS}},
}


@pytest.mark.parametrize("function", sorted(ROLES))
@pytest.mark.parametrize("parameters", [{}, {"MailIdentity": ADDRESS, "DomainName": "a.example", "CertificateArn": "arn:x"}])
def test_each_statement_can_do_what_it_says(function: str, parameters: dict[str, str]) -> None:
    statements = roles.roles(**parameters)[function]
    assert [fault for each in statements for fault in faults(each)] == []
    for action in {action for each in statements for action in each.actions}:
        assert missing(statements, action) == [], f"every request for {action} is judged on these, too"


@pytest.mark.parametrize("function", sorted(ROLES))
def test_lambda_can_log_and_take_messages_in_the_roles_name(function: str) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html, "Configuring function execution role"."""
    (found,) = (each for each in sam.functions().values() if sam.package(each) == function)
    group = roles.arn(sam.target(found["LoggingConfig"]["LogGroup"])).removesuffix(":*")
    wanted = [("logs:CreateLogStream", group + ":log-stream:x"), ("logs:PutLogEvents", group + ":log-stream:x")]
    for queue in sam.queue_events(found):
        wanted += [(f"sqs:{name}", roles.arn(queue)) for name in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")]
    for action, resource in wanted:
        assert decide(ROLES[function], action, resource, {}).allowed, f"{function}: {action} on {resource}"


class TestMail:
    """AWS takes a bulk call apart into two actions, and condition keys of addresses belong to one of them only."""

    def denied(self, *statements: roles.Statement, sender: str = BULK["FromEmailAddress"]) -> list[str]:
        judge = Judge({}, {"deliver_links": statements or ROLES["deliver_links"]})
        judge.call("deliver_links", "sesv2.SendBulkEmail", BULK | {"FromEmailAddress": sender})
        return list(judge.denied.values())

    def test_leaves_by_the_statements_of_the_template(self) -> None:
        assert self.denied() == []

    def test_leaves_from_one_address_only(self) -> None:
        assert any(
            "MailFromOneAddress: StringEquals ses:FromAddress is false" in line
            for line in self.denied(sender="x@latchkey.example")
        )

    def test_never_left_by_the_one_statement_that_was_there(self) -> None:
        denied = self.denied(roles.statement(ONE_STATEMENT))
        assert len(denied) == 6, "both actions, on identity, configuration set and template"
        assert "sesv2.SendBulkEmail: the role of deliver_links does not allow ses:SendBulkEmail on" in denied[0]
        assert "Mail: StringEquals ses:FromAddress is false for a request without it" in denied[0]

    def test_the_lint_finds_the_same(self) -> None:
        old = roles.statement(ONE_STATEMENT)
        assert list(faults(old)) == ["Mail: a request for ses:SendBulkEmail does not carry ses:FromAddress"]
        assert missing((old,), "ses:SendBulkEmail") == ["arn:*:ses:*:*:template/*"]

    def test_in_the_sandbox_readers_identities_are_allowed_where_the_address_is_judged(self) -> None:
        """SES is reported to judge them there; without the sender's address nothing of another identity is allowed."""
        reader = f"arn:aws:ses:{roles.REGION}:{roles.ACCOUNT}:identity/head@school.example"
        given: dict[str, Any] = {"ses:FromAddress": (ADDRESS,)}
        assert decide(ROLES["deliver_links"], "ses:SendBulkTemplatedEmail", reader, given).allowed
        assert not decide(
            ROLES["deliver_links"], "ses:SendBulkTemplatedEmail", reader, {"ses:FromAddress": ("a@b.example",)}
        ).allowed
        assert not decide(ROLES["deliver_links"], "ses:SendBulkEmail", reader, {}).allowed


UPDATE = {
    "TableName": "DirectoryTable",
    "Key": {"pk": {"S": "northbridge#P#1"}, "sk": {"S": "PERSON"}},
    "UpdateExpression": "SET #a = #a + :one",
    "ConditionExpression": "#b = :b OR attribute_not_exists(#b)",
    "ExpressionAttributeNames": {"#a": "version", "#b": "version"},
    "ExpressionAttributeValues": {":one": {"N": "1"}, ":b": {"N": "3"}},
}


class TestWhatIsDenied:
    """Calls that no function makes, so that a judge who says yes to everything is found out."""

    def denied(self, function: str, operation: str, request: dict[str, Any]) -> list[str]:
        judge = Judge({}, ROLES)
        judge.call(function, operation, request)
        return list(judge.denied.values())

    def test_an_attribute_that_is_written(self) -> None:
        assert self.denied("plan_send", "dynamodb.UpdateItem", UPDATE) == []
        found = self.denied(
            "plan_send", "dynamodb.UpdateItem", UPDATE | {"ExpressionAttributeNames": {"#a": "is_admin", "#b": "version"}}
        )
        assert "RevokeLinks: ForAllValues:StringEquals dynamodb:Attributes is false" in found[0]

    def test_an_attribute_that_a_condition_reads(self) -> None:
        names = {"#a": "version", "#b": "email_key"}
        assert self.denied("plan_send", "dynamodb.UpdateItem", UPDATE | {"ExpressionAttributeNames": names})

    def test_a_member_of_a_transaction(self) -> None:
        good, bad = UPDATE, UPDATE | {"ExpressionAttributeNames": {"#a": "pin", "#b": "version"}}
        assert self.denied("plan_send", "dynamodb.TransactWriteItems", {"TransactItems": [{"Update": good}]}) == []
        assert self.denied("plan_send", "dynamodb.TransactWriteItems", {"TransactItems": [{"Update": good}, {"Update": bad}]})
        assert self.denied("plan_send", "dynamodb.TransactWriteItems", {"TransactItems": [{"Delete": UPDATE}]})

    def test_a_partition_beside_the_audit_trail(self) -> None:
        def put(pk: str) -> dict[str, Any]:
            return {"TableName": "ActivityTable", "Item": {"pk": {"S": pk}, "sk": {"S": "1"}}}

        assert self.denied("portal", "dynamodb.PutItem", put("northbridge#AUDIT")) == []
        assert self.denied("portal", "dynamodb.PutItem", put("northbridge#SENDS"))
        assert self.denied("portal", "dynamodb.PutItem", put("AUDIT"))
        assert self.denied("portal", "dynamodb.PutItem", put("northbridge#SIGNINS")) == []

    def test_an_event_that_is_changed(self) -> None:
        def count(pk: str, attribute: str = "tries") -> dict[str, Any]:
            key = {"pk": {"S": pk}, "sk": {"S": "1"}}
            names = {"#a": attribute}
            return {
                "TableName": "ActivityTable",
                "Key": key,
                "UpdateExpression": "SET #a = :a",
                "ExpressionAttributeNames": names,
            }

        assert self.denied("portal", "dynamodb.UpdateItem", count("northbridge#SIGNINS")) == []
        assert self.denied("portal", "dynamodb.UpdateItem", count("northbridge#SIGNINS", "state"))
        assert self.denied("portal", "dynamodb.UpdateItem", count("northbridge#AUDIT"))
        assert self.denied("portal", "dynamodb.UpdateItem", count("northbridge#SENDS"))

    def test_an_index_and_a_folder_of_files(self) -> None:
        query = {
            "TableName": "DirectoryTable",
            "KeyConditionExpression": "a = :a",
            "ExpressionAttributeValues": {":a": {"S": "x"}},
        }
        assert self.denied("portal", "dynamodb.Query", query | {"IndexName": "by_email"}) == []
        assert self.denied("portal", "dynamodb.Query", query | {"IndexName": "people"})
        assert self.denied("portal", "dynamodb.Query", query)
        assert self.denied("console", "s3.PutObject", {"Bucket": "ExportsBucket", "Key": "recipients/a/b.csv"}) == []
        assert self.denied("console", "s3.PutObject", {"Bucket": "ExportsBucket", "Key": "exports/a/b.csv"})

    def test_a_file_of_events_is_read_and_deleted_and_never_written(self) -> None:
        file = {"Bucket": "DeliveriesBucket", "Key": "arrived/2026/11/27/10/a.gz"}
        for action in ("s3.GetObject", "s3.DeleteObject"):
            assert self.denied("mail_feedback", action, file) == []
            assert self.denied("mail_feedback", action, file | {"Key": "elsewhere"})
            assert self.denied("mail_feedback", action, file | {"Bucket": "UploadsBucket"})
        assert self.denied("mail_feedback", "s3.PutObject", file)

    def test_a_file_whose_key_the_role_may_not_use(self) -> None:
        statements = tuple(each for each in ROLES["read_roster"] if each.sid != "FilesOfS3Only")
        judge = Judge({}, {"read_roster": statements})
        judge.call("read_roster", "s3.GetObject", {"Bucket": "UploadsBucket", "Key": "rosters/a/b"})
        assert ["kms:Decrypt" in line for line in judge.denied.values()] == [True]

    def test_a_key_outside_s3(self) -> None:
        (statement,) = (each for each in ROLES["read_roster"] if each.sid == "FilesOfS3Only")
        key = roles.arn("FilesKey")
        assert decide([statement], "kms:Decrypt", key, {"kms:ViaService": (f"s3.{roles.REGION}.amazonaws.com",)}).allowed
        assert not decide([statement], "kms:Decrypt", key, {}).allowed


def test_no_value_of_a_call_is_kept() -> None:
    item = {"pk": {"S": "northbridge#SEND#01jhm6qk00"}, "sk": {"S": "CHUNK#1"}, "mails": {"S": "ann@x.example"}}
    (found,) = parts("dynamodb.PutItem", {"TableName": "T", "Item": item})
    assert dict(found.keys) == {"dynamodb:Attributes": ("mails", "pk", "sk"), "dynamodb:LeadingKeys": ("*#SEND#*",)}
