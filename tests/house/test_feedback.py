"""What SES tells reaches mail_feedback, and mail_feedback can do no more than write it down."""

from tests.support import sam


def test_every_event_that_the_product_understands_comes_to_its_queue() -> None:
    ((_, destination),) = sam.resources("AWS::SES::ConfigurationSetEventDestination").items()
    told = destination["EventDestination"]
    assert destination["ConfigurationSetName"] == {"Ref": "MailConfiguration"}
    assert told["Enabled"] is True
    assert set(told["MatchingEventTypes"]) == {
        "send", "delivery", "deliveryDelay", "bounce", "complaint", "reject", "renderingFailure",
    }  # fmt: skip
    rule = sam.resources("AWS::Events::Rule")["FeedbackRule"]
    assert rule["EventPattern"]["source"] == ["aws.ses"]
    assert rule["EventPattern"]["detail"]["mail"]["tags"] == {"ses:configuration-set": [{"Ref": "MailConfiguration"}]}
    assert [sam.target(each["Arn"]) for each in rule["Targets"]] == ["FeedbackQueue"]


def test_only_that_rule_may_put_events_on_the_queue() -> None:
    (statement,) = sam.resources("AWS::SQS::QueuePolicy")["FeedbackQueuePolicy"]["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["FeedbackRule", "Arn"]}}}


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
