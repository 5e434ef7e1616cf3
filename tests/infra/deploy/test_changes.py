"""A plan is told in plain words, and its change set is thrown away."""

from typing import Any

from infra.deploy.changes import take_changes
from tests.support.clouds import Answers

SAID = [
    "Waiting",
    "Changeset created successfully. arn:aws:cloudformation:eu-west-2:123456789012:changeSet/samcli-deploy1/ab-cd",
    "",
]
NAMED = {"StackName": "latchkey-prod", "ChangeSetName": "samcli-deploy1"}


def change(action: str, name: str, replacement: str = "") -> dict[str, Any]:
    more = {"Replacement": replacement} if replacement else {}
    return {
        "Type": "Resource",
        "ResourceChange": {"Action": action, "LogicalResourceId": name, "ResourceType": "AWS::X::Y", **more},
    }


def test_each_change_has_its_word() -> None:
    answers = Answers()
    changes = [
        change("Remove", "Old"),
        change("Add", "New"),
        change("Modify", "Same", "False"),
        change("Modify", "Perhaps", "Conditional"),
        change("Modify", "Table", "True"),
    ]
    answers.add("cloudformation", "describe_change_set", {"Changes": changes}, NAMED)
    answers.add("cloudformation", "delete_change_set", {}, NAMED)
    assert take_changes(answers.cloud, "latchkey-prod", SAID).splitlines() == [
        "5 resources would change; nothing was changed.",
        "  make     New (AWS::X::Y)",
        "  REMOVE   Old (AWS::X::Y)",
        "  change?  Perhaps (AWS::X::Y)",
        "  change   Same (AWS::X::Y)",
        "  REPLACE  Table (AWS::X::Y)",
        "change? means: replaced where a value that is known only then differs.",
    ]
    answers.assert_all_asked()


def test_no_change_set_is_no_change() -> None:
    said = take_changes(Answers().cloud, "latchkey-prod", ["No changes to deploy. Stack latchkey-prod is up to date"])
    assert said == "Nothing would change."
