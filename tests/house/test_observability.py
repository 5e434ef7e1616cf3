"""Alarms, dashboard and saved queries of the template, and what docs/operate.md says of them."""

import json
import re
from itertools import chain
from typing import Any

import pytest

from latchkey.mail.stores import mailer
from latchkey.sends.model.send import WAITS
from tests.support import sam

PAGE = (sam.ROOT / "docs" / "operate.md").read_text()
ALARMS = sam.resources("AWS::CloudWatch::Alarm")
QUERIES = sam.resources("AWS::Logs::QueryDefinition")
PARTS = ("Means", "People notice", "Look at", "Do", "Redrive")
FUNCTIONS = {name.removesuffix("Function") for name in sam.functions()}
LOOPS = {
    "Function": FUNCTIONS,
    "Worker": {name.removesuffix("Function") for name, each in sam.functions().items() if sam.queue_events(each)},
    "Queue": {name.removesuffix("Queue") for name in sam.resources("AWS::SQS::Queue") if name.endswith("Queue")},
    "Table": {name.removesuffix("Table") for name in sam.resources("AWS::DynamoDB::Table")},
}


def sections() -> dict[str, str]:
    """What the page says, by alarm; a section of a loop stands for each of its alarms."""
    found: dict[str, str] = {}
    for title, text in re.findall(r"^### `(.+?)`\n(.*?)(?=^##)", PAGE, re.MULTILINE | re.DOTALL):
        loop = re.match(r"<(\w+)>(\w+)", title)
        for name in [item + loop[2] for item in LOOPS[loop[1]]] if loop else [title]:
            found[name] = text
    return found


def test_every_alarm_has_its_section_and_every_section_its_alarm() -> None:
    assert set(sections()) == set(ALARMS)


@pytest.mark.parametrize("name", ALARMS)
def test_a_section_says_everything(name: str) -> None:
    said = re.findall(r"^- \*\*(.+?)\*\*", sections()[name], re.MULTILINE)
    assert tuple(said) == PARTS


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_says_when_it_begins_and_when_it_is_over(name: str) -> None:
    alarm = ALARMS[name]
    assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "Alarms"}]
    assert alarm["AlarmDescription"]


def test_the_page_names_the_saved_queries_and_no_others() -> None:
    names = {query["Name"]["Fn::Sub"].rpartition("/")[2] for query in QUERIES.values()}
    table = set(re.findall(r"^\| `([\w-]+)` \|", PAGE, re.MULTILINE))
    used = set(re.findall(r"quer(?:y|ies) `([\w-]+)`", PAGE))
    assert table == names
    assert used <= names
    assert len(used) >= 5


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_reads_logs_of_functions_and_asks_for_what_they_say(name: str) -> None:
    query = QUERIES[name]
    assert {sam.target(group) for group in query["LogGroupNames"]} <= {f"{each}Logs" for each in FUNCTIONS} | {"ApiLogs"}
    code = "".join(
        path.read_text() for folder in ("functions", "layers/domain/latchkey") for path in (sam.ROOT / folder).rglob("*.py")
    )
    for message in re.findall(r'"((?:code[s ]|passwords |sign-in )[^"]+)"', query["QueryString"]):
        assert f'"{message}"' in code
    assert query["QueryString"].count("\n| ") >= 2


def test_the_words_that_queries_look_for_are_said() -> None:
    assert mailer.SENDER_REFUSED.startswith("SES refuses mail")
    consumer = (sam.ROOT / "functions" / "worker" / "consume.py").read_text()
    assert '"%s has to wait"' in consumer
    assert '"a message comes late"' in consumer


def test_alarms_on_mail_that_waits_are_about_reasons_that_there_are() -> None:
    reasons = {
        each["Value"]
        for name in ALARMS
        if name.startswith("Mail")
        for each in ALARMS[name].get("Dimensions", [])
        if each["Name"] == "reason"
    }
    assert reasons == set(WAITS) - {"throttled"}  # which passes by itself


def test_metrics_are_written_where_alarms_look_for_them() -> None:
    variables = sam.template()["Globals"]["Function"]["Environment"]["Variables"]
    assert variables["POWERTOOLS_METRICS_NAMESPACE"] == {"Ref": "AWS::StackName"}
    services = {each["Value"] for alarm in ALARMS.values() for each in alarm.get("Dimensions", []) if each["Name"] == "service"}
    assert services == {each["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] for each in sam.functions().values()}


def test_what_eventbridge_cannot_hand_over_is_kept() -> None:
    rules = sam.resources("AWS::Events::Rule")
    assert rules.keys() == {"FeedbackRule", "DeliveriesRule"}
    for name, rule in rules.items():
        dead = name.replace("Rule", "DeadLetters")
        (target,) = rule["Targets"]
        assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": [dead, "Arn"]}}
        (policy,) = (each for each in sam.resources("AWS::SQS::QueuePolicy").values() if {"Ref": dead} in each["Queues"])
        (statement,) = policy["PolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "events.amazonaws.com"}
        assert dead in {sam.target(each) for each in sam.listed(statement["Resource"])}


def dashboard() -> list[dict[str, Any]]:
    """The widgets of the dashboard, with names of resources in place of what CloudFormation fills in."""
    text, names = sam.resources("AWS::CloudWatch::Dashboard")["Dashboard"]["DashboardBody"]["Fn::Sub"]
    filled = text.replace("${Errors}", names["Errors"]["Fn::Sub"].strip())
    return list(json.loads(re.sub(r"\$\{([\w:]+)(?:\.\w+)?\}", r"\1", filled))["widgets"])


def test_the_dashboard_shows_what_alarms_watch() -> None:
    shown = json.dumps([widget["properties"].get("metrics") for widget in dashboard()])
    missing = {alarm["MetricName"] for alarm in ALARMS.values() if alarm["MetricName"] not in shown}
    assert missing <= {"Errors", "Throttles", "FailedInvocations", "CodesGuessed", "SignInsGuessed"}, "which a query shows better"
    for name in chain(sam.resources("AWS::SQS::Queue"), sam.resources("AWS::DynamoDB::Table"), sam.functions()):
        assert f'"{name}"' in shown, f"{name} is not on the dashboard"


def test_the_dashboard_fits_on_its_grid_and_shows_the_last_errors_of_every_function() -> None:
    places = set()
    for widget in dashboard():
        assert widget["x"] + widget["width"] <= 24
        cells = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not cells & places
        places |= cells
    (errors,) = (widget["properties"] for widget in dashboard() if widget["type"] == "log")
    assert set(re.findall(r"SOURCE '(\w+)Logs'", errors["query"])) == FUNCTIONS
    assert 'filter level = "ERROR"' in errors["query"]


def test_watching_an_idle_stack_costs_less_than_thirteen_dollars_and_the_page_does_the_sum() -> None:
    rows = re.findall(r"^\| .+? \| ([\d.]+)(?: GB)? \| ([\d.]+) \| ([\d.]+) \|$", PAGE, re.MULTILINE)
    assert [float(count) * float(each) for count, each, _ in rows] == pytest.approx([float(cost) for *_, cost in rows], abs=0.005)
    (total,) = re.findall(r"\*\*together, at most\*\* \| \| \| \*\*([\d.]+)\*\*", PAGE)
    assert float(total) == pytest.approx(sum(float(cost) for *_, cost in rows))
    assert float(total) <= 13
    assert int(rows[0][0]) == len(ALARMS)


def test_what_the_schedules_write_are_the_only_metrics_of_an_idle_stack() -> None:
    found = [each for each in sam.functions().values() if any(e["Type"] == "Schedule" for e in each.get("Events", {}).values())]
    assert {sam.package(function) for function in found} == {"plan_send", "daily", "saml"}  # saml's hour writes none
    assert not any(each["Type"] == "AWS::Logs::MetricFilter" for each in sam.template()["Resources"].values())


def test_the_page_says_how_often_versions_are_renewed() -> None:
    assert "first working day of each month" in " ".join(PAGE.split("## Security updates", 1)[1].split())
    assert re.search(r"^lock:", (sam.ROOT / "Makefile").read_text(), re.MULTILINE)
