"""The template keeps the promises of docs/architecture.md."""

import json
import re
import tomllib
from typing import Any

import pytest

from latchkey.login_details.model import runs as exports
from latchkey.office_files.model import sheets
from latchkey.office_files.stores import scratch
from latchkey.rosters.model import runs as rosters
from latchkey.sends import plan_send
from tests.support import sam
from worker.consume import FIRST_PAUSE, LAST_TRY, LONGEST_PAUSE

FUNCTIONS = sorted(sam.functions())
QUEUES = sorted(name for name in sam.resources("AWS::SQS::Queue") if not name.endswith("DeadLetters"))
TABLES = sorted(sam.resources("AWS::DynamoDB::Table"))
BUCKETS = sorted(sam.resources("AWS::S3::Bucket"))
PRIVATE = sorted(set(BUCKETS) - {"PagesBucket"})


def function(name: str) -> sam.Resource:
    return sam.functions()[name]


def timeout(properties: sam.Resource) -> int:
    default = sam.template()["Globals"]["Function"]["Timeout"]
    return int(properties.get("Timeout", default))


@pytest.mark.parametrize("name", QUEUES)
class TestEveryQueue:
    def test_feeds_one_function(self, name: str) -> None:
        assert len([f for f in FUNCTIONS if name in sam.queue_events(function(f))]) == 1

    def test_hides_a_message_for_six_times_its_functions_timeout(self, name: str) -> None:
        (reader,) = (f for f in sam.functions().values() if name in sam.queue_events(f))
        assert sam.resources("AWS::SQS::Queue")[name]["VisibilityTimeout"] >= 6 * timeout(reader)

    def test_keeps_a_message_until_it_can_be_with_the_dead_letters(self, name: str) -> None:
        """Whatever becomes of its tries: even if a worker dies at each of them."""
        queue = sam.resources("AWS::SQS::Queue")[name]
        kept = queue.get("MessageRetentionPeriod", 4 * 24 * 3600)  # SQS's own
        assert kept > LAST_TRY * queue["VisibilityTimeout"]

    def test_never_lets_a_message_come_again_later_than_by_itself(self, name: str) -> None:
        hidden = sam.resources("AWS::SQS::Queue")[name]["VisibilityTimeout"]
        leases = {"RosterQueue": rosters.LEASE, "ExportQueue": exports.LEASE, "PlanQueue": plan_send._PLAN_SECONDS}
        assert max(LONGEST_PAUSE, leases.get(name, 0)) <= hidden

    def test_gives_up_after_the_last_try_into_a_queue_of_its_own(self, name: str) -> None:
        redrive = sam.resources("AWS::SQS::Queue")[name]["RedrivePolicy"]
        dead = sam.target(redrive["deadLetterTargetArn"])
        assert redrive["maxReceiveCount"] == LAST_TRY
        assert dead == name.replace("Queue", "DeadLetters")
        assert sam.resources("AWS::SQS::Queue")[dead]["MessageRetentionPeriod"] == 14 * 24 * 3600

    def test_raises_an_alarm_when_a_message_died_or_waits_too_long(self, name: str) -> None:
        assert sam.alarmed("ApproximateNumberOfMessagesVisible", name.replace("Queue", "DeadLetters"))
        assert sam.alarmed("ApproximateAgeOfOldestMessage", name)

    def test_is_read_with_partial_batch_responses(self, name: str) -> None:
        (event,) = (e[name] for f in sam.functions().values() if name in (e := sam.queue_events(f)))
        assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]

    def test_cannot_take_all_of_the_accounts_concurrency(self, name: str) -> None:
        """New accounts may run ten functions at once; people at the pages come first."""
        (event,) = (e[name] for f in sam.functions().values() if name in (e := sam.queue_events(f)))
        most = event["ScalingConfig"]["MaximumConcurrency"]
        assert most == {"Ref": "DeliverConcurrency"} or 2 <= most <= 5

    def test_is_encrypted(self, name: str) -> None:
        queues = sam.resources("AWS::SQS::Queue")
        assert queues[name]["SqsManagedSseEnabled"] is True
        assert queues[name.replace("Queue", "DeadLetters")]["SqsManagedSseEnabled"] is True


def test_no_outage_of_ten_minutes_makes_a_dead_letter() -> None:
    """The least that lies between the first try and the last one: half of each pause is sure."""
    longest = [min(FIRST_PAUSE * 2**failed, LONGEST_PAUSE) for failed in range(LAST_TRY - 1)]
    assert sum(each / 2 for each in longest) > 600 + LONGEST_PAUSE


def shared(package: str) -> set[str]:
    """A package of functions/ and those that it imports, and that they import."""
    code = "".join(path.read_text() for path in (sam.ROOT / "functions" / package).rglob("*.py"))
    found = {each for each in ("web", "worker", "measure", "start") if re.search(rf"^from {each}[. ]", code, re.MULTILINE)} - {
        package
    }
    return {package}.union(*map(shared, found))


@pytest.mark.parametrize("name", FUNCTIONS)
class TestEveryFunction:
    def test_logs_to_a_group_that_forgets(self, name: str) -> None:
        group = sam.target(function(name)["LoggingConfig"]["LogGroup"])
        assert group == name.replace("Function", "Logs")
        assert sam.resources("AWS::Logs::LogGroup")[group]["RetentionInDays"] == {"Ref": "LogRetentionDays"}

    def test_has_a_role_of_its_own(self, name: str) -> None:
        assert function(name)["Role"] == {"Fn::GetAtt": [name.replace("Function", "Role"), "Arn"]}
        assert "Policies" not in function(name)

    def test_raises_an_alarm_when_it_fails_or_is_throttled(self, name: str) -> None:
        assert sam.alarmed("Errors", name)
        assert sam.alarmed("Throttles", name)

    def test_is_built_from_its_package_and_the_shared_ones_that_it_imports(self, name: str) -> None:
        makefile = (sam.ROOT / "functions" / "Makefile").read_text()
        (packages,) = re.findall(rf"^build-{name}: PACKAGES := (.*)$", makefile, re.MULTILINE)
        package = sam.package(function(name))
        assert packages.split() == [
            package,
            *sorted(shared(package) - {package}, key=("web", "worker", "measure", "start").index),
        ]

    def test_has_a_layer_of_its_own_only_if_it_prints_or_reads_tokens(self, name: str) -> None:
        """That of documents is four times as large as all else, and every byte is fetched at a cold start."""
        own = {"BuildExportFunction": "DocumentsLayer", "FederateFunction": "FederateLayer", "SamlFunction": "SamlLayer"}
        # SAM adds these to those of all functions, and refuses one that comes twice
        assert function(name).get("Layers", []) == ([{"Ref": own[name]}] if name in own else [])

    def test_names_itself_after_its_package(self, name: str) -> None:
        variables = function(name)["Environment"]["Variables"]
        assert variables["POWERTOOLS_SERVICE_NAME"] == sam.package(function(name))


class TestRoles:
    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_allow_no_wildcard_actions(self, name: str) -> None:
        assert not [action for action, _ in sam.grants(function(name)) if "*" in action]

    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_name_what_they_reach(self, name: str) -> None:
        """Only what AWS gives no resource for stands under a star, and what holds in the local stack's account alone."""
        everywhere = [s for s in sam.statements(function(name)) if "*" in s["Resource"]]
        on_a_laptop = {"StringEquals": {"aws:PrincipalAccount": "000000000000"}}
        on_aws = [action for s in everywhere if s.get("Condition") != on_a_laptop for action in s["Action"]]
        assert set(on_aws) <= {"ses:GetAccount", "dynamodb:ListStreams"}

    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_allow_nothing_that_the_function_has_no_name_for(self, name: str) -> None:
        """A role reaches a table, queue, bucket or key only where the function's environment names it."""
        variables = function(name)["Environment"]["Variables"].values()
        known = {sam.target(value) for value in variables} | set(sam.queue_events(function(name)))
        kinds = ("Table", "Queue", "Bucket", "Key")
        reached = {resource.split("/")[0] for _, resource in sam.grants(function(name))}
        assert {r for r in reached if r.endswith(kinds)} <= known | {"FilesKey"}

    def test_of_the_portal_cannot_list_people(self) -> None:
        queries = {r for a, r in sam.grants(function("PortalFunction")) if a in {"dynamodb:Query", "dynamodb:Scan"}}
        assert queries == {
            "DirectoryTable/index/by_email",
            "DirectoryTable/index/by_number",
            "DirectoryTable/index/by_username",
            "DirectoryTable/index/schools",
            "SessionsTable",  # of one person: where they are signed in
        }

    def test_of_the_portal_cannot_make_an_admin(self) -> None:
        writes = [
            statement
            for statement in sam.statements(function("PortalFunction"))
            for action in statement["Action"]
            if action in {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"}
            and "DirectoryTable" in {sam.named(resource) for resource in statement["Resource"]}
        ]
        update, *invitations, stop = writes
        stopped = {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["pk", "sk", "factor_resets"]}}
        assert (stop["Action"], stop["Condition"]) == (["dynamodb:UpdateItem"], stopped), "what waits, of no person"
        where = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["*#INVITATIONS", "*#INVITED#*"]}}
        assert all(each["Condition"] == where for each in invitations), "no person is there"
        assert {action for each in writes for action in each["Action"]} == {"dynamodb:UpdateItem"}, "it replaces nobody"
        attributes = update["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]
        assert update["Action"] == ["dynamodb:UpdateItem"]
        roster = {"upn", "mis_id", "year_group", "registration_group", "number", "number_key", "mail_problem"}
        assert not {"is_admin", *roster} & set(attributes)

    def test_of_the_portal_can_only_add_to_the_audit_trail_and_count_beside_it(self) -> None:
        activity = [
            (statement["Action"], statement.get("Condition"))
            for statement in sam.statements(function("PortalFunction"))
            if "ActivityTable" in {sam.named(resource) for resource in statement["Resource"]}
        ]
        audit = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["*#AUDIT", "*#SIGNINS"]}}
        tally = ["pk", "sk", "actor", "action", "at", "facts", "visitor", "tries", "expires_at"]
        count = {
            "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["*#SIGNINS"]},
            "ForAllValues:StringEquals": {"dynamodb:Attributes": tally},
        }
        assert activity == [(["dynamodb:PutItem"], audit), (["dynamodb:UpdateItem"], count)]

    def test_let_only_doors_and_the_builder_make_codes(self) -> None:
        makers = {n for n in FUNCTIONS if ("kms:GenerateMac", "CodeKey") in sam.grants(function(n))}
        assert makers == {"PortalFunction", "ConsoleFunction", "BuildExportFunction"}

    def test_of_plan_send_can_change_nothing_of_a_person_but_their_version(self) -> None:
        (update,) = (s for s in sam.statements(function("PlanSendFunction")) if s.get("Sid") == "RevokeLinks")
        assert update["Action"] == ["dynamodb:UpdateItem"]
        assert update["Condition"] == {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["pk", "sk", "version"]}}
        writes = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"}
        elsewhere = [
            keys
            for s in sam.statements(function("PlanSendFunction"))
            if "DirectoryTable" in {sam.named(resource) for resource in s["Resource"]}
            and writes & {*s["Action"]}
            and (keys := s["Condition"].get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys"))
        ]
        erased = ["*#ERASING", "*#INVITATIONS", "*#INVITED#*", "*#CONTACTS#*"]
        assert elsewhere == [["*#INVITATIONS"], ["*#CONTACTS", "*#CONTACTS#*"], erased], "no person is there"
        (forget,) = (s for s in sam.statements(function("PlanSendFunction")) if s.get("Sid") == "ForgetErased")
        assert forget["Action"] == ["dynamodb:BatchWriteItem"], "what it deletes it cannot see"
        assert forget["Condition"]["ForAllValues:StringEquals"] == {"dynamodb:Attributes": ["pk", "sk"]}
        everything = [grant for grant in sam.grants(function("PlanSendFunction")) if grant[1] == "DirectoryTable"]
        assert {action for action, _ in everything if action in writes} == {"dynamodb:UpdateItem", "dynamodb:BatchWriteItem"}

    def test_let_only_the_portal_reach_passwords(self) -> None:
        readers = {n for n in FUNCTIONS if "CredentialsTable" in {r for _, r in sam.grants(function(n))}}
        assert readers == {
            "PortalFunction",
            "ConsoleFunction",
            "FederateFunction",
            "SamlFunction",
            "PlanSendFunction",
            "OperateFunction",
        }
        for each in (
            s
            for name in ("FederateFunction", "SamlFunction")
            for s in sam.statements(function(name))
            if "CredentialsTable" in map(sam.named, s["Resource"])
        ):
            reads = ["dynamodb:BatchGetItem", "dynamodb:GetItem"]
            assert each["Action"] in (["dynamodb:UpdateItem"], reads), "it sets no password"
            assert each["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] in (["*#T#*"], ["*#P#*"])
        (forget,) = (
            s for s in sam.statements(function("PlanSendFunction")) if "CredentialsTable" in map(sam.named, s["Resource"])
        )
        assert forget["Action"] == ["dynamodb:BatchWriteItem"], "it cannot read a hash"
        assert forget["Condition"]["ForAllValues:StringEquals"] == {"dynamodb:Attributes": ["pk", "sk"]}
        reach = [s for s in sam.statements(function("ConsoleFunction")) if "CredentialsTable" in map(sam.named, s["Resource"])]
        erase, usernames = sorted(reach, key=lambda statement: str(statement["Sid"]))
        assert usernames["Action"] == ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"], "only by key"
        assert usernames["Condition"] == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["*#U#*"]}}, "no hash is there"
        assert erase["Action"] == ["dynamodb:BatchWriteItem"], "it deletes, and nothing is given back"
        assert erase["Condition"]["ForAllValues:StringEquals"] == {"dynamodb:Attributes": ["pk", "sk"]}
        keys_only = {action for action, resource in sam.grants(function("OperateFunction")) if resource == "CredentialsTable"}
        assert keys_only <= {"dynamodb:Scan", "dynamodb:BatchWriteItem"}, "it deletes a school, and reads no more than keys"

    def test_let_only_the_console_and_the_builder_reach_exports(self) -> None:
        readers = {n for n in FUNCTIONS if "ExportsBucket/*" in {r for _, r in sam.grants(function(n))}}
        assert readers <= {"ConsoleFunction", "BuildExportFunction", "OperateFunction"}
        assert ("s3:GetObject", "ExportsBucket/*") not in sam.grants(function("BuildExportFunction"))

    def test_let_only_delivery_send_mail(self) -> None:
        senders = {n for n in FUNCTIONS for action, _ in sam.grants(function(n)) if action.startswith("ses:Send")}
        assert senders == {"DeliverLinksFunction"}


@pytest.mark.parametrize("name", TABLES)
class TestEveryTable:
    def test_is_kept_encrypted_and_can_be_restored(self, name: str) -> None:
        table = sam.resources("AWS::DynamoDB::Table")[name]
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["SSESpecification"] == {"SSEEnabled": True}
        assert table["DeletionProtectionEnabled"] == {"Ref": "DeletionProtection"}
        assert sam.template()["Resources"][name]["UpdateReplacePolicy"] == "Retain"
        assert sam.template()["Resources"][name]["DeletionPolicy"] == "RetainExceptOnCreate"

    def test_costs_what_is_used(self, name: str) -> None:
        assert sam.resources("AWS::DynamoDB::Table")[name]["BillingMode"] == "PAY_PER_REQUEST"

    def test_is_keyed_by_pk_and_sk(self, name: str) -> None:
        keys = sam.resources("AWS::DynamoDB::Table")[name]["KeySchema"]
        assert [(key["AttributeName"], key["KeyType"]) for key in keys] == [("pk", "HASH"), ("sk", "RANGE")]


def test_what_expires_is_swept_up() -> None:
    for name in ("CredentialsTable", "SessionsTable", "ActivityTable"):
        sweep = sam.resources("AWS::DynamoDB::Table")[name]["TimeToLiveSpecification"]
        assert sweep == {"AttributeName": "expires_at", "Enabled": True}


@pytest.mark.parametrize("name", BUCKETS)
class TestEveryBucket:
    def test_is_private(self, name: str) -> None:
        assert all(sam.resources("AWS::S3::Bucket")[name]["PublicAccessBlockConfiguration"].values())

    def test_is_encrypted(self, name: str) -> None:
        """What is private with Latchkey's own key; CloudFront reads the public copies of pages without one."""
        (rule,) = sam.resources("AWS::S3::Bucket")[name]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        own = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Fn::GetAtt": ["FilesKey", "Arn"]}}
        assert rule["ServerSideEncryptionByDefault"] == (own if name in PRIVATE else {"SSEAlgorithm": "AES256"})

    def test_speaks_only_tls(self, name: str) -> None:
        policies = sam.resources("AWS::S3::BucketPolicy").values()
        (policy,) = (p["PolicyDocument"] for p in policies if p["Bucket"] == {"Ref": name})
        (statement,) = (each for each in policy["Statement"] if each["Effect"] == "Deny")
        assert (statement["Principal"], statement["Action"]) == ("*", "s3:*")
        assert statement["Condition"] == {
            "Bool": {"aws:SecureTransport": "false"},
            "StringNotEquals": {"aws:ResourceAccount": "000000000000"},
        }


@pytest.mark.parametrize("name", PRIVATE)
def test_a_bucket_forgets_what_is_private(name: str) -> None:
    rule, *others = sam.resources("AWS::S3::Bucket")[name]["LifecycleConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    of_others = {"UploadsBucket": [("contacts/", 1)], "RollsBucket": [("messages/", 400)]}  # the second names people by id alone
    assert [(each["Prefix"], each["ExpirationInDays"]) for each in others] == of_others.get(name, [])
    assert rule["ExpirationInDays"] == {"ExportsBucket": 1, "UploadsBucket": 7, "RollsBucket": 3, "DeliveriesBucket": 14}[name]
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}


def test_links_and_codes_come_from_keys_that_never_leave_kms() -> None:
    for name in ("LinkKey", "CodeKey", "LookupKey"):
        key = sam.resources("AWS::KMS::Key")[name]
        assert (key["KeySpec"], key["KeyUsage"]) == ("HMAC_256", "GENERATE_VERIFY_MAC")
        assert sam.template()["Resources"][name]["UpdateReplacePolicy"] == "Retain"


def test_access_logs_hold_no_path_query_or_address() -> None:
    logged = sam.resources("AWS::Serverless::Api")["Api"]["AccessLogSetting"]["Format"]
    json.loads(logged)
    for name in ("$context.path", "querystring", "sourceIp", "userAgent"):
        assert name not in logged


def test_what_api_gateway_says_by_itself_has_the_security_headers_and_no_details() -> None:
    responses = sam.resources("AWS::Serverless::Api")["Api"]["GatewayResponses"]
    assert {"DEFAULT_4XX", "DEFAULT_5XX"} <= set(responses)
    for response in responses.values():
        (body,) = response["ResponseTemplates"].values()
        assert json.loads(body)["type"] == "about:blank"
        assert "$context" not in body
        headers = response["ResponseParameters"]["Headers"]
        assert headers["Content-Type"] == "'application/problem+json'"
        assert headers["Cache-Control"] == "'no-store'"
        assert headers["Referrer-Policy"] == "'no-referrer'"
        assert headers["X-Content-Type-Options"] == "'nosniff'"
        assert headers["Content-Security-Policy"] == "'sandbox'"
        assert "Strict-Transport-Security" in headers


def test_no_event_leads_to_operate() -> None:
    assert "Events" not in function("OperateFunction")


def test_links_in_mails_and_pages_start_with_the_same_origin() -> None:
    origins: list[Any] = [
        variables["ORIGIN"] for f in sam.functions().values() if "ORIGIN" in (variables := f["Environment"]["Variables"])
    ]
    assert all(origin == origins[0] for origin in origins)
    assert sam.template()["Outputs"]["Site"]["Value"] == origins[0]


def test_every_function_table_queue_bucket_and_mac_key_is_an_output() -> None:
    outputs = {sam.target(output["Value"]) for output in sam.template()["Outputs"].values()}
    wanted = {*FUNCTIONS, *TABLES, *BUCKETS, *sam.resources("AWS::SQS::Queue"), "LinkKey", "CodeKey", "LookupKey"}
    assert wanted <= outputs


def test_the_sam_cli_is_told_to_read_the_loops_by_every_command() -> None:
    config = tomllib.loads((sam.ROOT / "samconfig.toml").read_text())["default"]
    assert config["global"]["parameters"]["language_extensions"] is True


def test_what_a_file_can_make_us_keep_fits_into_the_function_that_reads_it() -> None:
    """On its disk what is remembered, and as much again for sorting; in memory a workbook's texts, twice while they grow."""
    reader, mb = function("ReadRosterFunction"), 1024 * 1024
    assert reader.get("EphemeralStorage", {"Size": 512})["Size"] * mb >= 2 * scratch.LARGEST
    assert reader["MemorySize"] * mb >= 4 * sheets.MOST_TEXT
