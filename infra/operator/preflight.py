"""`make preflight`: what would stop mail or sign-in tonight, of the site and of every school, printed in plain words."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from infra.deploy.findings import Finding, fine, note, stop
from infra.operator.run import in_pieces
from infra.operator.where import Ask

_WHO: Final = {"admin": "an admin of the school", "operator": "you", "it": "who looks after the domain’s DNS"}
_Check = Mapping[str, Any]


def preflight(ask: Ask) -> dict[str, Any]:
    """Look at everything and print it: {"site", "schools", "stops"}, where ``stops`` counts the checks that stop something."""
    site: list[_Check] = []
    schools: dict[str, list[_Check]] = {}

    def take(answer: Mapping[str, Any]) -> None:
        if answer["site"]:
            site.extend(answer["site"])
            _say("The site", answer["site"])
        for school, checks in answer["schools"].items():
            schools[school] = checks
            _say(school, checks)

    in_pieces(ask, {"command": "preflight"}, None, take)
    found = [*site, *(check for checks in schools.values() for check in checks)]
    stops = sum(check["state"] == "stop" for check in found)
    warns = sum(check["state"] == "warn" for check in found)
    print(f"\n{len(schools):,} schools: {stops} to put right, {warns} to look at.", file=sys.stderr)
    return {"site": site, "schools": schools, "stops": stops}


def _say(title: str, checks: Sequence[_Check]) -> None:
    print(f"\n{title}", file=sys.stderr)
    for check in checks:
        print(_finding(check), file=sys.stderr)


def _finding(check: _Check) -> Finding:
    made = {"stop": stop, "warn": note}.get(check["state"])
    if made is None:
        return fine(check["text"])
    return made(check["text"], f"For {_WHO[check['who']]}: {check['fix']}")
