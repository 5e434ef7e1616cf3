"""What SES tells reaches mail_feedback, and mail_feedback can do no more than write it down."""

from latchkey.sends.model.ledger import ONES_OWN_GRACE
from tests.support import sam


def test_every_event_that_the_product_needs_comes_to_one_of_its_queues() -> None:
    """Bad news by itself, so that a send that goes wrong is braked while thousands of others arrive."""
    ((_, destination),) = sam.resources("AWS::SES::ConfigurationSetEventDestination").items()
    told = destination["EventDestination"]
    assert destination["ConfigurationSetName"] == {"Ref": "MailConfiguration"}
    assert told["Enabled"] is True
    assert set(told["MatchingEventTypes"]) == {"delivery", "deliveryDelay", "bounce", "complaint", "reject", "renderingFailure"}
    kinds = {"FeedbackRule": [{"anything-but": "Delivery"}], "DeliveriesRule": ["Delivery"]}
    for name, kind in kinds.items():
        rule = sam.resources("AWS::Events::Rule")[name]
        assert rule["EventPattern"]["source"] == ["aws.ses"]
        assert rule["EventPattern"]["detail"]["eventType"] == kind
        assert rule["EventPattern"]["detail"]["mail"]["tags"] == {"ses:configuration-set": [{"Ref": "MailConfiguration"}]}
        assert [sam.target(each["Arn"]) for each in rule["Targets"]] == [name.replace("Rule", "Queue")]


def test_only_its_rule_may_put_events_on_a_queue() -> None:
    for kind in ("Feedback", "Deliveries"):
        (statement,) = sam.resources("AWS::SQS::QueuePolicy")[f"{kind}QueuePolicy"]["PolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "events.amazonaws.com"}
        assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": [f"{kind}Rule", "Arn"]}}}


def test_what_arrived_is_told_before_one_persons_own_mail_is_sent_again() -> None:
    """Else a worker that died would have it sent twice, though it arrived."""
    windows = {
        sam.target(event["Properties"]["Queue"]): event["Properties"]["MaximumBatchingWindowInSeconds"]
        for event in sam.functions()["MailFeedbackFunction"]["Events"].values()
    }
    assert windows == {"FeedbackQueue": 5, "DeliveriesQueue": 30}
    assert windows["DeliveriesQueue"] <= ONES_OWN_GRACE / 2


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
