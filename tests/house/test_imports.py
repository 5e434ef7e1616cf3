"""What the contracts of import-linter (pyproject.toml) cannot say: which packages the domain may use, and what packages hold."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.sam import ROOT

DOMAIN = ROOT / "layers" / "domain"
LATCHKEY = DOMAIN / "latchkey"
MODULES = sorted(LATCHKEY.rglob("*.py"))
PACKAGES = sorted({path.parent.name for path in LATCHKEY.glob("*/needs.py")})
PAPER = {"fonts": {"uharfbuzz"}, "type": {"uharfbuzz"}, "directions": {"bidi"}, "qr": {"segno"}, "picture": {"png"}}
"""What only the layer of documents brings, by module of login_details/paper."""


def name_of(path: Path) -> str:
    return path.relative_to(LATCHKEY).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """What a module says, parsed once for all tests of a process."""
    return ast.parse(path.read_text())


def imported(path: Path) -> Iterator[str]:
    """The dotted names that a module imports, at its top or inside a function."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def strangers(path: Path) -> set[str]:
    """The top-level packages that are not Python's own, nor Powertools' logger."""
    names = {name for name in imported(path) if not name.startswith("aws_lambda_powertools.logging")}
    return {name.split(".")[0] for name in names} - set(sys.stdlib_module_names)


def allowed(path: Path) -> set[str]:
    parts = path.relative_to(LATCHKEY).parts
    if path == LATCHKEY / "shared" / "stores" / "dns.py":
        return {"latchkey", "dns"}
    if "stores" in parts:
        return {"latchkey", "boto3", "botocore", "orjson"}
    if path == LATCHKEY / "second_factors" / "ceremonies.py":
        return {"latchkey", "fido2", "cryptography"}
    if path == LATCHKEY / "people" / "kept_search.py":
        return {"latchkey", "cryptography"}
    if path == LATCHKEY / "second_factors" / "one_time_codes.py":
        return {"latchkey", "pyotp"}
    if path == LATCHKEY / "sso" / "oidc" / "id_token.py":
        return {"latchkey", "jwt"}
    if path == LATCHKEY / "sso" / "oidc" / "sealed_attempt.py":
        return {"latchkey", "cryptography"}
    if path.parent == LATCHKEY / "sso" / "saml":
        return {"latchkey", "cryptography", "lxml", "signxml"}
    if path == LATCHKEY / "sign_in" / "hashing.py":
        return {"latchkey", "argon2"}
    return {"latchkey"} | (PAPER.get(path.stem, set()) if "paper" in parts else set())


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_uses_only_the_packages_of_its_room(path: Path) -> None:
    assert strangers(path) <= allowed(path)


@pytest.mark.parametrize("path", [*LATCHKEY.rglob("__init__.py"), *(ROOT / "functions").rglob("__init__.py")], ids=str)
def test_a_package_says_what_it_is_and_holds_nothing(path: Path) -> None:
    """Importing one module of it must not load another."""
    (statement,) = tree(path).body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Constant)


@pytest.mark.parametrize("package", [path.name for path in LATCHKEY.iterdir() if (path / "__init__.py").exists()])
def test_a_capability_has_a_map(package: str) -> None:
    assert 5 <= len((LATCHKEY / package / "__init__.py").read_text().splitlines()) <= 25


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_uses_what_it_needs(package: str) -> None:
    """Every member of its ``System``, and of the parts of it, is read by a use case; the type checker sees to the opposite."""
    parts = [node for node in tree(LATCHKEY / package / "needs.py").body if isinstance(node, ast.ClassDef)]
    assert "System" in {part.name for part in parts}
    members = {node.name for part in parts for node in part.body if isinstance(node, ast.FunctionDef)}
    used = {
        node.attr
        for path in (LATCHKEY / package).rglob("*.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith("system")
    }
    assert members - used == set()


def test_the_wiring_is_proved_to_offer_what_every_package_needs() -> None:
    """``_offers`` in wiring.py names each package, so that the type checker compares them."""
    proofs = re.findall(r"^        _\w+: (\w+)\.System = wiring$", (LATCHKEY / "wiring.py").read_text(), re.MULTILINE)
    assert proofs == PACKAGES


def test_one_module_opens_sessions() -> None:
    """Every session goes through the steps of signing in: no way in, now or later, can forget the second factor."""
    callers = {
        path.relative_to(ROOT).as_posix()
        for folder in (LATCHKEY, ROOT / "functions")
        for path in folder.rglob("*.py")
        if any(
            isinstance(node, ast.Call)
            and {getattr(node.func, "id", ""), getattr(node.func, "attr", "")} & {"open_session", "new_session"}
            for node in ast.walk(tree(path))
        )
    }
    itself = "layers/domain/latchkey/sign_in/session.py"
    assert callers - {itself} == {"layers/domain/latchkey/sign_in/steps.py"}
