"""The layer's copy of boto3 knows what the stores call, and no more (layers/dependencies/operations.py)."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from botocore import xform_name
from botocore.loaders import Loader

from tests.support.sam import ROOT

DEPENDENCIES = ROOT / "layers" / "dependencies"
STORES = sorted((ROOT / "layers" / "domain" / "latchkey").glob("*/stores/*.py"))


def _operations() -> dict[str, tuple[str, ...]]:
    spec = spec_from_file_location("operations", DEPENDENCIES / "operations.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    found: dict[str, tuple[str, ...]] = module.OPERATIONS
    return found


OPERATIONS = _operations()


def names() -> dict[str, str]:
    """The operations of our services by the name of the client's method, each as ``service.Operation``."""
    found: dict[str, str] = {}
    for service in OPERATIONS:
        model: Any = Loader().load_service_model(service, "service-2")
        found |= {xform_name(operation): f"{service}.{operation}" for operation in model["operations"]}
    return found


def called() -> Iterator[str]:
    """Names in the stores that may be an operation: what is called on a client, or named in a text."""
    for path in STORES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if ast.unparse(node.func.value).endswith("client"):
                    yield node.func.attr
                yield from (
                    argument.value
                    for argument in node.args[:1]
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
                )


def test_the_table_has_what_the_stores_call_and_nothing_else() -> None:
    known = names()
    used = {known[name] for name in called() if name in known}
    listed = {f"{service}.{operation}" for service, operations in OPERATIONS.items() for operation in operations}
    assert used == listed


def test_the_cut_copy_makes_every_client_and_signs_forms_and_urls(layer: Path) -> None:
    script = """
import json
from latchkey.shared.stores.aws import client_factory
from botocore.loaders import Loader
make = client_factory()
clients = {name: make(name) for name in SERVICES}
known = {name: sorted(client.meta.service_model.operation_names) for name, client in clients.items()}
form = clients["s3"].generate_presigned_post("bucket", "key")
url = clients["s3"].generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "key"})
print(json.dumps([known, form["url"], url.split("?")[0]]))
""".replace("SERVICES", repr(tuple(OPERATIONS)))
    region = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_DEFAULT_REGION": "eu-west-2"}
    done = subprocess.run(
        [sys.executable, "-S", "-B", "-c", script],
        env={"PYTHONPATH": f"{ROOT / 'layers' / 'domain'}:{layer}", **region},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    known, form, url = json.loads(done.stdout)
    for service, operations in OPERATIONS.items():
        assert set(operations) <= set(known[service])
    assert (form, url) == ("https://bucket.s3.eu-west-2.amazonaws.com/", "https://bucket.s3.eu-west-2.amazonaws.com/key")


def test_the_cut_copy_is_small(layer: Path) -> None:
    data = [path.stat().st_size for path in (layer / "botocore" / "data").rglob("*") if path.is_file()]
    assert sum(data) < 500_000
