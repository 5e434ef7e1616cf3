"""Every call that the functions made in the end-to-end tests, judged by AWS's rules against the roles of the template.

Runs after the other end-to-end tests (by its name), on what the recorder between the functions and MiniStack has written down:
MiniStack lets pass what AWS denies.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.local.calls import Part
from tests.support import sam
from tests.support.iam.grants import Grant, grants, used
from tests.support.iam.judge import Judge
from tests.support.iam.roles import roles

pytestmark = [pytest.mark.e2e, pytest.mark.last(of="run")]
ROLES = roles()
DIRECTORY, ACTIVITY = "table/DirectoryTable", "table/ActivityTable"
SIGN_OUT = "somebody whom an admin signs out everywhere, in a browser's story"
ERASED = "a person who is erased, in a browser's story"
NAMED = "a username that an admin gives or changes, in a browser's story"
LARGE = "a file of more than 5 MiB goes in parts (tests/stores/shared/test_files.py)"
WORKERS = {sam.package(each): sam.queue_events(each) for each in sam.functions().values() if sam.queue_events(each)}
CLIENT_SECRETS = "secret:latchkey/sso/*"
PROVIDERS = "single sign-on, set up in a page's story"
UNUSED = {
    Grant("console", "LookAtProviders", "lambda:InvokeFunction", "function:FederateFunction"): "a check of single sign-on",
    Grant("console", "LookAtProviders", "lambda:InvokeFunction", "function:SamlFunction"): "a check of single sign-on",
    Grant("build_export", "FilesOfS3Only", "kms:Decrypt", "key/FilesKey"): LARGE,
    Grant("build_export", "HandOver", "sqs:SendMessage", "ExportQueue"): "a run that is longer than an invocation may be",
    Grant("build_export", "RunAndAudit", "dynamodb:GetItem", ACTIVITY): "a run that another worker has ended meanwhile",
    Grant("build_export", "WriteFile", "s3:AbortMultipartUpload", "ExportsBucket/*"): LARGE,
    Grant("build_export", "ReadPeopleAndStartCodes", "dynamodb:BatchGetItem", DIRECTORY): "rows for families, and codes again",
    Grant("daily", "LookAtSchool", "dynamodb:BatchGetItem", DIRECTORY): "a school's day, which begins before anybody is up",
    Grant("daily", "LookAtSchool", "dynamodb:Query", DIRECTORY): "the same",
    Grant("daily", "ReadLooks", "dynamodb:BatchGetItem", ACTIVITY): "the same",
    Grant("console", "KeepClientSecrets", "secretsmanager:CreateSecret", CLIENT_SECRETS): PROVIDERS,
    Grant("console", "KeepClientSecrets", "secretsmanager:PutSecretValue", CLIENT_SECRETS): PROVIDERS,
    Grant("console", "KeepClientSecrets", "secretsmanager:DeleteSecret", CLIENT_SECRETS): PROVIDERS,
    Grant("daily", "Providers", "dynamodb:Query", DIRECTORY): PROVIDERS,
    Grant("console", "RevealCodes", "kms:GenerateMac", "key/CodeKey"): "one student's codes on the screen, in a browser's story",
    Grant("plan_send", "DropReminders", "dynamodb:DeleteItem", ACTIVITY): "a send that starts at its time",
    Grant("plan_send", "HandOver", "sqs:SendMessage", "PlanQueue"): "a send that starts at its time",
    Grant("console", "StartJobs", "sqs:SendMessage", "RequestsQueue"): "another address of somebody with a password, by an admin",
    Grant("console", "Sessions", "dynamodb:UpdateItem", "table/SessionsTable"): "a session that is used after a while",
    Grant("console", "Sessions", "dynamodb:Query", "table/SessionsTable"): SIGN_OUT,
    Grant("console", "Sessions", "dynamodb:DeleteItem", "table/SessionsTable"): SIGN_OUT,
    Grant("console", "EraseOnePerson", "dynamodb:BatchWriteItem", "table/CredentialsTable"): ERASED,
    Grant("console", "EraseOnePerson", "dynamodb:BatchWriteItem", DIRECTORY): ERASED,
    Grant("console", "EraseOnePerson", "dynamodb:BatchWriteItem", "table/SessionsTable"): ERASED,
    Grant("console", "Usernames", "dynamodb:BatchGetItem", "table/CredentialsTable"): ERASED,
    Grant("plan_send", "ForgetErased", "dynamodb:BatchWriteItem", DIRECTORY): f"{ERASED}, a minute later",
    Grant("plan_send", "WriteInvitations", "dynamodb:Query", DIRECTORY): "the same",
    Grant("console", "Usernames", "dynamodb:GetItem", "table/CredentialsTable"): NAMED,
    Grant("console", "Usernames", "dynamodb:PutItem", "table/CredentialsTable"): NAMED,
    Grant("console", "FindPeople", "dynamodb:Query", f"{DIRECTORY}/index/by_username"): NAMED,
    Grant("console", "FindPeople", "dynamodb:Query", f"{DIRECTORY}/index/by_email"): "who shares a trusted address",
    Grant("console", "SendsExportsAudit", "dynamodb:BatchGetItem", ACTIVITY): "a time line with a send in it",
    Grant("daily", "AskForRolls", "dynamodb:UpdateItem", DIRECTORY): "a school's roll, asked for each morning",
    Grant("keep_roll", "GiveUp", "sqs:SendMessage", "KeepRollDeadLetters"): "Lambda's own, after the last try",
    Grant("keep_roll", "ReadLedgersAndDoubles", "dynamodb:BatchGetItem", ACTIVITY): "pairs that a look for doubles has found",
    Grant("keep_roll", "KeepRolls", "s3:GetObject", "RollsBucket/*"): "many changes after a roll was built",
    Grant("keep_roll", "FilesOfS3Only", "kms:Decrypt", "key/FilesKey"): "the same",
    Grant("deliver_links", "Ledger", "dynamodb:GetItem", ACTIVITY): "a chunk or a send that another worker changed meanwhile",
    Grant("deliver_links", "ReadLogo", "dynamodb:GetItem", DIRECTORY): "a school with a logo in its mails",
    Grant("mail_feedback", "Ledger", "dynamodb:Query", ACTIVITY): "where a story's bounces come in time",
    Grant("mail_feedback", "KnowWhatWasRead", "s3:ListBucket", "DeliveriesBucket"): "no call: how a file that is gone is told",
    Grant("plan_send", "TakeLostFactors", "dynamodb:UpdateItem", DIRECTORY): "a lost second step that nobody stops for 24 hours",
    Grant("plan_send", "ForgetLostFactors", "dynamodb:BatchWriteItem", "table/CredentialsTable"): "the same",
    Grant("portal", "StopReset", "dynamodb:UpdateItem", DIRECTORY): "a second step that is not lost",
    Grant("plan_send", "EndUnconfirmed", "dynamodb:UpdateItem", DIRECTORY): "an address that nobody confirms for 28 days",
    Grant("deliver_links", "SayWhoseAccountItIs", "dynamodb:BatchGetItem", DIRECTORY): "a parent who registers with a code",
    Grant("plan_send", "TakeMailProblem", "dynamodb:UpdateItem", DIRECTORY): "a trusted domain",
    Grant("plan_send", "WriteCopiesOfPages", "s3:PutObject", "PagesBucket/schools/*"): "a notice that comes or goes at its time",
    Grant("portal", "CountRefusedSignIns", "dynamodb:UpdateItem", ACTIVITY): "a wrong password",
    Grant("read_roster", "TellNewAddresses", "sqs:SendMessage", "RequestsQueue"): "another address of somebody with a password",
    Grant("console", "WriteLists", "s3:PutObject", "ExportsBucket/activity/*"): "activity as a file, in a page's story",
    Grant("console", "WriteLists", "s3:AbortMultipartUpload", "ExportsBucket/recipients/*"): LARGE,
    Grant("console", "WriteLists", "s3:AbortMultipartUpload", "ExportsBucket/activity/*"): LARGE,
    Grant("deliver_links", "PutAgain", "sqs:SendMessage", "DeliverQueue"): "what waits, and sends of more than two dozen chunks",
    Grant("deliver_links", "PutAgain", "sqs:SendMessage", "UrgentQueue"): "what waits",
    Grant(
        "mail_feedback", "Ledger", "dynamodb:PutItem", ACTIVITY
    ): "the audit event of a brake, where a story's bounces come in time",
    Grant(
        "mail_feedback", "LookUp", "kms:GenerateMac", "key/LookupKey"
    ): "an address that bounces while look-up keys are being replaced",
    Grant(
        "mail_feedback", "ReadSchoolAndOwnersOfAddresses", "dynamodb:GetItem", DIRECTORY
    ): "where a story's bounces come in time",
    Grant("plan_send", "FindPeople", "dynamodb:Query", f"{DIRECTORY}/index/by_username"): "a forgotten password, by username",
    Grant(
        "plan_send", "LookUp", "kms:GenerateMac", "key/LookupKey"
    ): "the mailbox of somebody whose look-up key is being replaced, or whose address a roster has changed",
    Grant("portal", "FindPeopleAndSchools", "dynamodb:Query", f"{DIRECTORY}/index/by_username"): "a sign-in by username",
    Grant("portal", "FindPeopleAndSchools", "dynamodb:Query", f"{DIRECTORY}/index/schools"): "the search for a school",
    Grant("portal", "Sessions", "dynamodb:UpdateItem", "table/SessionsTable"): "a session that is used after a while",
    Grant("portal", "Sessions", "dynamodb:Query", "table/SessionsTable"): "where somebody is signed in: a browser's story",
    Grant("portal", "Sessions", "dynamodb:BatchWriteItem", "table/SessionsTable"): "sign-ins that their owner ends, the same",
    Grant("read_roster", "WriteRowsToMend", "s3:AbortMultipartUpload", "UploadsBucket/rejected/*"): LARGE,
    Grant(
        "read_roster", "FindPeople", "dynamodb:Query", f"{DIRECTORY}/index/by_username"
    ): "a username that undoing a roster gives back",
    Grant("read_roster", "TurnLeavers", "dynamodb:GetItem", ACTIVITY): "many who leave at once",
    Grant("read_roster", "TurnLeavers", "dynamodb:UpdateItem", ACTIVITY): "the same",
    Grant("read_roster", "HandOver", "sqs:SendMessage", "RosterQueue"): "a roster that is longer than an invocation may be",
} | {
    Grant(function, "Receive", "sqs:ChangeMessageVisibility", queue): "a message whose work failed"
    for function, queues in WORKERS.items()
    for queue in queues
}  # each with why no story needs it


# Their calls are judged where they are made in the process: the operator's commands in tests/workers/operator, single sign-on in
# tests/routes/federate and tests/workers/sso. A story here shows a part of them.
BY_HAND = {"operate", "federate", "saml"}


@pytest.fixture(scope="module")
def calls(stack: Any) -> list[tuple[str, str, Part]]:
    """``(function, operation, part)`` of each call that a function has made since the stack was started."""
    if "calls" not in stack:
        pytest.skip("this stack has no recorder: start it with RECORDER_PORT")
    return list(_read(stack))


def _read(stack: Any) -> Iterator[tuple[str, str, Part]]:
    signers = _signers(stack)
    for line in Path(stack["calls"]).read_text().splitlines():
        signer, operation, *rest = json.loads(line)
        assert rest, f"{signers.get(signer, signer)} made a call that infra/local/calls.py does not know: {operation}"
        action, resource, keys = rest
        if signer in signers:
            yield signers[signer], operation, Part(action, resource, tuple((key, tuple(values)) for key, values in keys.items()))


def _signers(stack: Any) -> dict[str, str]:
    """The functions' packages by the access key ids of their versions, which MiniStack derives from the two ARNs."""
    aws = stack["aws"]
    keys = {name: aws[name] for name in ("aws_access_key_id", "aws_secret_access_key")}
    client = boto3.client("lambda", endpoint_url=aws["endpoint_url"], region_name=aws["region"], **keys)
    found = {}
    for logical, function in sam.functions().items():
        name = aws["outputs"][logical]
        latest = client.get_function_configuration(FunctionName=name)
        versions = client.list_versions_by_function(FunctionName=name)["Versions"]
        for config in (latest, *(each for each in versions if each["Version"] != "$LATEST")):
            digest = hashlib.sha256(f"{config['FunctionArn']}:{config['Role']}".encode()).hexdigest()
            found[f"ASIA{digest[:16].upper()}"] = sam.package(function)
    return found


@pytest.fixture(scope="module")
def judge(stack: Any) -> Judge:
    """The stack's outputs give its names of what the template makes."""
    logical = {name: sam.target(output["Value"]) for name, output in sam.template()["Outputs"].items()}
    outputs = {name: value.rpartition("/")[2] for name, value in stack["aws"]["outputs"].items()}
    made = sam.template()["Resources"]
    return Judge({value: logical[name] for name, value in outputs.items() if logical[name] in made}, ROLES)


def test_aws_would_have_allowed_each_call(calls: list[tuple[str, str, Part]], judge: Judge) -> None:
    assert set(Counter(function for function, _, _ in calls)) == set(ROLES), "every function has made calls"
    denials = [
        judge.denial(function, operation, part, decision)
        for function, operation, part in calls
        if not (decision := judge.decide(function, part)).allowed
    ]
    assert not denials, "AWS would deny this:\n" + "\n".join(dict.fromkeys(denials))


def test_what_nothing_has_used_is_explained(calls: list[tuple[str, str, Part]], judge: Judge) -> None:
    """Whatever the stories do not use is either dropped from the template or explained here."""
    made = [(function, part) for function, _, part in calls]
    found = {grant: how for grant, how in grants(ROLES).items() if grant.function not in BY_HAND}
    unused = {grant for grant, (statement, resource) in found.items() if not used(grant, statement, resource, judge, made)}
    assert set(UNUSED) <= set(found), "an explanation of what is no longer granted"
    assert unused <= set(UNUSED), "\n".join(str(grant) for grant in sorted(unused - set(UNUSED)))
