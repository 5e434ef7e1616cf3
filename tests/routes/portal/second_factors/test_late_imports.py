"""What second factors need is loaded by whoever shows one: not by the portal's start, and not by a sign-in without one."""

import subprocess
import sys

import pytest

from tests.support.sam import ROOT

LATE = ("fido2", "pyotp", "segno")
"""cryptography comes with fido2; here botocore finds it by pyOpenSSL, which the layer does not have."""
SCRIPT = """
import sys
import {module}
from latchkey.second_factors import change_factors, confirm, enrol_factor, prove_again, prove_passkey, second_step, show_factor
print(",".join(each for each in {late} if each in sys.modules))
"""


@pytest.mark.parametrize("module", ["portal.app", "console.app"])
def test_a_start_loads_none_of_it(module: str) -> None:
    paths = {"PYTHONPATH": f"{ROOT / 'functions'}:{ROOT / 'layers' / 'domain'}", "POWERTOOLS_SERVICE_NAME": "x", "PATH": ""}
    script = SCRIPT.format(module=module, late=LATE)
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=paths)
    assert ran.stdout.strip() == ""
