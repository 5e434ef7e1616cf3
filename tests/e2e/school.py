"""What tests make for themselves at the demo school, so that nobody else counts it: groups, sends, files; and a second admin."""

import csv
import io
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import httpx

from infra.local.waiting import wait_for
from infra.operator import invite_admin_event, operate
from latchkey.people.model.upn import check_letter
from tests.e2e.client import NEWS, PATIENCE, TRUST, Product, links_in

DEPUTY = {"email": "deputy@northbridge.example", "given_name": "Dee", "family_name": "Putty"}
PASSWORD = "five calm otters swim"
HEADER = [
    "mis_id",
    "role",
    "given_name",
    "family_name",
    "email",
    "username",
    "upn",
    "year_group",
    "registration_group",
    "children",
]
OPEN = {"planned", "sending", "sent", "delayed"}


@dataclass(frozen=True)
class Group:
    """A registration group, with an address (or none, "") for each of its students."""

    name: str
    addresses: list[str]

    @property
    def filter(self) -> dict[str, str]:
        """What finds them without a look at the whole school."""
        return {"role": "student", "year_group": self.name.partition("-")[0], "registration_group": self.name}

    @property
    def rows(self) -> list[list[str]]:
        """The students' rows in a roster."""
        return [pupil(self.name, number, address) for number, address in enumerate(self.addresses)]


def name_of_group(year: str = "11") -> str:
    """A name that no other group has."""
    return f"{year}-" + "".join(secrets.choice("BCDFGHJKLMNPQRSTVWXZ") for _ in range(6))


def new_group(size: int = 1, year: str = "11") -> Group:
    """A group of students with addresses of their own, who are nowhere yet."""
    name = name_of_group(year)
    return Group(name, [f"{name.lower()}.{number}@pupils.example" for number in range(size)])


def groups(admin: Product, size: int = 1, at_once: int = 12) -> Iterator[Group]:
    """Groups of the school, each given out once; a dozen is enrolled in no more time than one."""
    while True:
        made = [new_group(size) for _ in range(at_once)]
        enrol(admin, [row for each in made for row in each.rows])
        yield from made


def pupil(group: str, number: int, email: str) -> list[str]:
    """A pupil's row in a roster, in the order of their numbers in every list."""
    body = f"{secrets.randbelow(10**12):012d}"
    names = ["Pupil", f"{group} {number:04d}", email, f"{group.lower()}.{number}"]
    return [f"{group}-{number}", "student", *names, check_letter(body) + body, group.partition("-")[0], group, ""]


def fated(group: str, kinds: list[str]) -> list[str]:
    """An address for each fate that the local inbox knows (docs/local-stack.md), which no earlier run has spoilt."""
    run = secrets.token_hex(3)
    return [f"{kind}+{group.lower()}-{run}-{number}@simulator.amazonses.com" for number, kind in enumerate(kinds)]


def table(*rows: list[str]) -> bytes:
    """A roster as a plain CSV."""
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *rows])
    return text.getvalue().encode()


def upload(admin: Product, content: bytes, name: str = "roster.csv") -> dict[str, Any]:
    """A roster whose file has been read."""
    made = admin.http.post(admin.console("rosters"), json={"filename": name})
    assert made.status_code == 201, made.text
    form = made.json()["upload"]
    sent = httpx.post(form["url"], data=form["fields"], files={"file": (name, content)}, timeout=PATIENCE, verify=TRUST)
    assert sent.status_code in {200, 201, 204, 303}, sent.text
    return dict(admin.finished(admin.console(f"rosters/{made.json()['id']}"), ("previewed", "finished")))


def enrol(admin: Product, rows: list[list[str]]) -> None:
    """Upload a roster and apply it; lists and numbers know of its people, which comes some seconds after."""
    preview = upload(admin, table(*rows))
    assert preview["counts"]["rejected"] == 0, preview
    assert apply(admin, preview)["state"] == "finished"
    for row in (rows[0], rows[-1]):
        admin.watch(admin.console("people"), f"{row[0]} in the list", lambda found: found["items"], q=row[0])


def apply(admin: Product, preview: dict[str, Any]) -> dict[str, Any]:
    """Apply a roster that was read; a school applies one at a time, so that of another test comes first."""
    path = admin.console(f"rosters/{preview['id']}")

    def ask() -> httpx.Response:
        return admin.http.post(f"{path}/apply")

    begun = wait_for(ask, "the turn of a roster", lambda answer: answer.json().get("code") != "roster_running")
    assert begun.status_code in {200, 202}, begun.text
    return dict(admin.finished(path))


def undo(admin: Product, roster: dict[str, Any]) -> dict[str, Any]:
    """Undo an applied roster, in its turn; what became of it."""
    path = admin.console(f"rosters/{roster['id']}")

    def ask() -> httpx.Response:
        return admin.http.post(f"{path}/undo", json={})

    begun = wait_for(ask, "the turn of a roster", lambda answer: answer.json().get("code") != "roster_running")
    assert begun.status_code in {200, 202}, begun.text
    run = wait_for(lambda: admin.get(path), "the end of an undoing", lambda run: run["undo"]["state"] != "running")
    return dict(run["undo"])


def people(admin: Product, group: Group) -> list[dict[str, Any]]:
    """The group's students as the console shows them."""
    return admin.all(admin.console("people"), **group.filter)


def start(admin: Product, group: Group, **wanted: str) -> str:
    """Send password links to a group, or to those of it whom a filter finds; the path of the send."""
    select = {"filter": {**group.filter, **wanted}}
    answer = admin.http.post(admin.console("sends"), json={"kind": "password_link", "select": select})
    assert answer.status_code == 202, answer.text
    return admin.console(f"sends/{answer.json()['id']}")


def adds_up(send: dict[str, Any]) -> bool:
    """Whether everybody of a send is in one state."""
    return sum(send["counts"].values()) == send["total"]


def settled(admin: Product, path: str) -> dict[str, Any]:
    """The send, once the fate of every mail is known."""

    def known(send: dict[str, Any]) -> bool:
        return send["total"] > 0 and not OPEN & {state for state, count in send["counts"].items() if count}

    return dict(admin.watch(path, "news of every mail", known, NEWS))


def to_the_end(admin: Product, path: str) -> tuple[dict[str, Any], set[str | None]]:
    """A send, resumed as often as a brake pauses it, once the fate of every mail is known; and why it was paused."""
    reasons: set[str | None] = set()
    while True:
        send = admin.watch(path, "its end or its brake", lambda send: send["state"] in {"paused", "finished"}, NEWS)
        if send["state"] == "finished":
            done = settled(admin, path)
            if done["state"] == "finished":
                return done, reasons
            send = done
        reasons.add(send["reason"])
        resumed = admin.http.post(f"{path}/resume", json={})
        assert resumed.status_code in {200, 202, 409}, resumed.text  # its last mail may have ended it meanwhile


def calm(admin: Product) -> None:
    """Let the school's brake count anew, after a test in which much came back on purpose."""
    mine = new_group()
    enrol(admin, mine.rows)
    to_the_end(admin, start(admin, mine))


def held(admin: Product, path: str) -> int:
    """How many wait in a paused send when what was on its way has ended."""
    send = admin.watch(path, "the end of what was on its way", lambda send: not send["counts"]["sending"])
    return int(send["counts"]["planned"])


def made(admin: Product, path: str, **body: Any) -> dict[str, Any]:
    """A file, or an end of codes, that has been made."""
    answer = admin.http.post(admin.console(path), json=body)
    assert answer.status_code == 202, answer.text
    done: dict[str, Any] = admin.finished(answer.headers["Location"])
    assert done["state"] == "finished", done
    return done


def download(admin: Product, path: str, **query: str) -> httpx.Response:
    """The file behind a link of the console."""
    link = admin.http.get(path, params=query)
    assert link.status_code == 303, link.text
    file = httpx.get(link.headers["Location"], timeout=PATIENCE, verify=TRUST)
    assert file.status_code == 200, file.text
    return file


def export(admin: Product, scope: Any) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Login details as a CSV for mail merges, and its rows."""
    done = made(admin, "exports", scope=scope, format="mail_merge_csv", audience="both")
    file = download(admin, done["download"])
    assert "attachment" in file.headers["Content-Disposition"]
    return done, list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))


def as_operator(stack: Any, event: Mapping[str, Any]) -> None:
    """Give the operator's function a command: by Lambda, or where there is none by the address that stands in for it."""
    if "operate" in stack:
        answer = httpx.post(stack["operate"], json=event, timeout=PATIENCE, verify=TRUST)
        assert answer.json()["ok"], answer.text
        return
    aws = stack["aws"]
    keys = {name: aws[name] for name in ("aws_access_key_id", "aws_secret_access_key")}
    operate(boto3.Session(region_name=aws["region"], **keys), aws["stack"], event, aws["endpoint_url"])


def admin_of(stack: Any, slug: str) -> Product:
    """A client that is signed in as the admin of one of the demo schools, with the app where they have one."""
    return Product({**stack, "school": slug}).sign_in(**stack["schools"][slug]["admin"])


def second_admin(stack: Any) -> dict[str, str]:
    """How the school's second admin signs in."""
    product = Product(stack)
    known = product.http.post(f"/schools/{product.school}/sessions", json={"identifier": DEPUTY["email"], "password": PASSWORD})
    if known.status_code != 201:
        before = len(product.mails(DEPUTY["email"]))
        as_operator(stack, invite_admin_event(product.school, **DEPUTY))
        token = links_in(product.mail(DEPUTY["email"], after=before))[0].partition("#")[2]
        used = product.http.post("/password-links/use", json={"token": token, "password": PASSWORD})
        assert used.status_code == 204, used.text
    return {"identifier": DEPUTY["email"], "password": PASSWORD}


def without_approval(admin: Product, stack: Any) -> None:
    """Switch approval off: one admin asks for it, and the second one approves."""
    asked = admin.http.put(admin.console("settings"), json={"approval": {"above": None, "staff": False}})
    assert asked.status_code in {200, 202}, asked.text
    deputy = Product(stack).sign_in(**second_admin(stack))
    for change in asked.json().get("waiting", ()):
        done = deputy.http.post(admin.console(f"settings/waiting/{change['id']}/approve"), json={})
        assert done.status_code == 200, done.text
