"""One story for each format on the deployed stack: upload, preview, answer what is asked, apply, apply again."""

import io
import secrets
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from latchkey.people.model.upn import check_letter
from tests.e2e.client import Product
from tests.e2e.school import apply, table, undo, upload

pytestmark = pytest.mark.e2e


@dataclass(frozen=True)
class Story:
    """A student of some new name and, where the format has any, their parent ``p``; then what the preview says of it."""

    name: str
    format: str
    shape: str
    content: Callable[[str], bytes]
    people: int = 2
    asks: bool = False


def a_zip(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in files.items():
            bundle.writestr(f"{name}.csv", content)
    return out.getvalue()


def plain(new: str) -> bytes:
    student = [new, "student", "Sam", new, "", new, "", "7", "7Z", ""]
    return table(student, [f"{new}p", "parent", "Pat", new, f"{new}@e2e.example", "", "", "", "", new])


def oneroster_1_1(new: str) -> bytes:
    header = "sourcedId,status,enabledUser,role,username,givenName,familyName,email,agentSourcedIds,grades\n"
    rows = f"{new},,true,student,{new},Sam,{new},,{new}p,07\n{new}p,,true,guardian,,Pat,{new},{new}@e2e.example,{new},\n"
    return a_zip(users=header + rows, courses="sourcedId\n")


def oneroster_1_2(new: str, **files: str) -> bytes:
    header = "sourcedId,status,enabledUser,username,givenName,familyName,email,agentSourcedIds,grades,preferredGivenName\n"
    rows = f"{new},,true,{new},Samuel,{new},,{new}p,07,Sam\n{new}p,,true,,Pat,{new},{new}@e2e.example,{new},,\n"
    roles = "sourcedId,status,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId\n"
    roles += f"1,,{new},primary,student,2020-09-01,,\n2,,{new}p,primary,parent,,,\n"
    return a_zip(users=header + rows, roles=roles, **files)


def delta(new: str) -> bytes:
    return oneroster_1_2(new, manifest="propertyName,value\nfile.users,delta\nfile.roles,delta\n")


def sds(new: str) -> bytes:
    users = f"sourcedId,username,givenName,familyName,email\n{new},{new},Sam,{new},\n{new}p,,Pat,{new},{new}@e2e.example\n"
    roles = f"userSourcedId,orgSourcedId,role,grade,isPrimary\n{new},o,student,7,TRUE\n"
    relations = f"userSourcedId,relationshipUserSourcedId,relationshipRole\n{new},{new}p,guardian\n"
    return a_zip(users=users, roles=roles, relationships=relations, demographics="sourcedId\n")


def ctf(new: str) -> bytes:
    body = f"{secrets.randbelow(10**12):012d}"
    pupil = f"<UPN>{check_letter(body)}{body}</UPN><Surname>{new}</Surname><Forename>Sam</Forename><DOB>2014-02-03</DOB>"
    head = "<CTFversion>25.0</CTFversion><DestSchool><LEA>801</LEA><Estab>1250</Estab></DestSchool>"
    return (
        f"<CTfile><Header>{head}</Header><CTFpupilData><Pupil>{pupil}<BasicDetails><NCyearActual>7</NCyearActual></BasicDetails>"
        "</Pupil></CTFpupilData></CTfile>"
    ).encode()


STORIES = [
    Story("roster.csv", "plain_csv", "Latchkey's own table", plain),
    Story("bundle.zip", "oneroster", "OneRoster 1.1; courses were not read", oneroster_1_1, asks=True),
    Story("bulk.zip", "oneroster", "OneRoster 1.2", oneroster_1_2, asks=True),
    Story("delta.zip", "oneroster", "OneRoster 1.2, only what has changed (delta)", delta, asks=True),
    Story("sds.zip", "sds", "School Data Sync 2.1; demographics were not read", sds, asks=True),
    Story("8011251_CTF_8011250_001.xml", "ctf", "Common Transfer File 25.0; dates of birth and all else", ctf, people=1),
]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_a_file_of_each_format_makes_people_once(admin: Product, story: Story) -> None:
    if story.format == "ctf":
        assert admin.http.put(admin.console("settings"), json={"laestab": "801/1250"}).status_code == 200
    new = f"fm{secrets.token_hex(4)}"
    content = story.content(new)
    preview = upload(admin, content, story.name)
    assert (preview["state"], preview["format"]) == ("previewed", story.format), preview
    assert preview["shape"].startswith(story.shape)
    assert (preview["counts"]["new"], preview["counts"]["rejected"]) == (story.people, 0)
    assert (preview["links"], preview["links_to_nobody"]) == (story.people - 1, 0)
    asked: dict[str, Any] = {each["name"]: each["chosen"] for each in preview["decisions"]}
    assert asked.get("grades") == ("years" if story.asks else None)
    if story.asks:
        answer = {"name": "grades", "option": "years"}
        assert admin.http.post(admin.console(f"rosters/{preview['id']}/decide"), json=answer).status_code == 200
    done = apply(admin, preview)
    assert (done["state"], done["counts"]["new"]) == ("finished", story.people)
    student = admin.get(admin.console(f"people/{admin.person(role='student', q=new)['id']}"))
    assert (student["year_group"], [each["given_name"] for each in student["parents"]]) == ("7", ["Pat"] * (story.people - 1))
    again = upload(admin, content, story.name)
    assert again["counts"]["unchanged"] == story.people
    undone = undo(admin, preview)
    assert (undone["state"], undone["counts"]["removed"], undone["kept"]) == ("finished", story.people, [])
    assert admin.get(admin.console("people"), q=new)["items"] == []
