"""What SES tells reaches mail_feedback, and mail_feedback can do no more than write it down."""

import json
from typing import get_args

import pytest

from infra.inbox.feedback import is_gathered
from latchkey.sends.model.ledger import ONES_OWN_GRACE
from latchkey.sends.model.send import Origin
from tests.support import sam, ses_events
from tests.support.rules import targets

KINDS = ("Delivery", "DeliveryDelay", "Bounce", "Complaint", "Reject", "Rendering Failure")


def test_every_event_that_the_product_needs_is_asked_for() -> None:
    ((_, destination),) = sam.resources("AWS::SES::ConfigurationSetEventDestination").items()
    told = destination["EventDestination"]
    assert destination["ConfigurationSetName"] == {"Ref": "MailConfiguration"}
    assert told["Enabled"] is True
    assert set(told["MatchingEventTypes"]) == {"delivery", "deliveryDelay", "bounce", "complaint", "reject", "renderingFailure"}
    for rule in sam.resources("AWS::Events::Rule").values():
        assert rule["EventPattern"]["source"] == ["aws.ses"]
        assert rule["EventPattern"]["detail"]["mail"]["tags"]["ses:configuration-set"] == [{"Ref": "MailConfiguration"}]


@pytest.mark.parametrize("origin", [*get_args(Origin), None])
@pytest.mark.parametrize("kind", KINDS)
def test_an_event_goes_one_way_bad_news_and_ones_own_mail_by_themselves(kind: str, origin: str | None) -> None:
    """So a send that goes wrong is braked while thousands of others arrive. Mails of a former release have no origin."""
    event = ses_events.event(kind, ["a@x.example"], 1, send="0" * 26, origin=origin)
    gathered = kind == "Delivery" and origin != "person"
    assert [*targets(json.loads(event))] == ["DeliveriesStream" if gathered else "FeedbackQueue"]
    assert is_gathered(event) == gathered, "the local stack does the same"


def test_only_its_rule_may_put_events_on_a_queue_and_only_this_account_files() -> None:
    (statement,) = sam.resources("AWS::SQS::QueuePolicy")["FeedbackQueuePolicy"]["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["FeedbackRule", "Arn"]}}}
    files, under_way = sam.resources("AWS::SQS::QueuePolicy")["DeliveriesQueuePolicy"]["PolicyDocument"]["Statement"]
    assert files["Principal"] == {"Service": "s3.amazonaws.com"}
    assert files["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert under_way["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Sub"].endswith(":rule/${AWS::StackName}-DeliveriesRule-*")


def test_every_file_that_firehose_writes_is_announced_and_stays_as_long_as_its_dead_letter() -> None:
    stream = sam.resources("AWS::KinesisFirehose::DeliveryStream")["DeliveriesStream"]["ExtendedS3DestinationConfiguration"]
    bucket = sam.resources("AWS::S3::Bucket")[sam.target(stream["BucketARN"])]
    (announced,) = bucket["NotificationConfiguration"]["QueueConfigurations"]
    (rule,) = announced["Filter"]["S3Key"]["Rules"]
    assert (announced["Event"], sam.target(announced["Queue"])) == ("s3:ObjectCreated:*", "DeliveriesQueue")
    assert rule == {"Name": "prefix", "Value": stream["Prefix"]}
    (kept,) = bucket["LifecycleConfiguration"]["Rules"]
    dead = sam.resources("AWS::SQS::Queue")["DeliveriesDeadLetters"]
    assert kept["ExpirationInDays"] * 24 * 3600 == dead["MessageRetentionPeriod"]


def test_who_brings_files_may_do_nothing_else() -> None:
    roles = sam.resources("AWS::IAM::Role")
    stream = sam.resources("AWS::KinesisFirehose::DeliveryStream")["DeliveriesStream"]["ExtendedS3DestinationConfiguration"]
    for name, service, wanted in (
        (sam.target(stream["RoleARN"]), "firehose", {"s3", "kms"}),
        (sam.target(sam.resources("AWS::Events::Rule")["DeliveriesRule"]["Targets"][0]["RoleArn"]), "events", {"firehose"}),
    ):
        (trusted,) = roles[name]["AssumeRolePolicyDocument"]["Statement"]
        assert trusted["Principal"] == {"Service": f"{service}.amazonaws.com"}
        (policy,) = roles[name]["Policies"]
        allowed = policy["PolicyDocument"]["Statement"]
        actions = {action for each in allowed for action in sam.listed(each["Action"])}
        assert {action.partition(":")[0] for action in actions} == wanted
        assert not {action for action in actions if "Get" in action} - {"s3:GetBucketLocation"}
        assert {sam.target(each["Resource"]) for each in allowed} <= {"DeliveriesBucket", "DeliveriesStream", "FilesKey"}


def test_what_one_person_asked_for_is_told_before_it_is_sent_again() -> None:
    """Else a worker that died would have it sent twice, though it arrived."""
    events = sam.queue_events(sam.functions()["MailFeedbackFunction"])
    assert events["FeedbackQueue"]["MaximumBatchingWindowInSeconds"] <= ONES_OWN_GRACE / 2


def test_a_file_is_a_batch_of_its_own() -> None:
    """One that cannot be read stops no other, and each has all the time of an invocation."""
    assert sam.queue_events(sam.functions()["MailFeedbackFunction"])["DeliveriesQueue"]["BatchSize"] == 1


def test_of_people_it_changes_the_mail_problem_only() -> None:
    writes = [
        statement
        for statement in sam.statements(sam.functions()["MailFeedbackFunction"])
        if "DirectoryTable" in {sam.named(resource) for resource in statement["Resource"]}
        and {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"} & set(statement["Action"])
    ]
    (update,) = writes
    assert update["Action"] == ["dynamodb:UpdateItem"]
    attributes = update["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]
    assert set(attributes) == {"pk", "sk", "mail_problem", "email_key"}
