"""Where the local stack keeps its things, and which ports it uses: read from the environment, once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local.trouble import Trouble

PROJECT = Path(__file__).resolve().parents[2]
REGION = "eu-west-2"
STACK_NAME = "latchkey"
SCHOOL = "northbridge"

_PORTS = {"PORT": 8000, "INBOX_PORT": 8025, "AWS_PORT": 4566, "SIGN_IN_PORT": 8030}


@dataclass(frozen=True)
class Settings:
    """The choices of one local stack.

    `state` holds what belongs to this stack (data, logs, process ids, stack.json): another folder and other
    ports make another stack beside it. `tools` holds what all stacks of the project share: MiniStack's own
    environment and the build.
    """

    state: Path
    tools: Path
    port: int
    inbox_port: int
    aws_port: int
    sign_in_port: int
    recorder_port: int | None
    demo_students: int | None

    @property
    def url(self) -> str:
        """Where a browser finds the product."""
        return f"http://localhost:{self.port}"

    @property
    def inbox_url(self) -> str:
        """Where every mail sent can be read."""
        return f"http://localhost:{self.inbox_port}"

    @property
    def sign_in_url(self) -> str:
        """Where the demo's own school sign-in is: its issuer."""
        return f"http://localhost:{self.sign_in_port}"

    @property
    def aws_url(self) -> str:
        """Where MiniStack answers for AWS; an address, so that S3 URLs name the bucket in the path."""
        return f"http://127.0.0.1:{self.aws_port}"

    @property
    def calls_file(self) -> Path:
        """What the recorder has written down of the functions' calls, while there is one."""
        return self.state / "calls.jsonl"

    @property
    def logs(self) -> Path:
        """The folder of every log file of this stack."""
        return self.state / "logs"

    @property
    def stack_file(self) -> Path:
        """stack.json: where everything is; exists only while the stack is up."""
        return self.state / "stack.json"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read LATCHKEY_LOCAL, PORT, INBOX_PORT, AWS_PORT, SIGN_IN_PORT, RECORDER_PORT and LATCHKEY_DEMO_STUDENTS.

    Raises Trouble with all bad values in one sentence.
    """
    wrong: list[str] = []
    ports = {name: _port(name, environment.get(name, ""), default, wrong) for name, default in _PORTS.items()}
    recorder = _port("RECORDER_PORT", environment.get("RECORDER_PORT", ""), 0, wrong)
    if not wrong and len({*ports.values(), recorder}) <= len(ports):
        wrong.append(" and ".join(ports) + " must be four different ports, and RECORDER_PORT a fifth")
    students = environment.get("LATCHKEY_DEMO_STUDENTS", "")
    if students and not re.fullmatch(r"[1-9][0-9]{0,6}", students):
        wrong.append(f"LATCHKEY_DEMO_STUDENTS must be a number of students from 1 to 9999999, not {students!r}")
    if wrong:
        raise Trouble("; ".join(wrong) + ".")
    tools = PROJECT / ".local"
    return Settings(
        state=(PROJECT / environment["LATCHKEY_LOCAL"]).resolve() if environment.get("LATCHKEY_LOCAL") else tools,
        tools=tools,
        port=ports["PORT"],
        inbox_port=ports["INBOX_PORT"],
        aws_port=ports["AWS_PORT"],
        sign_in_port=ports["SIGN_IN_PORT"],
        recorder_port=recorder or None,
        demo_students=int(students) if students else None,
    )


def _port(name: str, value: str, default: int, wrong: list[str]) -> int:
    if not value:
        return default
    if not re.fullmatch(r"[0-9]{1,5}", value) or not 1 <= int(value) <= 65535:
        wrong.append(f"{name} must be a port from 1 to 65535, not {value!r}")
        return default
    return int(value)
