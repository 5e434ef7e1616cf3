"""The secret in an address, as mail programs, filters and word processors leave it: found, and nothing else taken for it.

The script is run by the Node that Playwright brings.
"""

import json
import subprocess
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest
from playwright._impl._driver import compute_driver_executable

from latchkey.codes.model import codes
from latchkey.password_links.model import links
from latchkey.password_links.model.links import Link
from latchkey.shared.model.ids import person_id

SCRIPT: Final = Path("functions/web/assets/fragment.js")
RUN: Final = """
const { readFileSync } = require("node:fs");
globalThis.location = { hash: "", pathname: "" };
eval(readFileSync(process.argv[1], "utf8"));
const asked = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(asked.map(([what, text]) => globalThis.fragment[what](text))));
"""
KEY: Final = b"k" * 32


def token_of(school: str, version: int) -> str:
    return links.token(Link("forgot", school, person_id(school, "7"), 1_790_000_000, version, "0123456789ab"), KEY)


WITH_SIGNS: Final = next(
    token
    for token in (token_of("north-bridge", version) for version in range(5_000))
    if {"-", "_"} < set(token.rpartition(".")[2]) and token[-2] == "-"
)
TOKENS: Final = (token_of("northbridge", 3), WITH_SIGNS)
PIN: Final = codes.code("pin", 4711, 3, KEY)
READ_OUT: Final = codes.code("read_out", 4711, 3, KEY)
PARENT: Final = codes.code("parent", 4711, 3, KEY)

AROUND: Final = [
    ("", ""),
    ("", "."),
    ("", ","),
    ("", ")"),
    ("(", ")."),
    ("<", ">"),
    ("", "%3E"),
    ("%3C", "%3e"),
    ("", "%253E"),
    ("", "%25253E"),
    ("", "%E2%80%9D"),
    ("%E2%80%9C", "%E2%80%9D"),
    ("", "%E2%80"),
    ("", "%94%"),
    ('"', '"'),
    ("&quot;", "&quot;"),
    ("", "&gt;"),
    ("", "&amp;fbclid=IwAR0abc"),
    ("", "%26amp%3Bfbclid=x"),
    ("", "&fbclid=IwAR0abc"),
    ("", "?utm_source=mail&utm_medium=email"),
    ("", "%3Futm_source%3Dmail"),
    ("", "<br>"),
    ("", "%3Cbr%20/%3E"),
    ("", "%20"),
    ("%20", "%0D%0A"),
    ("", " Best wishes, Ann"),
    ("Click here ", ""),
    ("https://latchkey.example/set-password#", ""),
    ("https%3A%2F%2Flatchkey.example%2Fset-password%23", ""),
    ("[", "](https://latchkey.example)"),
    ("", "\u2026"),
    ("\u00a0", "\u00a0"),
    ("", "&#62;"),
    ("", "&#x3e;"),
    ("", "]"),
    ("", "*"),
]


def run(asked: list[tuple[str, str]]) -> list[str]:
    """What the script finds."""
    node = compute_driver_executable()[0]
    done = subprocess.run([node, "-e", RUN, str(SCRIPT)], input=json.dumps(asked), capture_output=True, text=True, check=True)
    found: list[str] = json.loads(done.stdout)
    return found


def wrapped(token: str, between: str, at: int = 60) -> str:
    return token[:at] + between + token[at:]


def test_a_token_is_found_whatever_stands_around_it() -> None:
    cases = [(token, before + token + after) for token in TOKENS for before, after in AROUND]
    found = run([("token", text) for _, text in cases])
    assert [(text, each) for (token, text), each in zip(cases, found, strict=True) if each != token] == []


@pytest.mark.parametrize("at", [3, 15, 40, 76, 100])
def test_a_token_that_a_mail_has_wrapped_is_put_together(at: int) -> None:
    between = [
        "%0D%0A",
        "%0A",
        "%20",
        " ",
        "%0D%0A%20",
        "%09",
        "=%0D%0A",
        "%3D%0A",
        "%C2%AD",
        "&shy;",
        "%E2%80%8B",
        "\u200b",
        "\ufeff",
    ]
    between += ["&nbsp;", "&#10;", "&#xd;&#xa;", "%250D%250A"]
    cases = [(token, wrapped(token, each, at) + after) for token in TOKENS for each in between for after in ("", "%20or", ".")]
    found = run([("token", text) for _, text in cases])
    assert [(text, each) for (token, text), each in zip(cases, found, strict=True) if each != token] == []


def test_signs_of_a_token_that_were_escaped_are_themselves_again() -> None:
    token = TOKENS[1]
    forms = [quote(token).replace("-", "%2D").replace(".", "%2E").replace("_", "%5F"), token.replace(".", "&#46;")]
    forms += [token.replace(".", "&period;").replace("_", "&lowbar;"), token.replace("-", "\u2011"), token.replace(".", "=2E", 2)]
    forms += [token.replace("-", "%252D")]
    assert run([("token", each) for each in forms]) == [token] * len(forms)


def test_what_is_no_token_is_none_made_up() -> None:
    token = TOKENS[0]
    damaged = [token[:-1], token[:40], token.replace(".", "", 1), "", "hello", "1.w.x"]
    assert run([("token", each) for each in damaged]) == damaged


@pytest.mark.parametrize("code", [PIN, PARENT, READ_OUT])
def test_a_code_is_found_whatever_stands_around_it(code: str) -> None:
    bare = code.replace("-", "")
    kinds = [code, bare, code.lower(), bare.lower(), code.replace("-", " "), code.replace("-", "."), code.replace("-", "_")]
    kinds += [code.replace("-", "%20"), code.replace("-", "\u2013"), code.replace("-", "&ndash;"), code.replace("-", "%E2%80%91")]
    around = [*AROUND, ("'", ""), ("PIN: ", ""), ("PIN:%20", " until 24/02/2027"), ("", "%20until%2024%2F02%2F2027")]
    around += [("https://latchkey.example/r/northbridge#", ""), ("%22", "%22"), ("Code ", ", keep it")]
    texts = [before + each + after for each in kinds for before, after in around]
    found = run([("code", text) for text in texts])
    assert [(text, each) for text, each in zip(texts, found, strict=True) if each != code] == []


def test_what_is_no_code_is_shown_as_it_is() -> None:
    texts = ["hello", "P2346", "F 12", "problem", "x" + PIN, PIN + "4"]
    assert run([("code", each) for each in texts]) == texts
