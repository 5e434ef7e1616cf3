"""MiniStack, started and stopped: in an environment of its own, isolated from the developer's."""

import json
import os
import subprocess
import urllib.error
import urllib.request
import uuid
from pathlib import Path

from infra.local.processes import Processes
from infra.local.progress import Progress
from infra.local.settings import PROJECT, REGION, Settings
from infra.local.trouble import Trouble
from infra.local.waiting import require_free_port, wait_until, why

NAME = "MiniStack"
ROOT_KEY = "test"  # MiniStack's root caller under AUTH=true; everyone else needs a role or a user
PYTHON = PROJECT / ".venv-ministack" / "bin" / "python"  # made by the Makefile from infra/requirements/ministack.txt
_UNPACK_ONCE = PROJECT / "infra" / "local" / "unpack_once.py"
_START_PATIENCE = 180.0
_SAVE_PATIENCE = 180.0


def start(settings: Settings, processes: Processes, progress: Progress) -> bool:
    """Start MiniStack, or keep the one that runs on this port; answers whether it was started."""
    if processes.running(NAME) == settings.aws_port:
        return False
    processes.stop(NAME, patience=_SAVE_PATIENCE)
    require_free_port(settings.aws_port, "AWS_PORT", "MiniStack")
    log = settings.logs / "ministack.log"
    with progress.step(f"Start MiniStack on port {settings.aws_port}"):
        _remove_leftovers(settings)
        environment = _isolated(settings)
        for folder in ("HOME", "TMPDIR", "STATE_DIR", "S3_DATA_DIR"):
            Path(environment[folder]).mkdir(parents=True, exist_ok=True)
        processes.start(
            NAME,
            [str(PYTHON), "-P", str(_UNPACK_ONCE)],
            environment=environment,
            folder=Path(environment["HOME"]),
            log=log,
            what=settings.aws_port,
        )
        if not wait_until(lambda: _ready(settings), lambda: processes.running(NAME) is not None, _START_PATIENCE):
            processes.stop(NAME, patience=_SAVE_PATIENCE)
            raise Trouble(f"MiniStack did not start ({why(_tail(log))}); the whole story is in {log}.")
    return True


def stop(settings: Settings, processes: Processes) -> bool:
    """Stop MiniStack and wait until its state is saved; answers whether it ran."""
    found = processes.stop(NAME, patience=_SAVE_PATIENCE)
    _remove_leftovers(settings)
    return found


def _ready(settings: Settings) -> bool:
    try:
        with urllib.request.urlopen(f"{settings.aws_url}/_ministack/ready", timeout=2) as answer:  # noqa: S310 - this machine
            return bool(json.load(answer))
    except (OSError, ValueError, urllib.error.URLError):
        return False


def _remove_leftovers(settings: Settings) -> None:
    """Remove the unpacked code of Lambda workers, tens of megabytes, so nobody waits for it."""
    folder = settings.state / "tmp"
    if folder.exists():
        old = folder.rename(settings.state / f"tmp-{uuid.uuid4().hex}")
        subprocess.Popen(["rm", "-rf", str(old)], start_new_session=True, stderr=subprocess.DEVNULL)


def _isolated(settings: Settings) -> dict[str, str]:
    """MiniStack's whole environment, which its Lambda functions inherit: nothing of the developer's gets in."""
    state = settings.state
    return {
        "PATH": os.pathsep.join([str(PYTHON.parent), "/usr/bin", "/bin"]),
        "HOME": str(state / "home"),
        "TMPDIR": str(state / "tmp"),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "AUTH": "true",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state / "s3"),
        "MINISTACK_REGION": REGION,
        "GATEWAY_PORT": str(settings.aws_port),
        "BIND_HOST": "127.0.0.1",
        # What Latchkey does not use, and what would reach out of this folder: containers, SFTP, MQTT.
        "DOCKER_HOST": f"unix://{state}/no-docker.sock",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        # Functions find AWS at MiniStack by themselves; at the recorder only if they are told to.
        **({"AWS_ENDPOINT_URL": f"http://127.0.0.1:{settings.recorder_port}"} if settings.recorder_port else {}),
    }


def _tail(log: Path) -> list[str]:
    try:
        return [line for line in log.read_text(errors="replace").splitlines()[-50:] if line.strip()]
    except OSError:
        return []
