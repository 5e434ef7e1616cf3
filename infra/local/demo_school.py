"""The demo: two schools made by the operator's commands, their admins and rosters, each only as far as it is missing.

Everything goes through the product: an admin's password is set with the link of the invitation mail, and the roster
is uploaded and applied over the console's API.
"""

import secrets
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local import demo_sign_in, deploy
from infra.local.files import read_json, write_json
from infra.local.product import Product, Unexpected, app_code
from infra.local.progress import Progress, Step
from infra.local.settings import SCHOOL, STACK_NAME, Settings
from infra.local.trouble import Trouble
from infra.operator import invite_admin_event, make_school_event, operate

Login = dict[str, str]


@dataclass(frozen=True)
class DemoSchool:
    """What the operator says of a school, who its first admin is, and how many students it has.

    ``second_step``: its admin has an authenticator app; the secret is kept beside the password.
    """

    facts: Mapping[str, Any]
    admin: Mapping[str, str]
    students: int
    second_step: bool = False

    @property
    def slug(self) -> str:
        """Its name in URLs."""
        return str(self.facts["slug"])


NORTHBRIDGE = DemoSchool(
    facts={
        "slug": SCHOOL,
        "name": "Northbridge Academy",
        "town": "Northbridge",
        "postcode": "NB1 4QT",
        "urn": "100001",
        "settings": {"second_factor": "optional"},  # so that visitors and tests come in with a password
    },
    admin={"email": "admin@northbridge.example", "given_name": "Alex", "family_name": "Morgan"},
    students=1200,
)
# Students and staff sign in with the demo's own school sign-in (demo_sign_in), so only parents get links.
SOUTHGATE = DemoSchool(
    facts={
        "slug": "southgate",
        "name": "Southgate College",
        "town": "Southgate",
        "postcode": "SG2 7HS",
        "urn": "100002",
    },
    admin={"email": "admin@southgate.example", "given_name": "Sam", "family_name": "Okoro"},
    students=demo_sign_in.STUDENTS,
    second_step=True,
)
_WORDS = (
    "amber anchor autumn basket beacon birch blanket bramble bridge candle canyon cedar cobalt copper coral cotton "
    "dapple daisy ember falcon feather fern forest garden ginger glacier granite harbour hazel heron island ivory "
    "jasmine juniper kettle lagoon lantern lemon linen lupin maple marble meadow mellow mosaic nectar orchard otter "
    "pebble pepper planet poplar quartz raven ribbon river saffron silver sparrow summit thistle timber tulip velvet "
    "violet walnut willow winter yarrow zephyr"
)


def load(settings: Settings, progress: Progress) -> dict[str, Login]:
    """Bring the demo about, as far as it is missing; answers each admin's {"identifier", "password"} by school.

    Raises Trouble with the step that failed.
    """
    product = Product(settings.url, settings.inbox_url)
    try:
        with progress.step("Wake the functions"), ThreadPoolExecutor() as pool:  # their first answers take a second each
            list(pool.map(lambda path: product.call("GET", path), (f"/schools/{SCHOOL}", f"/admin/{SCHOOL}/people")))
        return {school.slug: _ensure(school, settings, product, progress) for school in (NORTHBRIDGE, SOUTHGATE)}
    except Unexpected as error:
        raise Trouble(f"The demo school could not be loaded: {error} The log files are in {settings.logs}.") from error


def _ensure(school: DemoSchool, settings: Settings, product: Product, progress: Progress) -> Login:
    name = school.facts["name"]
    if product.call("GET", f"/schools/{school.slug}").status_code == 404:
        with progress.step(f"Make the school {name}"):
            _operate(settings, make_school_event(school.facts))
    file = settings.state / f"admin-of-{school.slug}.json"
    login = read_json(file)
    token = product.sign_in(school.slug, **login) if login else None
    if token is None:
        with progress.step(f"Invite an admin of {name} and set the password with the mail's link") as step:
            login = dict(login or {}) | _invite(school, settings, product, step)  # the app stays
            write_json(file, login)
            token = product.sign_in(school.slug, **login)
    if token is None:
        raise Unexpected("The demo admin's new password was set but does not sign in.")
    if school.second_step and not product.expect(200, "GET", "/account/second-factors", token=token)["items"]:
        with progress.step(f"Set up the second step of {name}'s admin"):
            login = _add_app(product, token, login, file)
    if not product.expect(200, "GET", f"/admin/{school.slug}/people?role=student", token=token)["items"]:
        with progress.step(f"Load the roster of {name} through its console") as step:
            _load_roster(school, settings, product, token, step)
    if school.slug == demo_sign_in.SCHOOL:
        demo_sign_in.connect(settings, product, token, progress)
    return dict(login)


def _operate(settings: Settings, event: Mapping[str, Any]) -> None:
    operate(deploy.root_session(), STACK_NAME, event, settings.aws_url)


def _invite(school: DemoSchool, settings: Settings, product: Product, step: Step) -> Login:
    email = school.admin["email"]
    before = len(product.mails(email))
    _operate(settings, invite_admin_event(school.slug, **school.admin))
    step.note("waiting for the invitation in the inbox")
    link = product.wait_for_link(email, before)
    password = "-".join(secrets.choice(_WORDS.split()) for _ in range(5))
    product.expect(204, "POST", "/password-links/use", {"token": link, "password": password})
    return {"identifier": email, "password": password}


def _add_app(product: Product, token: str, login: Login, file: Path) -> Login:
    """Give the admin an authenticator app. Its secret is written down before it counts, so that a crash locks nobody out."""
    here = "/account/second-factors"
    begun = product.expect(201, "POST", here, {"way": "totp", "current": login["password"], "name": "Demo"}, token)
    login = login | {"totp_secret": begun["secret"]}
    write_json(file, login)
    product.expect(201, "POST", f"{here}/{begun['id']}/confirm", {"code": app_code(begun["secret"])}, token)
    return login


def _load_roster(school: DemoSchool, settings: Settings, product: Product, token: str, step: Step) -> None:
    from infra.demo import write_demo  # only here: what makes people is not needed to bring a stack up again

    students = min(school.students, settings.demo_students or school.students)
    if school is NORTHBRIDGE and settings.demo_students:
        students = settings.demo_students
    with tempfile.TemporaryDirectory() as folder:
        step.note("writing the roster file")
        file = write_demo(Path(folder), students=students, school=school.slug)["oneroster"]
        base = f"/admin/{school.slug}/rosters"
        roster = product.expect(201, "POST", base, {"filename": file.name}, token)
        step.note(f"uploading {file.name}")
        product.upload(roster["upload"], file)
    path = f"{base}/{roster['id']}"
    product.poll(path, token, {"previewed"}, lambda run: step.note(f"reading {_numbers(run)}"))
    product.expect(202, "POST", f"{path}/apply", {}, token)
    run = product.poll(path, token, {"finished"}, lambda run: step.note(f"applying {_numbers(run)}"))
    step.outcome = _numbers(run)


def _numbers(run: Mapping[str, Any]) -> str:
    progress = run.get("progress") or {}
    return f"{progress.get('done', 0)} of {progress.get('total') or '?'} people"
