"""Cold starts: what each function loads before its first event, against a bare stack with the same clients.

Both sides run in fresh interpreters on layers and functions as ``make build`` made them, bytecode included, with the Python that
stands for the Lambda runtime here; ours with the boto3 of its layer, the bare side with the whole boto3 of that runtime. Ours
imports the handler and makes the clients that the function uses; the bare side imports Chalice, Powertools' Logger and boto3 and
makes the same clients. In turns; medians of CPU time, which other work on the machine disturbs least.
"""

import json
import os
import statistics
import subprocess
from pathlib import Path
from typing import Any

from latchkey.settings import NEEDS, FunctionName

ROUNDS = 11
ROOT = Path(__file__).parents[2]
BUILD = ROOT / ".local" / "build"
PYTHON = ROOT / ".venv-ministack" / "bin" / "python"
CLIENTS: dict[FunctionName, tuple[str, ...]] = {
    "portal": ("dynamodb", "kms", "sqs"),
    "console": ("dynamodb", "kms", "sqs", "s3"),
    "plan_send": ("dynamodb", "kms", "sqs"),
    "deliver_links": ("dynamodb", "kms", "sesv2"),
    "read_roster": ("dynamodb", "kms", "s3"),
    "build_export": ("dynamodb", "kms", "s3"),
    "operate": ("dynamodb", "kms", "sqs"),
}
LATE = ("pydantic", "jinja2", "aws_xray_sdk", "argon2", "dns", "xlsxwriter", "reportlab", "fido2", "cryptography", "pyotp")
"""What no function needs before its first event."""

_OURS = """
import importlib, json, sys, time
start = time.process_time()
importlib.import_module(sys.argv[1])
from latchkey.wiring import wiring
made = wiring(sys.argv[2])
for service in sys.argv[3].split(","):
    made.client(service)
print(json.dumps({"seconds": time.process_time() - start, "modules": sorted(sys.modules)}))
"""
_BARE = """
import json, sys, time
sys.path.insert(0, next(path for path in sys.path if path.endswith("site-packages")))  # the runtime's boto3, not the layer's
start = time.process_time()
from chalice import Chalice
from aws_lambda_powertools import Logger
import boto3
app, logger = Chalice("bare"), Logger()
for service in sys.argv[3].split(","):
    boto3.client(service)
print(json.dumps({"seconds": time.process_time() - start, "modules": sorted(sys.modules)}))
"""


def main() -> list[dict[str, Any]]:
    """The rows of the table."""
    if not (BUILD / "DomainLayer").is_dir():
        raise SystemExit("The functions are not built here; `make bench` builds them first.")
    sides: dict[tuple[FunctionName, str], list[float]] = {}
    loaded: dict[FunctionName, set[str]] = {}
    for turn in range(ROUNDS + 1):
        for function in CLIENTS:
            for side, script in (("ours", _OURS), ("bare", _BARE)):
                found = _start(script, function)
                if side == "ours":
                    loaded[function] = set(found["modules"])
                if turn:  # the first turn fills the disk's cache, and writes the bytecode of botocore
                    sides.setdefault((function, side), []).append(found["seconds"])
    return [_row(function, sides, loaded[function]) for function in CLIENTS]


def _row(function: FunctionName, sides: dict[tuple[FunctionName, str], list[float]], loaded: set[str]) -> dict[str, Any]:
    ours, bare = (statistics.median(sides[function, side]) for side in ("ours", "bare"))
    late = sorted(loaded & set(LATE))
    got = f"{ours / bare:.2f} x ({ours * 1000:.0f} to {bare * 1000:.0f} ms)" + (f", loads {', '.join(late)}" if late else "")
    met = ours / bare <= 0.9 and not late
    return {"what": f"cold start of {function}", "bar": "≤ 0.9 x the bare stack", "got": got, "met": met, "value": ours / bare}


def _start(script: str, function: FunctionName) -> dict[str, Any]:
    """One fresh interpreter."""
    folder = BUILD / ("".join(word.title() for word in function.split("_")) + "Function")
    layers = [BUILD / layer / "python" for layer in ("DomainLayer", "DependenciesLayer")]
    environment = {name: _setting(name) for name in NEEDS[function]} | {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": ":".join(map(str, [folder, *layers])),
        "AWS_DEFAULT_REGION": "eu-west-2",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "POWERTOOLS_SERVICE_NAME": function,
    }
    module = f"{function}.app" if function in {"portal", "console"} else f"{function}.handler"
    command = [str(PYTHON), "-c", script, module, function, ",".join(CLIENTS[function])]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise SystemExit(f"{function} does not start: {ran.stderr.strip().splitlines()[-1]}")
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def _setting(name: str) -> str:
    return {"ORIGIN": "https://accounts.school.example"}.get(name, name.lower().replace("_", "-"))
