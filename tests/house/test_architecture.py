"""docs/architecture.md says what the code and the template say: the order of packages, the keys of tables, the roles."""

import ast
import re
import tomllib
from collections.abc import Iterator

import pytest

from tests.support import sam

PAGE = (sam.ROOT / "docs" / "architecture.md").read_text()
LATCHKEY = sam.ROOT / "layers" / "domain" / "latchkey"
VERBS = {
    "PutObject": "put",
    "GetObject": "get",
    "AbortMultipartUpload": "abort",
    "DeleteObject": "delete",
    "ListBucket": "list",
}
COLUMNS = ("directory", "credentials", "sessions", "activity", "keys", "queues", "buckets", "mail")
TABLES = {f"{table.title()}Table": table for table in COLUMNS[:4]}
KEY = re.compile(r"#[A-Z]+")


def section(title: str) -> str:
    return PAGE.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def texts(source: str) -> Iterator[str]:
    """The texts of a module but for its docstrings: also what stands between the values of an f-string."""
    tree = ast.parse(source)
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def test_the_order_of_packages_is_the_contracts() -> None:
    contracts = tomllib.loads((sam.ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["containers"] == ["latchkey"])
    listed = section("The order of the packages").split("\n\n")[1]
    names = re.findall(r"\w+", listed.split(";")[0])
    assert names == [layer for layer in reversed(layers) if layer not in {"wiring", "settings | errors"}]


def test_the_keys_of_tables_are_the_stores() -> None:
    kept = {key for path in LATCHKEY.glob("*/stores/*.py") for text in texts(path.read_text()) for key in KEY.findall(text)}
    assert set(KEY.findall(section("Tables"))) == kept


def cells(function: sam.Resource) -> dict[str, str]:
    """What a role may do, as the page's table says it."""
    actions: dict[str, list[str]] = {column: [] for column in COLUMNS}
    indexes: dict[str, list[str]] = {column: [] for column in COLUMNS}
    of_streams = {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"}
    for action, resource in sorted(each for each in sam.grants(function) if each[0] not in of_streams):
        service, _, verb = action.partition(":")
        name, _, rest = resource.partition("/")
        if service == "dynamodb" and rest:
            indexes[TABLES[name]].append(f"`{rest.removeprefix('index/')}`")
        elif service == "dynamodb":
            actions[TABLES[name]].append(verb.replace("Item", "").replace("ConditionCheck", "Check"))
        elif service == "kms":
            actions["keys"].append(name.removesuffix("Key").lower())
        elif action == "sqs:SendMessage":
            actions["queues"].append(name.removesuffix("Queue").lower())
        elif service == "s3":
            verb = VERBS[verb]
            actions["buckets"].append(
                f"{verb} {name.removesuffix('Bucket').lower()}" + (f" `{rest}`" if rest not in {"*", ""} else "")
            )
        elif service == "ses":
            actions["mail"].append(verb)
    for column, found in indexes.items():
        if found:
            actions[column].append(f"Query of {', '.join(found)}")
    return {column: ", ".join(dict.fromkeys(said)) or "-" for column, said in actions.items()}


def table() -> dict[str, dict[str, str]]:
    lines = [line.strip("| ").split(" | ") for line in section("Roles").splitlines() if line.startswith("| ")]
    return {name: dict(zip(COLUMNS, said, strict=True)) for name, *said in lines[1:]}


@pytest.mark.parametrize("name", sam.functions())
def test_the_roles_are_the_templates(name: str) -> None:
    function = sam.functions()[name]
    assert table().get(sam.package(function)) == cells(function)
