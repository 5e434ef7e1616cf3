"""A change set in plain words: what would be made, changed, replaced, removed."""

import re
from collections.abc import Iterable
from typing import Any

from infra.deploy.cloud import Cloud

_CHANGE_SET = re.compile(r"arn:\S+:changeSet/([^/\s]+)/")
_WORDS = {"Add": "make", "Modify": "change", "Remove": "REMOVE"}
_LEGEND = "change? means: replaced where a value that is known only then differs."


def take_changes(cloud: Cloud, stack: str, said: Iterable[str]) -> str:
    """Describe the change set that the SAM CLI has just made, which it named in what it said, and throw it away.

    It is thrown away so that nobody executes it when something else stands; the deploy makes its own.
    """
    named = [found[1] for line in said if (found := _CHANGE_SET.search(line))]
    if not named:
        return "Nothing would change."
    formation = cloud.client("cloudformation")
    pages = formation.get_paginator("describe_change_set").paginate(StackName=stack, ChangeSetName=named[-1])
    changes = [change["ResourceChange"] for page in pages for change in page["Changes"] if "ResourceChange" in change]
    formation.delete_change_set(StackName=stack, ChangeSetName=named[-1])
    lines = [_line(change) for change in sorted(changes, key=lambda each: each["LogicalResourceId"])]
    title = f"{len(changes)} {'resource' if len(changes) == 1 else 'resources'} would change; nothing was changed."
    return "\n".join([title, *lines, *([_LEGEND] if any("change?" in line for line in lines) else ())])


def _line(change: dict[str, Any]) -> str:
    word = _WORDS.get(change["Action"], change["Action"])
    what = {"True": "REPLACE", "Conditional": "change?"}.get(change.get("Replacement", ""), word)
    return f"  {what:8} {change['LogicalResourceId']} ({change['ResourceType']})"
