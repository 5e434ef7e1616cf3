"""The whole local stack: up, run, down."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.edge import distribution
from infra.local import demo_school, demo_sign_in, deploy, ministack
from infra.local.build import build
from infra.local.files import locked, read_json, write_json
from infra.local.processes import Processes
from infra.local.progress import Progress
from infra.local.settings import PROJECT, REGION, SCHOOL, STACK_NAME, Settings
from infra.local.trouble import Trouble
from infra.local.waiting import answers, require_free_port, wait_until

_EDGE, _INBOX, _SIGN_IN, _RECORDER = "the edge", "the inbox", "the school sign-in", "the recorder"
_STAYS = "It was up before, so it stays up after Ctrl-C; `make down` stops it."
_ENDS = "Ctrl-C stops it; the data stays for the next time."
_PATIENCE = 60.0
_SAVE_PATIENCE = 60.0


class Stack:
    """One local stack, in its state folder."""

    def __init__(self, settings: Settings, progress: Progress) -> None:
        self._settings = settings
        self._progress = progress
        self._processes = Processes(settings.state / "processes.json")
        self._deployed = deploy.Record(settings.state / "deployed.json")

    def up(self) -> dict[str, Any]:
        """Bring everything up that is not up yet, in the background; answers what stack.json says.

        Raises Trouble; what was started by then keeps running, so that a second try is quick.
        """
        settings = self._settings
        with locked(settings.state / "up.lock"):
            deployed = self._start_product(self._start_cloud())
            admins = demo_school.load(settings, self._progress)
            stack = _description(settings, deployed, admins)
            write_json(settings.stack_file, stack)
        return stack

    def start_cloud(self) -> Path:
        """Build what changed and start MiniStack, when it does not run yet; answers the built template."""
        with locked(self._settings.state / "up.lock"):
            return self._start_cloud()

    def start_product(self, template: Path) -> deploy.Deployed:
        """Deploy to the MiniStack that runs, and start what stands around it: everything but the demo."""
        with locked(self._settings.state / "up.lock"):
            return self._start_product(template)

    def down(self) -> bool:
        """Stop what runs, keeping the data; answers whether there was anything to stop."""
        self._settings.stack_file.unlink(missing_ok=True)
        processes = self._processes
        found = processes.stop(_EDGE, patience=_PATIENCE)
        if processes.running(_INBOX):
            found = True
            processes.stop(_INBOX, patience=_SAVE_PATIENCE)
        for name in (_SIGN_IN, _RECORDER):
            found = processes.stop(name, patience=_PATIENCE) or found
        if processes.running(ministack.NAME):
            found = True
            with self._progress.step("Stop MiniStack and save its state"):
                ministack.stop(self._settings, processes)
            self._deployed.saved()
        return found

    def dead(self) -> str | None:
        """The name of a process that should run and does not."""
        wanted = [ministack.NAME, _INBOX, _SIGN_IN, _EDGE, *([_RECORDER] if self._settings.recorder_port else [])]
        return next((name for name in wanted if self._processes.running(name) is None), None)

    def _start_cloud(self) -> Path:
        settings = self._settings
        settings.logs.mkdir(parents=True, exist_ok=True)
        self._require_ports()
        with locked(settings.tools / "build.lock"):
            template = build(settings, self._progress)
            self._start_ministack()
            self._start_recorder()
        return template

    def _start_product(self, template: Path) -> deploy.Deployed:
        settings = self._settings
        with locked(settings.tools / "build.lock"):
            deployed = deploy.deploy(settings, self._processes, template, self._progress)
        self._start_inbox(deployed)
        self._start_server(_SIGN_IN, "infra.school_sign_in", demo_sign_in.config(settings))
        self._start_edge(deployed)
        return deployed

    def _require_ports(self) -> None:
        """All at once and first, so that a port in use is said before anything takes time."""
        settings, running = self._settings, self._processes.running
        for name, option, port, what in (
            (_EDGE, "PORT", settings.port, "the product"),
            (_INBOX, "INBOX_PORT", settings.inbox_port, "the inbox"),
            (_SIGN_IN, "SIGN_IN_PORT", settings.sign_in_port, "the demo's school sign-in"),
            (ministack.NAME, "AWS_PORT", settings.aws_port, "MiniStack"),
        ):
            known = running(name)
            ours = known == port or (isinstance(known, dict) and known["port"] == port)
            if not ours:
                require_free_port(port, option, what)

    def _start_ministack(self) -> None:
        if self._processes.running(ministack.NAME) not in {None, self._settings.aws_port}:
            self.down()
        if ministack.start(self._settings, self._processes, self._progress) and not self._deployed.restored(self._processes):
            self._progress.say("MiniStack was not stopped properly last time: what happened since its start then is lost.")

    def _start_recorder(self) -> None:
        settings = self._settings
        if settings.recorder_port is not None:
            config = {"port": settings.recorder_port, "upstream_port": settings.aws_port, "file": str(settings.calls_file)}
            self._start_server(_RECORDER, "infra.local.recorder", config)

    def _start_inbox(self, deployed: deploy.Deployed) -> None:
        settings = self._settings
        feedback = {
            "aws_url": settings.aws_url,
            "region": REGION,
            "key": ministack.ROOT_KEY,
            "table": deployed.outputs["ActivityTable"],
            "queue": deployed.outputs["FeedbackQueue"],
            "stream": deployed.outputs["DeliveriesStream"],
        }
        config = {
            "port": settings.inbox_port,
            "aws_url": settings.aws_url,
            "file": str(settings.state / "mails.json"),
            "feedback": feedback,
        }
        self._start_server(_INBOX, "infra.inbox", config)

    def _start_edge(self, deployed: deploy.Deployed) -> None:
        settings = self._settings
        config = {
            "port": settings.port,
            "upstream_port": settings.aws_port,
            "api_path": deployed.api_path,
            "secret": deployed.origin_secret,
            "resources": distribution.resources(PROJECT / "template.yaml"),
            "copies": {
                "url": settings.aws_url,
                "region": REGION,
                "key": ministack.ROOT_KEY,
                "bucket": deployed.outputs["PagesBucket"],
            },
        }
        self._start_server(_EDGE, "infra.edge", config)

    def _start_server(self, name: str, module: str, config: dict[str, Any]) -> None:
        """Start one of our own servers with this config, or keep the one that has it."""
        settings, processes = self._settings, self._processes
        file = settings.state / f"{module.rpartition('.')[2]}.json"
        port = config["port"]
        if processes.running(name) is not None:
            if read_json(file) == config:
                return
            processes.stop(name, patience=_SAVE_PATIENCE)
        write_json(file, config)
        log = settings.logs / f"{module.rpartition('.')[2]}.log"
        processes.start(
            name,
            [sys.executable, "-m", module, str(file)],
            environment={name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))},
            folder=PROJECT,
            log=log,
            what={"port": port},
        )
        if not wait_until(lambda: answers(port), lambda: processes.running(name) is not None, _PATIENCE):
            raise Trouble(f"{name.capitalize()} did not start on port {port}; the reason is in {log}.")


def run(stack: Stack, settings: Settings, progress: Progress, keep_going: Callable[[], bool]) -> int:
    """Up in the foreground: print the URLs, stay until Ctrl-C (or until `keep_going` says no), stop, keep the data.

    A stack that was up before is left up.
    """
    was_up = settings.stack_file.exists() and stack.dead() is None
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda *_: stop.set() if ready else _interrupt())
    ready = False
    code = 0
    try:
        description = stack.up()
        ready = True
        print(welcome(description, ending=_STAYS if was_up else _ENDS), flush=True)
        while not stop.wait(1.0):
            if not keep_going():
                break
            if (dead := stack.dead()) is not None:
                print(f"{dead.capitalize()} has ended unexpectedly; its log is in {settings.logs}.", file=sys.stderr)
                code = 1
                break
    except KeyboardInterrupt:
        code = 130
    finally:
        ready = True  # a second Ctrl-C must not interrupt saving
        if not was_up:
            with contextlib.suppress(BrokenPipeError):
                progress.say("Stopping; the data stays.")
            stack.down()
    return code


def _interrupt() -> None:
    raise KeyboardInterrupt


def welcome(stack: dict[str, Any], *, ending: str) -> str:
    """What a person needs to know about a stack that is up; `ending` says how it ends."""
    admin, sso = stack["admin"], stack["sso"]
    pupil = sso["accounts"]["student"]
    return f"""
Latchkey is up.

  Northbridge Academy   {stack["url"]}/schools/{stack["school"]}
  Its console           {stack["console"]}
                        {admin["identifier"]}  {admin["password"]}
  Southgate College     {stack["url"]}/schools/{sso["school"]}
                        has its own school sign-in: {pupil["name"]} is {pupil["user_name"]} there
  Every mail sent       {stack["inbox"]}

{ending}
"""


def _description(settings: Settings, deployed: deploy.Deployed, admins: dict[str, dict[str, str]]) -> dict[str, Any]:
    return {
        "url": settings.url,
        "inbox": settings.inbox_url,
        "school": SCHOOL,
        "console": f"{settings.url}/admin/{SCHOOL}",
        "admin": admins[SCHOOL],
        "schools": {slug: {"admin": admin} for slug, admin in admins.items()},
        "sso": demo_sign_in.description(settings),
        "aws": {
            "endpoint_url": settings.aws_url,
            "region": REGION,
            "stack": STACK_NAME,
            "aws_access_key_id": ministack.ROOT_KEY,
            "aws_secret_access_key": ministack.ROOT_KEY,
            "outputs": deployed.outputs,
        },
        "logs": str(settings.logs),
        **({"calls": str(settings.calls_file)} if settings.recorder_port else {}),
    }
