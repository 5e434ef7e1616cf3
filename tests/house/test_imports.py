"""Imports point inward: model, then stores and use cases, then functions."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sam import ROOT

DOMAIN = ROOT / "layers" / "domain"
FUNCTIONS = ROOT / "functions"
PAPER = {
    "latchkey.login_details.paper.fonts": {"uharfbuzz"},
    "latchkey.login_details.paper.type": {"uharfbuzz"},
    "latchkey.login_details.paper.directions": {"bidi"},
    "latchkey.login_details.paper.qr": {"segno"},
    "latchkey.login_details.paper.picture": {"png"},
}
"""What only the layer of documents brings."""
DOORS = {path.name for path in FUNCTIONS.iterdir() if (path / "__init__.py").exists()}


def modules(root: Path) -> list[str]:
    """The dotted names of all modules of the packages under an import root."""
    packages = (path.parent for path in root.glob("*/__init__.py"))
    paths = (path.relative_to(root).with_suffix("") for package in packages for path in package.rglob("*.py"))
    return sorted(".".join(path.parts).removesuffix(".__init__") for path in paths)


def source(root: Path, module: str) -> Path:
    path = root.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def imported(root: Path, module: str) -> Iterator[str]:
    """The dotted names that a module imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(source(root, module).read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def room(name: str) -> str:
    """The room of its package that a module is in: ``model``, ``stores``, or ``use cases``."""
    parts = name.split(".")
    return parts[2] if parts[0] == "latchkey" and len(parts) > 2 and parts[2] in {"model", "stores"} else "use cases"


def strangers(names: Iterator[str]) -> set[str]:
    """The top-level packages that are not Python's own."""
    return {name.split(".")[0] for name in names} - set(sys.stdlib_module_names)


@pytest.mark.parametrize("module", [m for m in modules(DOMAIN) if room(m) == "model"])
def test_model_knows_only_the_model(module: str) -> None:
    names = list(imported(DOMAIN, module))
    assert strangers(iter(names)) <= {"latchkey"}
    assert [n for n in names if within(n, "latchkey") and room(n) != "model" and not within(n, "latchkey.errors")] == []


@pytest.mark.parametrize("module", [m for m in modules(DOMAIN) if room(m) != "stores"])
def test_only_stores_talk_to_aws(module: str) -> None:
    assert [n for n in imported(DOMAIN, module) if within(n, "botocore", "boto3", "s3transfer")] == []


@pytest.mark.parametrize("module", modules(DOMAIN))
def test_domain_needs_no_package_but_the_runtimes_and_argon2(module: str) -> None:
    """botocore for the stores, argon2 for the one module that hashes, Powertools' logger for what is worth saying."""
    names = {n for n in imported(DOMAIN, module) if not within(n, "aws_lambda_powertools.logging")}
    own = {"latchkey.sign_in.hashing": {"argon2"}, **PAPER}
    assert strangers(iter(names)) <= {"latchkey", "botocore"} | own.get(module, set())


@pytest.mark.parametrize("module", modules(DOMAIN))
def test_only_formats_print(module: str) -> None:
    """What draws is in a layer that one function has: whatever else imported it would not start."""
    if not within(module, "latchkey.login_details.paper", "latchkey.login_details.formats"):
        assert [n for n in imported(DOMAIN, module) if within(n, "latchkey.login_details.paper")] == []


@pytest.mark.parametrize("module", [m for m in modules(DOMAIN) if room(m) == "stores"])
def test_stores_know_no_use_case(module: str) -> None:
    ours = [n for n in imported(DOMAIN, module) if within(n, "latchkey")]
    assert [n for n in ours if room(n) == "use cases" and not within(n, "latchkey.errors")] == []


@pytest.mark.parametrize("module", modules(DOMAIN))
def test_domain_knows_no_doorway(module: str) -> None:
    names = list(imported(DOMAIN, module))
    assert [n for n in names if within(n, "chalice", *DOORS, "infra")] == []
    assert [n for n in names if within(n, "aws_lambda_powertools.event_handler", "aws_lambda_powertools.utilities")] == []


@pytest.mark.parametrize("module", modules(FUNCTIONS))
def test_doorways_touch_no_table_and_no_other_doorway(module: str) -> None:
    names = list(imported(FUNCTIONS, module))
    others = DOORS - {module.split(".", maxsplit=1)[0], "web"}
    assert [n for n in names if within(n, "boto3", "botocore", "argon2", "infra", *others)] == []
    assert [n for n in names if room(n) == "stores" and not n.startswith("latchkey.sign_in.stores.sessions")] == []
