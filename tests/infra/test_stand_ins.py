"""What the layer has instead of modules that are loaded and not used (layers/dependencies/stand_ins)."""

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.sam import ROOT

LAYER = ROOT / "layers" / "dependencies"
PACKAGES = ("boto3", "botocore", "dateutil", "jinja2", "s3transfer", "urllib3")
IMPORT = """
import importlib, json, sys, warnings
from pathlib import Path

warnings.simplefilter("ignore")
sys.path.insert(0, sys.argv[1])
failed = {}
for path in sorted(path for name in sys.argv[2:] for path in (Path(sys.argv[1]) / name).rglob("*.py")):
    module = ".".join(path.relative_to(sys.argv[1]).with_suffix("").parts).removesuffix(".__init__")
    try:
        importlib.import_module(module)
    except Exception as error:
        failed[module] = repr(error)
print(json.dumps(failed))
"""
USE = """
import datetime, io, json, sys
sys.path.insert(0, sys.argv[1])
import boto3
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from jinja2 import Environment, StrictUndefined

def client(service, status, headers, body):
    made = boto3.client(service, "eu-west-2", aws_access_key_id="a", aws_secret_access_key="s")
    def answer(request, **_):
        raw = io.BytesIO(body)
        raw.stream = lambda *_, **__: iter([body])
        return AWSResponse(request.url, status, headers, raw)
    made.meta.events.register("before-send", answer)
    return made

said = []
said.append(client("dynamodb", 200, {}, b'{"Item": {"a": {"S": "b"}}}').get_item(TableName="t", Key={"k": {"S": "1"}})["Item"])
found = client("s3", 200, {"Last-Modified": "Mon, 23 Nov 2026 10:00:00 GMT"}, b"text").get_object(Bucket="bucket", Key="k")
said += [found["LastModified"].isoformat(), found["Body"].read().decode()]
try:
    client("sqs", 400, {"x-amzn-query-error": "x;Sender"}, b'{"__type": "#QueueDoesNotExist"}').send_message(
        QueueUrl="https://sqs.eu-west-2.amazonaws.com/1/q", MessageBody="b")
except ClientError as error:
    said.append(error.response["Error"]["Code"])
said.append(client("s3", 200, {}, b"").generate_presigned_url("get_object", {"Bucket": "bucket", "Key": "k"}).split("?")[0])
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The packages as they are installed, and as they are in the layer."""
    whole, cut = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("cut")
    for name in (*PACKAGES, "aws_lambda_powertools"):
        spec = find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        for tree in (whole, cut):
            shutil.copytree(Path(spec.origin).parent, tree / name, ignore=shutil.ignore_patterns("__pycache__", "data"))
        for tree in (whole, cut):
            if name == "botocore":
                (tree / name / "data").symlink_to(Path(spec.origin).parent / "data")
    script = (
        "import sys; sys.path[:0] = sys.argv[1:3]; from pathlib import Path; from prune import prune; from cut import stand_in; "
    )
    script += "prune(Path(sys.argv[3]), Path(sys.argv[2]) / 'needless.list'); stand_in(Path(sys.argv[3]))"
    subprocess.run([sys.executable, "-B", "-c", script, str(ROOT / "layers"), str(LAYER), str(cut)], check=True)
    return whole, cut


def said(script: str, tree: Path, *more: str) -> Any:
    command = [sys.executable, "-B", "-c", script, str(tree), *more]
    return json.loads(subprocess.check_output(command, text=True, env={**os.environ, "AWS_ENDPOINT_URL": ""}).splitlines()[-1])


def test_whatever_is_left_of_the_libraries_loads_as_it_does_where_they_are_whole(trees: tuple[Path, Path]) -> None:
    of_powertools = [f"aws_lambda_powertools/{name}" for name in ("logging", "metrics", "shared")]
    whole, cut = (said(IMPORT, tree, *PACKAGES, *of_powertools) for tree in trees)
    assert cut.keys() - whole.keys() == set()


def test_clients_call_read_times_and_sign_as_ever(trees: tuple[Path, Path]) -> None:
    whole, cut = (said(USE, tree) for tree in trees)
    assert cut == whole
    assert whole[1] == "2026-11-23T10:00:00+00:00"


def test_what_says_how_to_escape_is_jinjas_own() -> None:
    from jinja2 import nodes

    names: dict[str, Any] = {}
    exec((LAYER / "stand_ins" / "jinja2" / "nodes.py").read_text(), names)
    for autoescape in (True, False, lambda name: name == "a"):
        given: Any = SimpleNamespace(autoescape=autoescape)
        real, ours = nodes.EvalContext(given, "a"), names["EvalContext"](given, "a")
        assert vars(ours) == vars(real)
        kept = ours.save()
        ours.volatile = True
        ours.revert(kept)
        assert vars(ours) == vars(real)
