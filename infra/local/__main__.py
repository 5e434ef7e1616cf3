"""`python -m infra.local up | run | down`, see docs/local-stack.md."""

import argparse
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Sequence

from infra.local.progress import Progress
from infra.local.settings import Settings, read_settings
from infra.local.stack import Stack, run, welcome
from infra.local.trouble import Trouble


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 for success, 1 with one clear sentence when something is in the way."""
    options = _options(arguments)
    # A proxy of the developer's has no business between programs on this machine.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost," + os.environ.get("NO_PROXY", "")
    try:
        return _run(options)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped half-way; `make down` ends what was started.", file=sys.stderr)
        return 130
    except Exception as error:
        print(f"Something unexpected came in the way ({type(error).__name__}); {_keep(traceback.format_exc())}", file=sys.stderr)
        return 1


def _run(options: argparse.Namespace) -> int:
    settings = read_settings(os.environ)
    _refuse_to_discard_too_much(options, settings)
    progress = Progress()
    stack = Stack(settings, progress)
    if options.command == "up":
        print(welcome(stack.up(), ending="`make down` stops it; the data stays."))
        return 0
    if options.command == "run":
        code = run(stack, settings, progress, _watch(options.as_long_as))
        if options.discard and code == 0:
            shutil.rmtree(settings.state, ignore_errors=True)
        return code
    print("Stopped; the data stays." if stack.down() else "Nothing is running.")
    if options.discard:
        _discard(settings)
    return 0


def _keep(story: str) -> str:
    """Put a traceback where it can be found; answers the half sentence that says where."""
    log = read_settings(os.environ).logs / "unexpected.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as file:
        file.write(story)
    return f"the whole story is in {log}."


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local", description="Latchkey on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="bring it up in the background; .local/stack.json says where everything is")
    running = commands.add_parser("run", help="bring it up, print the URLs, stay until Ctrl-C")
    running.add_argument("--as-long-as", type=int, metavar="PID", help="end together with this process")
    running.add_argument("--discard", action="store_true", help="remove LATCHKEY_LOCAL's folder in the end")
    down = commands.add_parser("down", help="stop it; the data stays")
    down.add_argument("--discard", action="store_true", help="and forget the data")
    return parser.parse_args(arguments)


def _watch(pid: int | None) -> Callable[[], bool]:
    def alive() -> bool:
        if pid is None:
            return True
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return True

    return alive


def _refuse_to_discard_too_much(options: argparse.Namespace, settings: Settings) -> None:
    if options.command == "run" and options.discard and settings.state == settings.tools:
        raise Trouble("--discard removes the whole folder: name one of its own with LATCHKEY_LOCAL.")


def _discard(settings: Settings) -> None:
    for name in ("state", "s3", "tmp", "home"):
        shutil.rmtree(settings.state / name, ignore_errors=True)
    for file in (settings.state / "mails.json", settings.state / "deployed.json", *settings.state.glob("admin-of-*.json")):
        file.unlink(missing_ok=True)
    print("The data is gone.")


if __name__ == "__main__":
    sys.exit(main())
