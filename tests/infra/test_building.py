"""What would not run on Lambda, or would start slowly there, fails the build."""

import importlib.util
import os
import platform
import py_compile
import struct
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from infra.deploy import building
from infra.local.settings import PROJECT
from infra.local.trouble import Trouble

LAYERS = PROJECT / "layers"
HERE = "{}.{}".format(*sys.version_info[:2])
AARCH64, X86_64 = 183, 62


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, LAYERS / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verify = script("verify")
find_python = script("find_python")


def library(folder: Path, machine: int, name: str = "_x.cpython-313-aarch64-linux-gnu.so") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HH", 3, machine) + bytes(40))


def bytecode(folder: Path, magic: int = 3571, flags: int = 1) -> None:
    (folder / "__pycache__").mkdir(parents=True, exist_ok=True)
    (folder / "m.py").write_text("x = 1\n")
    (folder / "__pycache__" / "m.cpython-313.pyc").write_bytes(struct.pack("<H2sI", magic, b"\r\n", flags) + bytes(8))


def faults(folder: Path, machine: str = "aarch64") -> list[str]:
    return list(verify.faults(folder, machine, "3.13"))


def test_what_fits_is_fine(tmp_path: Path) -> None:
    library(tmp_path / "python", AARCH64)
    bytecode(tmp_path / "python")
    assert faults(tmp_path) == []


def test_a_library_for_another_processor_is_named(tmp_path: Path) -> None:
    library(tmp_path / "python" / "argon2", X86_64)
    assert faults(tmp_path) == [
        "python/argon2/_x.cpython-313-aarch64-linux-gnu.so is for x86_64, but the functions run on aarch64"
    ]


def test_a_library_with_a_version_behind_its_name_is_looked_at_too(tmp_path: Path) -> None:
    library(tmp_path, X86_64, "libharfbuzz.so.0")
    assert len(faults(tmp_path)) == 1


def test_what_is_no_library_has_no_processor(tmp_path: Path) -> None:
    (tmp_path / "x.so").write_text("hello")
    assert faults(tmp_path) == []


def test_a_module_without_bytecode_is_named(tmp_path: Path) -> None:
    (tmp_path / "m.py").touch()
    assert faults(tmp_path) == ["m.py has no bytecode of Python 3.13"]


def test_bytecode_of_another_python_is_named(tmp_path: Path) -> None:
    bytecode(tmp_path, magic=3531)
    assert faults(tmp_path) == ["m.py has bytecode of another Python than 3.13"]


@pytest.mark.parametrize("flags", [0, 3])
def test_bytecode_that_looks_at_its_source_is_named(tmp_path: Path, flags: int) -> None:
    bytecode(tmp_path, flags=flags)
    (fault,) = faults(tmp_path)
    assert "depends on" in fault


def test_the_number_in_the_table_is_what_that_python_writes() -> None:
    if HERE in verify.MAGIC:
        assert int.from_bytes(importlib.util.MAGIC_NUMBER[:2], "little") == verify.MAGIC[HERE]
    assert verify.magic_of(HERE) == int.from_bytes(importlib.util.MAGIC_NUMBER[:2], "little")


def test_a_version_that_is_not_known_ends_the_build() -> None:
    with pytest.raises(SystemExit, match=r"Python 3\.99"):
        verify.magic_of("3.99")


def compiled(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """`make bytecode`, as the Makefiles of layers and functions call it."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "LATCHKEY_"))}
    command = ["make", "--no-print-directory", "-f", str(LAYERS / "bytecode.mk"), f"FOLDER={folder}"]
    return subprocess.run(command, env={**plain, **variables}, capture_output=True, text=True, check=False)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "m.py").write_text("x = 1\n")
    return tmp_path


def test_a_build_for_here_compiles_with_the_python_that_runs_here(source: Path) -> None:
    done = compiled(source, LATCHKEY_PLATFORM="here", LATCHKEY_PYTHON=sys.executable)
    assert (done.returncode, done.stderr) == (0, "")
    tag = f"cpython-{HERE.replace('.', '')}"
    assert (source / "__pycache__" / f"m.{tag}.pyc").exists()


def test_a_build_for_lambda_fails_without_the_runtimes_python(source: Path) -> None:
    done = compiled(source, LATCHKEY_PYTHON="3.99")
    assert done.returncode != 0
    assert "uv python install 3.99" in done.stderr
    assert "LATCHKEY_BYTECODE=none" in done.stderr


def test_a_build_for_lambda_fails_with_bytecode_of_another_python(source: Path) -> None:
    done = compiled(source, LATCHKEY_PYTHON="3.12" if HERE == "3.13" else "3.13", LATCHKEY_COMPILER=sys.executable)
    assert done.returncode != 0
    assert "m.py has no bytecode of Python" in done.stderr


def test_a_build_may_do_without_bytecode_but_not_without_the_right_processor(source: Path) -> None:
    assert compiled(source, LATCHKEY_BYTECODE="none").returncode == 0
    library(source, X86_64)
    done = compiled(source, LATCHKEY_BYTECODE="none")
    assert done.returncode != 0
    assert "is for x86_64, but the functions run on aarch64" in done.stderr


def test_a_build_for_another_processor_than_the_layers_is_found(source: Path) -> None:
    library(source, AARCH64)
    done = compiled(source, LATCHKEY_BYTECODE="none", LATCHKEY_PLATFORM="x86_64-manylinux_2_28")
    assert "is for aarch64, but the functions run on x86_64" in done.stderr


def test_a_python_is_found_by_its_version_and_by_its_path(tmp_path: Path) -> None:
    found = find_python.find_python(HERE)
    assert found
    said = subprocess.run(
        [found, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == HERE
    assert find_python.find_python(sys.executable) == sys.executable
    assert find_python.find_python(str(tmp_path / "python")) is None
    assert find_python.find_python("3.99") is None


def test_pyenvs_pythons_are_found_where_uv_finds_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "versions" / f"{HERE}.1" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").symlink_to(sys.executable)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert find_python.find_python(HERE, "/no/such/uv") == str(folder / "python")


def built(folder: Path, architecture: str) -> None:
    said = f"Globals: {{ Function: {{ Runtime: python3.13, Architectures: [{architecture}] }} }}\nParameters: {{}}\n"
    (folder / "template.yaml").write_text(said)
    library(folder / "Layer" / "python", AARCH64)


def test_a_template_for_another_processor_than_was_built_is_not_deployed(tmp_path: Path) -> None:
    built(tmp_path, "arm64")
    building.verify(tmp_path, tmp_path / "x.log")
    built(tmp_path, "x86_64")
    with pytest.raises(Trouble, match=r"(?s)nothing was deployed.*is for aarch64, but the functions run on x86_64"):
        building.verify(tmp_path, tmp_path / "x.log")


def test_python_itself_writes_what_verify_reads(tmp_path: Path) -> None:
    """A second opinion on the header: the flags of a .pyc that was made by the standard library."""
    (tmp_path / "m.py").write_text("x = 1\n")
    for mode, good in ((py_compile.PycInvalidationMode.UNCHECKED_HASH, True), (py_compile.PycInvalidationMode.TIMESTAMP, False)):
        py_compile.compile(str(tmp_path / "m.py"), invalidation_mode=mode)
        assert (not list(verify.faults(tmp_path, platform.machine(), HERE))) == good
