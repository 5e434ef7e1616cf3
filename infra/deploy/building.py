"""The build for Lambda, and a look at what was built: it must run where the template says."""

import os
import sys
from pathlib import Path

from infra.deploy.template import read_template
from infra.local.progress import Progress
from infra.local.settings import PROJECT
from infra.local.trouble import Trouble
from infra.local.waiting import find_tool, run_logged, why

BUILD = PROJECT / ".aws-sam" / "build"


def build(compiler: str, log: Path, progress: Progress) -> Path:
    """Build functions and layers for the real target; answers the built template. Raises Trouble when that fails."""
    sam = find_tool("sam") or "sam"
    # What an outer make tells its children about itself (job slots, level) is not meant for these.
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    variables |= {"LATCHKEY_COMPILER": compiler, "SAM_CLI_TELEMETRY": "0", "NO_COLOR": "1"}
    with progress.step("Build functions and layers for Lambda") as step:
        command = [sam, "build", "--build-dir", str(BUILD)]
        code, last = run_logged(command, environment=variables, folder=PROJECT, log=log, note=step.note)
        if code:
            raise Trouble(f"The build failed ({why(last)}); nothing was deployed. The whole story is in {log}.")
        verify(BUILD, log)
    return BUILD / "template.yaml"


def verify(folder: Path, log: Path) -> None:
    """Raise Trouble unless all that was built runs on the processor and the Python of its own template."""
    template = read_template(folder / "template.yaml")
    command = [sys.executable, str(PROJECT / "layers" / "verify.py"), str(folder), template.machine, template.version]
    if os.environ.get("LATCHKEY_BYTECODE") == "none":
        command.append("--without-bytecode")
    said: list[str] = []
    code, _ = run_logged(command, environment=os.environ, folder=PROJECT, log=log, note=lambda line: said.append(line.strip()))
    if code:
        raise Trouble(
            "\n".join(["What was built would not run on Lambda; nothing was deployed.", *(f"  {line}" for line in said)])
        )
