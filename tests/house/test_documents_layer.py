"""The layer that prints: built as for Lambda, it holds what the code asks for, and stays small."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.sam import ROOT

LAYER = ROOT / "layers" / "documents"
NEEDED = ("uharfbuzz", "bidi", "segno", "png.py", "manimgx_fonts", "manimgx_fonts_cjk")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The layer's packages out of this environment, pruned as the build prunes them."""
    import png

    site, folder = Path(png.__file__).parent, tmp_path_factory.mktemp("layer")
    for name in NEEDED:
        subprocess.run(["cp", "-R", str(site / name), str(folder)], check=True)
    subprocess.run([sys.executable, str(LAYER / "prune.py"), str(folder)], check=True)
    return folder


def test_stays_far_below_what_lambda_allows(packages: Path) -> None:
    size = sum(path.stat().st_size for path in packages.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    assert 35e6 < size < 60e6


def test_prints_with_nothing_else(packages: Path) -> None:
    """In a fresh interpreter without the development environment, as in Lambda; botocore is not needed either."""
    script = """
from latchkey.login_details.formats.writer import new_writer
from latchkey.login_details.model.setting import Setting
from latchkey.login_details.model.runs import Scope, ExportRequest
from latchkey.codes.model.login_details import LoginDetails
from latchkey.people.model.person import Person
from latchkey.schools.model.school import School
from latchkey.login_details.paper.fonts import font_files
names = ["Ann Lee", "محمد", "王小明", "शर्मा"]
parts = []
wanted = ExportRequest(scope=Scope(), format="slips")
writer = new_writer(Setting(school=School(slug="n", name="N"), wanted=wanted, origin="https://o.example", now=1), parts.append)
writer.add([LoginDetails(student=Person(id="0", role="student", given_name=name, family_name=""), pin="P234-6789-CDFH",
         pin_ends=2) for name in names])
writer.finish()
assert writer.unprintable == 0 and len(font_files()) == 21
print(len(b"".join(parts)))
"""
    path = f"{ROOT / 'layers' / 'domain'}:{packages}"
    done = subprocess.run(
        [sys.executable, "-S", "-c", script], env={"PYTHONPATH": path}, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.stderr == ""
    assert int(done.stdout) > 10_000
