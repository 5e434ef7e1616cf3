"""A change set in plain words: what would be made, changed, replaced, removed."""

import re
from collections.abc import Iterable
from typing import Any

from infra.deploy.cloud import Cloud

_CHANGE_SET = re.compile(r"arn:\S+:changeSet/\S+")
_WORDS = {"Add": "make", "Modify": "change", "Remove": "REMOVE", "Dynamic": "change"}


def describe_changes(cloud: Cloud, said: Iterable[str]) -> str:
    """The changes of the change set that the SAM CLI has just made; it names it in what it said."""
    named = [found[0] for line in said if (found := _CHANGE_SET.search(line))]
    if not named:
        return "Nothing would change."
    pages = cloud.client("cloudformation").get_paginator("describe_change_set").paginate(ChangeSetName=named[-1])
    changes = [change["ResourceChange"] for page in pages for change in page["Changes"] if "ResourceChange" in change]
    if not changes:
        return "Nothing would change."
    lines = [_line(change) for change in sorted(changes, key=lambda each: each["LogicalResourceId"])]
    return "\n".join([f"{len(changes)} resources would change; nothing was changed yet:", *lines, f"The change set: {named[-1]}"])


def _line(change: dict[str, Any]) -> str:
    what = "REPLACE" if change.get("Replacement") == "True" else _WORDS.get(change["Action"], change["Action"])
    return f"  {what:8} {change['LogicalResourceId']} ({change['ResourceType']})"
