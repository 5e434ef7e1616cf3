"""An admin's own try, for the functions that meet providers: whether it is asked for, and how it ended."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from latchkey.errors import Changed
from latchkey.sso.model.findings import Finding
from latchkey.sso.model.trial import Trial
from latchkey.sso.needs import Knows

_LONGEST = 100


def open_trial(system: Knows, school: str, name: str, id_: str) -> Trial | None:
    """The try that ``?try=`` in an address names; None: nobody has asked for it within ten minutes, or it has ended."""
    found = system.sso_looks(school).trial(name)
    return found if found is not None and found.id == id_ and found.is_open(system.now()) else None


def end_trial(
    system: Knows, school: str, trial: Trial, findings: Iterable[Finding], *, account: str = "", person: str = ""
) -> None:
    """Keep how it ended, for the console's page (``result_page``); a newer one, or an end that came first, stays.

    ``account``: which account came back, as the provider names it; ``person``: the id of whom it would sign in here.
    """
    shown = "".join(char for char in account if char.isprintable())[:_LONGEST]
    ended = replace(trial, ended_at=system.now(), findings=tuple(findings), account=shown, person=person)
    with suppress(Changed):
        system.sso_looks(school).end(ended)
