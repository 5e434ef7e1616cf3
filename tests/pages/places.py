"""Something of everything that has a page, so that each page can be visited: people, a message, a draft, files, uploads."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

from tests.e2e import school
from tests.e2e.client import PATIENCE, Product

PASSWORD: Final = "eleven cheerful otters"
OF_A_PARENT: Final = {"/account/children"}
OF_A_STUDENT: Final = {"/account/parent-invitations"}
QUERIES: Final = {
    "/schools": "?q=northbrige",
    "/admin/{school}/exports/check": "?format=slips&audience=both&who=school",
    "/admin/{school}/exports/void/check": "?kind=both&who=school",
}
OF_SOMEBODY: Final = "/account"


@dataclass(frozen=True)
class Places:
    """Who looks at pages, and where a route's page is."""

    school: str
    logins: Mapping[str, tuple[str, str]]
    ids: Mapping[str, str]

    def of(self, route: str) -> tuple[str, str]:
        """The reader of a route's page, and an address that shows it."""
        path = route.replace("{school}", self.school)
        for shape, made in self.ids.items():
            if route.startswith((f"/admin/{{school}}/{shape}", f"/{shape}")):
                path = path.replace("{id}", made).replace("{domain}", made).replace("{page}", made).replace("{name}", made)
        if route.startswith("/admin"):
            return "admin", path + QUERIES.get(route, "")
        if route in OF_A_PARENT:
            return "parent", path
        if route.startswith(OF_SOMEBODY):
            return "student", path
        return "visitor", path + QUERIES.get(route, "")


def made(admin: Product) -> Places:
    """Make one of each."""
    group = school.new_group(3)
    rows = group.rows
    rows[0][2:4], rows[1][2:4] = ["Ann", "Okafor"], ["Ben", "Okafor"]
    rows[1][4] = ""
    school.enrol(admin, rows)
    children = school.people(admin, group)
    codes = [_asked(admin, f"people/{child['id']}/codes") for child in children]
    address = f"mum.{secrets.token_hex(4)}@home.example"
    adult = {"email": address, "given_name": "Maya", "family_name": "Okafor", "password": PASSWORD}
    _used(admin, codes[0]["parent_code"], adult)
    _used(admin, codes[0]["pin"], {"password": PASSWORD})
    send = school.start(admin, group)
    admin.finished(send)
    select = {"filter": group.filter}
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    waiting = _asked(admin, "sends", kind="password_link", select=select, start_at=tomorrow)["id"]
    roster = school.upload(admin, school.table(*rows))
    return Places(
        school=admin.school,
        logins={
            "admin": (admin.stack["admin"]["identifier"], admin.stack["admin"]["password"]),
            "student": (children[0]["username"], PASSWORD),
            "parent": (address, PASSWORD),
        },
        ids={
            "guide": "start",
            "settings/sso": "google",
            "settings": "page",
            "people/emails": _asked(admin, "people/emails", items=[_item(children[1])])["id"],
            "people": children[1]["id"],
            "sends/drafts": _asked(admin, "sends/drafts", kind="password_link", select=select)["id"],
            "sends/{id}/cancel": waiting,
            "sends/{id}/time": waiting,
            "sends": send.rpartition("/")[2],
            "exports": school.made(admin, "exports", scope={"registration_group": group.name}, format="slips")["id"],
            "rosters": roster["id"],
            "contacts": _contacts(admin, rows),
            "closure/rehearsals": _asked(admin, "closure", rehearsal=True)["id"],
            "mail/domains": "pupils.example",
        },
    )


def _item(child: Mapping[str, Any]) -> dict[str, str]:
    return {"id": child["id"], "email": f"ben.{secrets.token_hex(4)}@pupils.example"}


def _asked(admin: Product, path: str, **body: Any) -> dict[str, Any]:
    answer = admin.http.post(admin.console(path), json=body)
    assert answer.status_code in {200, 201, 202}, (path, answer.text)
    return dict(answer.json())


def _used(admin: Product, code: str, wishes: Mapping[str, str]) -> None:
    visitor = Product(admin.stack)
    answer = visitor.http.post(f"/schools/{admin.school}/codes/use", json={"code": code, **wishes})
    assert answer.status_code in {201, 204}, answer.text


def _contacts(admin: Product, rows: list[list[str]]) -> str:
    """A list of contacts that was read, as SIMS makes it."""
    header = (
        "UPN,Forename,Surname,Reg,Year,Title,Forename,Surname,Relationship,Priority,Parental Responsibility,Court Order,Email"
    )
    lines = ["Contacts", header]
    for _, _, given, family, _, _, upn, year, reg, _ in rows:
        lines.append(f"{upn},{given},{family},{reg},Year  {year},Mrs,Zoë,Núñez,Mother,1,T,F,zoe.{reg.lower()}@mail.example")
    begun = _asked(admin, "contacts", filename="contacts.csv")
    form = begun["upload"]
    content = "\r\n".join(lines).encode("cp1252")
    sent = httpx.post(form["url"], data=form["fields"], files={"file": ("contacts.csv", content)}, timeout=PATIENCE)
    assert sent.status_code in {200, 201, 204}, sent.text
    admin.finished(admin.console(f"contacts/{begun['id']}"))
    return str(begun["id"])
