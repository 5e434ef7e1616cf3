"""Schemathesis holds both apps to docs/openapi.yaml: what a client may send is taken or refused as it says, and never breaks.

Every operation is asked with what its parameters and body allow and with what they do not: as nobody, as an admin of a school
with something in it, and, where the request is in order, as that admin's browser. The cases are the same in every run: those of
Schemathesis's coverage phase, and ``EXAMPLES`` of each mode made at random with one seed. A new operation is judged by itself.
"""

import json
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.internal.cache import LRUCache
from hypothesis.internal.conjecture import providers
from requests import Session

from tests.support.console import HEAD_TEACHER, ORIGIN, PAGE, Console
from tests.support.contract import OPERATIONS, Operation, real_names, world
from tests.support.in_process import InProcess
from tests.support.openapi import written

EXAMPLES: Final = 6
SEED: Final = 20260
FINDINGS: Final = 12
"""How many findings of an operation are printed."""
Case = Any  # Schemathesis is imported by the test, not by whoever collects it: that takes two seconds


@pytest.mark.parametrize("asked", OPERATIONS, ids=lambda each: each.label)
def test_an_operation_keeps_the_contract(
    asked: Operation, schema: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    operation = schema.find_operation_by_label(asked.label)
    with world(monkeypatch) as console:
        judge = Judge(console, asked)
        with no_local_constants():
            cases = cases_of(operation)
        for case in cases:
            judge(case)
    capsys.readouterr()  # so would the metrics
    if judge.findings:
        shown = "\n\n".join([*judge.findings.values()][:FINDINGS])
        pytest.fail(f"{asked.label}: {len(judge.findings)} findings against docs/openapi.yaml\n\n{shown}\n", pytrace=False)


@pytest.fixture
def schema(asked: Operation) -> Any:
    """The operation's part of the document as Schemathesis reads it, anew for each test.

    Credentials are those of who asks, never made up.
    """
    import schemathesis
    from schemathesis.config import SchemathesisConfig

    config = SchemathesisConfig.from_dict({"generation": {"with-security-parameters": False}})
    document = pickle.loads(_pickled())  # which is faster than any other copy
    document["paths"] = {asked.path: document["paths"][asked.path]}
    return schemathesis.openapi.from_dict(document, config=config)


@cache
def _pickled() -> bytes:
    return pickle.dumps(written())


@contextmanager
def no_local_constants() -> Iterator[None]:
    """Hypothesis tries constants of all modules that are there, so the cases would differ with what else was imported.

    Looking through these thousands for those that an operation allows is a fifth of making its cases, too.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(providers, "_get_local_constants", providers.Constants)
        patch.setattr(providers, "CONSTANTS_CACHE", _CONSTANTS)
        yield


def cases_of(operation: Any) -> list[Case]:
    """What is sent to an operation, the same in every run."""
    from schemathesis.generation import GenerationMode
    from schemathesis.generation.case import adjust_urlencoded_payload

    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    generation = operation.schema.config.generation
    made = [*operation.schema.iter_coverage_cases(operation, generation_modes=modes, generation_config=generation)]
    for case in made:
        adjust_urlencoded_payload(case)

    for mode in modes:

        @seed(SEED)
        @settings(max_examples=EXAMPLES, database=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck])
        @given(case=operation.as_strategy(generation_mode=mode))
        def collect(case: Case) -> None:
            made.append(case)

        try:
            collect()
        except Unsatisfiable:
            continue  # nothing that could be sent to it is wrong
    return [
        case for case in made if not any(value in ([], {}) for value in (case.query or {}).values())
    ]  # such a value is not sent


class Judge:
    """Sends each case as everybody, and keeps one finding of each kind."""

    def __init__(self, console: Console, asked: Operation) -> None:
        from schemathesis.checks import load_all_checks
        from schemathesis.generation.meta import ParameterLocation
        from schemathesis.specs.openapi import checks

        load_all_checks()
        self._left_out = [
            checks.ignored_auth,  # asks over a connection of its own; what nobody is answered is judged below
            checks.positive_data_acceptance,  # a well-formed code, cursor or password can still be a wrong one
        ]
        self._path, self._query = ParameterLocation.PATH, ParameterLocation.QUERY
        self._console, self._is_closed = console, asked.is_closed
        self._real = real_names(console, asked.path)
        self._person = real_names(console, "/admin/{school}/people/{id}")["id"]
        self.findings: dict[tuple[str, str], str] = {}

    def __call__(self, case: Case) -> None:
        """Judge the answers to one case."""
        self._make_real(case)
        self._send("nobody", case, {"Accept": "application/json"})
        token = self._console.sign_in(HEAD_TEACHER)
        self._send("admin", case, {"Accept": "application/json", "Authorization": f"Bearer {token}"})
        if case.meta.generation.mode.is_positive:
            self._send("browser", case, {"Accept": PAGE, "Cookie": f"__Host-latchkey={token}"})

    def _make_real(self, case: Case) -> None:
        """Put names that exist where the case has names that could."""
        if case.path_parameters and not case.meta.is_negative_at(self._path):
            for name, value in self._real.items():
                if name in case.path_parameters:
                    case.path_parameters[name] = value
        if case.query and "person" in case.query and not case.meta.is_negative_at(self._query):
            case.query["person"] = self._person

    def _send(self, who: str, case: Case, headers: dict[str, str]) -> None:
        from schemathesis.core.failures import FailureGroup

        SESSION.cookies.clear()
        try:
            answer = case.call_and_validate(
                ORIGIN,
                SESSION,
                {**headers, "Origin": ORIGIN},
                excluded_checks=self._left_out,
                allow_redirects=False,
            )
        except FailureGroup as group:
            for failure in group.exceptions:
                self._note(who, case, f"{failure.title}: {failure.message}")
        else:
            if who == "nobody" and self._is_closed and answer.status_code < 400:
                self._note(who, case, f"nobody may do this, but {answer.status_code} was answered")

    def _note(self, who: str, case: Case, text: str) -> None:
        words = " ".join(text.split())
        query = f" ? {str(dict(case.query))[:200]}" if case.query else ""
        body = f"\n  {case.media_type}: {json.dumps(case.body, default=str)[:300]}" if case.media_type else ""
        sent = f"{case.method} {case.formatted_path}{query}{body}"
        self.findings.setdefault((who, words[:100]), f"{who}: {words}\n  {sent}")


_CONSTANTS: Final[LRUCache[Any, Any]] = LRUCache(1024)
SESSION: Final = Session()
SESSION.trust_env = False  # to look for a proxy takes as long as the operation
SESSION.mount(ORIGIN, InProcess())
