"""The layer of dependencies as far as it is cut."""

import shutil
import subprocess
import sys
from pathlib import Path

import boto3
import botocore
import pytest

from tests.house.test_operations import DEPENDENCIES, OPERATIONS


@pytest.fixture(scope="session")
def layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """boto3, what it needs and what reads its JSON as the layer has them, from the packages that are installed here."""
    folder = tmp_path_factory.mktemp("layer")
    site = Path(boto3.__file__).parents[1]
    for name in ("boto3", "s3transfer", "jmespath", "urllib3", "dateutil", "orjson"):
        shutil.copytree(site / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    others = [each.name for each in Path(botocore.__file__).parent.joinpath("data").iterdir() if each.is_dir()]
    ignored = shutil.ignore_patterns("__pycache__", *(set(others) - OPERATIONS.keys()))
    shutil.copytree(Path(botocore.__file__).parent, folder / "botocore", ignore=ignored)
    shutil.copy(site / "six.py", folder)
    script = "import sys; from pathlib import Path; from cut import cut; cut(Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-B", "-c", script, folder / "botocore"], cwd=DEPENDENCIES, check=True)
    return folder
