"""What is installed is locked, once, and comes from nowhere in particular."""

import json
import re
from pathlib import Path

import pytest

from tests.support.sam import ROOT

LAYERS = [ROOT / "layers" / "dependencies", ROOT / "layers" / "documents"]
LAYER_LOCKS = [lock for layer in LAYERS for lock in layer.glob("*.txt")]
LOCKS = sorted(
    [
        *LAYER_LOCKS,
        *(ROOT / "infra" / "requirements").glob("*.txt"),
        ROOT / "layers" / "domain" / "build" / "blocklist.txt",
        ROOT / "functions" / "build" / "templates.txt",
    ]
)


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", lock.read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: f"{lock.parent.name}/{lock.name}")
def test_lock_names_hashes_and_no_place(lock: Path) -> None:
    text = lock.read_text()
    assert text.count("==") > 0
    assert "--hash=sha256:" in text
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: f"{lock.parent.name}/{lock.name}")
def test_lock_holds_what_was_asked_for(lock: Path) -> None:
    asked = {
        re.split(r"[\[>=<]", line)[0].strip().lower().replace("_", "-")
        for line in lock.with_suffix(".in").read_text().splitlines()
        if line and not line.startswith(("#", "-"))
    }
    assert asked <= set(pins(lock))


def test_tests_run_with_the_layers_versions() -> None:
    dev = pins(ROOT / "infra" / "requirements" / "dev.txt")
    for lock in [*LAYER_LOCKS, ROOT / "functions" / "build" / "templates.txt"]:  # what compiles templates and what runs them
        for name, version in pins(lock).items():
            assert dev.get(name, version) == version, name


def test_what_comes_from_npm_is_locked_by_its_hash_and_from_no_place() -> None:
    folder = ROOT / "tests" / "support" / "providers"
    lock = json.loads((folder / "package-lock.json").read_text())["packages"]
    asked = lock.pop("")
    assert asked["dependencies"] == json.loads((folder / "package.json").read_text())["dependencies"]
    for name, package in lock.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name
        assert not package.get("hasInstallScript"), name
