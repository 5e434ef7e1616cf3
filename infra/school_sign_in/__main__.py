"""`python -m infra.school_sign_in CONFIG`: serve until SIGTERM; CONFIG is a JSON file {"port", "name", "school", "students"}."""

import argparse
import contextlib
import json
import os
import signal
import threading
from pathlib import Path

from infra.school_sign_in.accounts import accounts
from infra.school_sign_in.app import server


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m infra.school_sign_in", description="The demo's own school sign-in.")
    parser.add_argument("config", type=Path, help='JSON file {"port", "name", "school", "students"}')
    config = json.loads(parser.parse_args().config.read_text(encoding="utf-8"))
    made = server(config["name"], accounts(config["school"], config["students"]), config["port"])
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=made.shutdown).start())
    with contextlib.suppress(KeyboardInterrupt):
        made.serve_forever(poll_interval=0.1)
    os._exit(0)  # browsers with open connections hold nothing worth waiting for


if __name__ == "__main__":
    main()
