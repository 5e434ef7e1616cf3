"""docs/mutation.md lists faults that can still be put into the rules. `make mutate` says whether anybody notices them."""

import pytest

from tests.mutation.modules import MODULES, ROOT, file_of, listed
from tests.mutation.mutants import mutants


@pytest.mark.parametrize("name", MODULES)
def test_every_listed_fault_can_still_be_made(name: str) -> None:
    module, tests = MODULES[name]
    file = file_of(module)
    made = {mutant.key for mutant in mutants(file.read_text(encoding="utf-8"), str(file))}
    assert listed()[name] <= made
    assert all((ROOT / test).is_file() for test in tests)


def test_the_headings_are_the_modules() -> None:
    assert list(listed()) == list(MODULES)


@pytest.mark.parametrize(
    ("source", "after"),
    [
        ("if len(text) > 64: pass", ["if len(text) >= 64:", "if len(text) > 65:", "if len(text) > 63:", "if True:", "if False:"]),
        ("a or not b", ["not b", "a", "a and (not b)", "a or b", "pass"]),
        ("OPEN = {'sent', 'out'}", ["OPEN = {'out'}", "OPEN = {'sent'}", "OPEN = {'sent~', 'out'}", "OPEN = {'sent', 'out~'}"]),
        ("def f() -> str:\n    '''Docs.'''\n    return x.strip()", ["return None", "return x"]),
        ("x: Literal['a'] = y", []),
    ],
)
def test_which_faults_are_made(source: str, after: list[str]) -> None:
    assert sorted(mutant.after for mutant in mutants(source, "m.py")) == sorted(after)


def test_a_fault_in_a_long_table_is_shown_with_what_stands_around_it() -> None:
    table = "RANKS = {" + ", ".join(f"'state{each}': {each}" for each in range(20, 60)) + "}"
    found = {mutant.key for mutant in mutants(table, "m.py")}
    assert len(found) == 40 * 4
    around = "... 37, 'state38': 38, 'state39': {}, 'state40': 40, 'state41': 41, ..."
    assert ("RANKS", around.format(39), around.format(38)) in found
