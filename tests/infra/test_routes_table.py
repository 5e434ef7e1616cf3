"""The tables of routes that the build writes (functions/build/routes.py): the same app, which loads what it is asked for."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.gateway import proxy_event
from tests.support.routes_table import with_table
from tests.support.sam import ROOT
from web.request import READS

if TYPE_CHECKING:
    from web.app import App

LAZY = """
import json, sys
from dataclasses import asdict
from importlib import import_module

name, events = sys.argv[1], json.loads(sys.stdin.read())
app = import_module(f"{name}.app").app
routes = {each for each, _ in app.module_of.items()}
said = {
    "made": sorted({module for module in app.module_of.values()} & set(sys.modules)),
    "kinds": sorted([*route, app.module_of[route], asdict(kind)] for route, kind in app.kinds.items()),
    "methods": {path: app.methods(path) for _, path in routes},
}
said["answers"] = [app(event, None) for event in events]
said["asked"] = sorted({module for module in app.module_of.values()} & set(sys.modules))
for module in set(app.module_of.values()):
    app._load(module)
said["routes"] = sorted((method, path) for path, methods in app.routes.items() for method in methods if path != "/{proxy+}")
print("\\n" + json.dumps(said))
"""
PATHS = {
    "portal": ["/robots.txt", "/favicon.ico", "/no/such/page", "/ROBOTS.TXT"],
    "console": ["/admin/northbridge/no/such/page"],
    "federate": ["/sso/no/such/page"],
    "saml": ["/sso/no/such/page"],
}
LOADS = {"portal": ["portal.files"], "console": [], "federate": [], "saml": []}
"""What an app has loaded by then."""


@pytest.mark.parametrize("name", sorted(PATHS))
def test_an_app_with_a_table_has_the_same_routes_and_answers(name: str, tmp_path: Path) -> None:
    app: App = import_module(f"{name}.app").app
    asked = ["GET", "HEAD", "POST"]
    events = [proxy_event(app, method, path, {"Accept": "application/json"}) for path in PATHS[name] for method in asked]
    folder = with_table(tmp_path, name)
    ran = subprocess.run(
        [sys.executable, "-c", LAZY, name],
        input=json.dumps(events),
        env={**os.environ, "PYTHONPATH": f"{folder}:{ROOT / 'layers' / 'domain'}", "POWERTOOLS_METRICS_NAMESPACE": "t"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    said: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    kinds = sorted(([*route, app.module_of[route], asdict(kind)] for route, kind in app.kinds.items()), key=lambda each: each[:3])
    assert (said["made"], said["asked"]) == ([], LOADS[name])
    assert sorted(said["kinds"], key=lambda each: each[:3]) == kinds
    assert said["methods"] == {path: app.methods(path) for _, path in app.kinds}
    assert [tuple(each) for each in said["routes"]] == sorted(app.kinds)
    assert said["answers"] == [json.loads(json.dumps(app(event, None))) for event in events]


@pytest.mark.parametrize("name", sorted(PATHS))
def test_without_a_table_every_module_is_loaded_at_once(name: str) -> None:
    app: App = import_module(f"{name}.app").app
    assert {(method, path) for path, methods in app.routes.items() for method in methods} == app.kinds.keys()
    assert set(app.module_of.values()) <= sys.modules.keys()
    assert any(method in READS for method, _ in app.kinds)
