"""The demo: two schools made by the operator's commands, an admin with a password, and a roster, each only if missing.

Everything goes through the product: the admin's password is set with the link of the invitation mail, and the roster
is uploaded and applied over the console's API.
"""

import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from infra.local import deploy
from infra.local.files import read_json, write_json
from infra.local.product import Product, Unexpected
from infra.local.progress import Progress, Step
from infra.local.settings import SCHOOL, STACK_NAME, Settings
from infra.local.trouble import Trouble
from infra.operator import invite_admin_event, make_school_event, operate

NORTHBRIDGE: dict[str, Any] = {
    "slug": SCHOOL,
    "name": "Northbridge Academy",
    "town": "Northbridge",
    "postcode": "NB1 4QT",
    "urn": "100001",
}
# Students and staff sign in elsewhere, so only parents get links.
RIVERSIDE: dict[str, Any] = {
    "slug": "riverside",
    "name": "Riverside High School",
    "town": "Riverton",
    "postcode": "RV2 7HS",
    "urn": "100002",
    "settings": {
        "sso": {
            "roles": ["student", "teacher", "staff"],
            "provider": "Riverside ID",
            "label": "Sign in with Riverside ID",
            "url": "https://id.riverside.example/sign-in",
        }
    },
}
ADMIN = {"email": "admin@northbridge.example", "given_name": "Alex", "family_name": "Morgan"}
_MAIL_PATIENCE = 60.0
_WORDS = (
    "amber anchor autumn basket beacon birch blanket bramble bridge candle canyon cedar cobalt copper coral cotton "
    "dapple daisy ember falcon feather fern forest garden ginger glacier granite harbour hazel heron island ivory "
    "jasmine juniper kettle lagoon lantern lemon linen lupin maple marble meadow mellow mosaic nectar orchard otter "
    "pebble pepper planet poplar quartz raven ribbon river saffron silver sparrow summit thistle timber tulip velvet "
    "violet walnut willow winter yarrow zephyr"
)


def load(settings: Settings, progress: Progress) -> dict[str, str]:
    """Bring the demo about, as far as it is missing; answers the admin's {"identifier", "password"}.

    Raises Trouble with the step that failed.
    """
    product = Product(settings.url, settings.inbox_url)
    try:
        for school in (NORTHBRIDGE, RIVERSIDE):
            if product.call("GET", f"/schools/{school['slug']}").status_code == 404:
                with progress.step(f"Make the school {school['name']}"):
                    _operate(settings, make_school_event(school))
        login, token = _admin(settings, product, progress)
        if not product.expect(200, "GET", f"/admin/{SCHOOL}/people?role=student", token=token)["items"]:
            with progress.step("Load the demo school's roster through the console") as step:
                _load_roster(settings, product, token, step)
    except Unexpected as error:
        raise Trouble(f"The demo school could not be loaded: {error} The log files are in {settings.logs}.") from error
    return login


def _operate(settings: Settings, event: dict[str, Any]) -> None:
    operate(deploy.root_session(), STACK_NAME, event, settings.aws_url)


def _admin(settings: Settings, product: Product, progress: Progress) -> tuple[dict[str, str], str]:
    """The demo admin's login and a session; invited, and the password set with the mail's link, if there is none."""
    file = settings.state / "demo-admin.json"
    login = read_json(file)
    if login and (token := product.sign_in(SCHOOL, login["identifier"], login["password"])):
        return login, token
    with progress.step("Invite the demo admin and set the password with the mail's link") as step:
        before = len(product.mails(ADMIN["email"]))
        _operate(settings, invite_admin_event(SCHOOL, ADMIN["email"], ADMIN["given_name"], ADMIN["family_name"]))
        step.note("waiting for the invitation in the inbox")
        link = product.wait_for_link(ADMIN["email"], before, _MAIL_PATIENCE)
        login = {"identifier": ADMIN["email"], "password": "-".join(secrets.choice(_WORDS.split()) for _ in range(5))}
        product.expect(204, "POST", "/password-links/use", {"token": link, "password": login["password"]})
        write_json(file, login)
        token = product.sign_in(SCHOOL, login["identifier"], login["password"])
    if token is None:
        raise Unexpected("The demo admin's new password was set but does not sign in.")
    return login, token


def _load_roster(settings: Settings, product: Product, token: str, step: Step) -> None:
    from infra import demo  # only here: what makes people is not needed to bring a stack up again

    with tempfile.TemporaryDirectory() as folder:
        step.note("writing the roster file")
        file = _roster_file(demo.write_demo, Path(folder), settings.demo_students)
        base = f"/admin/{SCHOOL}/rosters"
        roster = product.expect(201, "POST", base, {"filename": file.name}, token)
        step.note(f"uploading {file.name}")
        product.upload(roster["upload"], file)
    path = f"{base}/{roster['id']}"
    product.poll(path, token, {"previewed"}, lambda run: step.note(f"reading {_numbers(run)}"))
    reply = product.call("POST", f"{path}/apply", {}, token)
    if reply.status_code not in {200, 202, 204}:
        raise Unexpected(f"Applying the roster was answered with {reply.status_code}.")
    run = product.poll(path, token, {"finished"}, lambda run: step.note(f"applying {_numbers(run)}"))
    step.outcome = _numbers(run)


def _roster_file(write_demo: Callable[..., Any], folder: Path, students: int | None) -> Path:
    written = write_demo(folder, students=students) if students else write_demo(folder)
    return Path(written["oneroster"])


def _numbers(run: dict[str, Any]) -> str:
    progress = run.get("progress") or {}
    return f"{progress.get('done', 0)} of {progress.get('total') or '?'} people"
