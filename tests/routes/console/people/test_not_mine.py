"""A student says that an adult is not their parent: the office sees it, and decides."""

from dataclasses import replace

from tests.support.console import Console, make_person

MUM = make_person(90, role="parent", year_group=None, registration_group=None)
ANN = replace(make_person(1, parents=(MUM.id,)), not_mine=(MUM.id,))
BEN = make_person(2)


def test_the_office_sees_it_and_says_that_they_belong_together(console: Console) -> None:
    console.add([replace(MUM, children=(ANN.id,)), ANN, BEN])
    first = console.get("/admin/northbridge").json_body
    assert (first["people"]["student"]["not_mine"], first["next"][0]) == (1, "look_at_families")
    assert "1 student says</a> that an adult" in console.page("/admin/northbridge").body.decode()
    listed = console.get("/admin/northbridge/people", role="student", not_mine="true").json_body["items"]
    assert [each["id"] for each in listed] == [ANN.id]
    path = f"/admin/northbridge/people/{ANN.id}"
    assert console.get(path).json_body["parents"][0]["not_mine"]
    assert "says: not my parent" in console.page(path).body.decode()
    answer = console.form(f"{path}/parents/{MUM.id}/keep", {})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{path}?saved=kept")
    assert not console.get(path).json_body["parents"][0]["not_mine"]
    assert "They belong together. This adult sees the PIN again." in console.page(path, saved="kept").body.decode()
    assert console.post(f"{path}/parents/{MUM.id}/keep", {}).status_code == 404
    assert "look_at_families" not in console.get("/admin/northbridge").json_body["next"]


def test_unlinking_ends_it_too(console: Console) -> None:
    console.add([replace(MUM, children=(ANN.id,)), ANN])
    assert console.post(f"/admin/northbridge/people/{ANN.id}/parents/{MUM.id}/delete", {}).status_code == 204
    assert console.get("/admin/northbridge").json_body["people"]["student"]["not_mine"] == 0
