"""What a function imports when it starts, in a fresh interpreter that has the layer's packages and no others.

A cold start pays for every module. Single sign-on brings libraries for signed tokens and XML: they are imported by the functions
that sign people in by a provider, and by no other.
"""

import json
import re
import subprocess
import sys
from functools import cache
from typing import Final

import pytest

from tests.support.sam import ROOT, functions, package

SIGN_IN: Final = {"federate", "saml"}
HEAVY: Final = ("jwt", "joserfc", "authlib", "cryptography", "lxml", "signxml", "latchkey.sso.oidc", "latchkey.sso.saml")
ALWAYS: Final = frozenset(
    [
        *("aws_lambda_powertools", "boto3", "botocore", "dateutil", "jmespath", "orjson", "s3transfer", "six"),
        *("typing_extensions", "urllib3"),
    ]
)
"""What every function's clients and loggers bring."""
WEB: Final = ALWAYS | {"chalice"}
PORTAL_AND_CONSOLE: Final = {"portal": WEB, "console": WEB | {"markupsafe"}}
_SCRIPT: Final = """
import importlib, json, sys
modules, layer = json.loads(sys.argv[1]), set(json.loads(sys.argv[2]))
sys.path[:0] = ["functions", "layers/domain"]
ours = {path.name.partition(".")[0] for place in sys.path[:2] for path in __import__("pathlib").Path(place).iterdir()}

class OnlyTheLayer:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if not (top in sys.stdlib_module_names or top in ours or top in layer or top.startswith("_sysconfigdata")):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, OnlyTheLayer())
before = set(sys.modules)
for each in modules:
    importlib.import_module(each)
print(json.dumps(sorted(set(sys.modules) - before)))
"""


NAMES: Final = {package(function): str(function["Handler"]) for function in functions().values()}
_OTHER_NAMES: Final = {
    "python_dateutil": {"dateutil", "six"},
    "argon2_cffi_bindings": {"_argon2_cffi_bindings"},
    "cffi": {"_cffi_backend"},
}


def layer() -> set[str]:
    """The top-level names of what the layer holds, and of Chalice's two files."""
    folder = ROOT / "layers" / "dependencies"
    text = "".join((folder / name).read_text() for name in ("requirements.txt", "chalice.txt"))
    named = {name.replace("-", "_") for name in re.findall(r"^([a-z0-9._-]+)==", text, re.MULTILINE)}
    return named | {top for name in named for top in _OTHER_NAMES.get(name, ())} | {"chalice", "argon2"}


@cache
def imported(name: str) -> frozenset[str]:
    """The modules that a function's handler imports; what its entry (start.py) makes is in test_start_budget.py."""
    there = [f"{name}.{each}" for each in ("app", "handler") if (ROOT / "functions" / name / f"{each}.py").exists()]
    command = [sys.executable, "-c", _SCRIPT, json.dumps(there or [NAMES[name].rpartition(".")[0]]), json.dumps(sorted(layer()))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return frozenset(json.loads(done.stdout))


@pytest.mark.parametrize("name", sorted(NAMES.keys() - SIGN_IN))
def test_who_signs_nobody_in_by_a_provider_has_nothing_of_it(name: str) -> None:
    found = [each for each in imported(name) if any(each == heavy or each.startswith(f"{heavy}.") for heavy in HEAVY)]
    assert not found


@pytest.mark.parametrize("name", PORTAL_AND_CONSOLE)
def test_portal_and_console_have_the_packages_that_they_had(name: str) -> None:
    ours = {path.name.partition(".")[0] for place in ("functions", "layers/domain") for path in (ROOT / place).iterdir()}
    found = {each.partition(".")[0] for each in imported(name) if not each.startswith("_")}
    assert found - sys.stdlib_module_names - ours == PORTAL_AND_CONSOLE[name]
