"""python -m tests.mutation [name ...]: put each small fault into the rules, and see whether their unit tests notice.

Everything is imported once; each fault then costs a fork, in which the module is loaded with the fault in it and its tests run
until one fails. What nobody notices has to stand in docs/mutation.md, with the reason why that is right.
"""

import importlib.util
import io
import os
import resource
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import Final

import hypothesis
import pytest
from hypothesis import Phase

from tests.mutation.modules import MODULES, ROOT, Key, entry, file_of, listed
from tests.mutation.mutants import Mutant, mutants

EXAMPLES: Final = 25  # of each Hypothesis test, the same ones each time
SECONDS: Final = 20  # of a processor, for the tests of one fault; one that never ends has been noticed
MEMORY: Final = 4 << 30
QUIETLY: Final = ("-x", "-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")


@dataclass
class Tried:
    """What became of a module's faults; ``seconds`` of a processor."""

    name: str
    faults: int = 0
    endless: int = 0
    survivors: list[Mutant] = field(default_factory=list)
    seconds: float = 0.0


class Faulty(MetaPathFinder, Loader):
    """Loads one module from code that has a fault in it."""

    def __init__(self, module: str, code: CodeType) -> None:
        self._module = module
        self._code = code

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Where the module comes from: here, if it is the one."""
        if fullname != self._module:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=self._code.co_filename)

    def exec_module(self, module: ModuleType) -> None:
        """Run the code."""
        exec(self._code, module.__dict__)


def run_tests(tests: Iterable[str]) -> int:
    """pytest's exit code: 0 if all tests pass."""
    return int(pytest.main([*QUIETLY, *tests]))


def forget_ours() -> None:
    """Drop this repository's modules, so that each fork loads them anew; what they import from elsewhere stays loaded."""
    for name, module in list(sys.modules.items()):
        file = str(getattr(module, "__file__", None))
        if file.startswith(f"{ROOT}/") and "site-packages" not in file and not file.startswith(f"{ROOT}/tests/mutation/"):
            del sys.modules[name]


def start(module: str, code: CodeType, tests: Iterable[str]) -> int:
    """Fork a process that ends with 0 if the tests pass with this code in the module's place; its id."""
    process = os.fork()
    if process:
        return process
    outcome = 1
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        sys.meta_path.insert(0, Faulty(module, code))
        outcome = run_tests(tests)
    finally:
        os._exit(outcome)


def try_out(name: str) -> Tried:
    """Try every fault of a module, as many at once as there are processors."""
    module, tests = MODULES[name]
    file, tried = file_of(module), Tried(name)
    source = file.read_text(encoding="utf-8")
    with redirect_stdout(io.StringIO()):
        run_tests(tests)  # imports what they need
    forget_ours()
    right = start(module, compile(source, str(file), "exec"), tests)
    if os.waitpid(right, 0)[1] != 0:
        sys.exit(f"The tests of {name} fail without any fault: {' '.join(tests)}")
    running: dict[int, Mutant] = {}

    def wait_for_one() -> None:
        process, status, used = os.wait3(0)
        mutant = running.pop(process)
        tried.seconds += used.ru_utime + used.ru_stime
        tried.endless += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU
        if status == 0:
            tried.survivors.append(mutant)

    for mutant in mutants(source, str(file)):
        tried.faults += 1
        running[start(module, mutant.code, tests)] = mutant
        if len(running) == (os.cpu_count() or 1):
            wait_for_one()
    while running:
        wait_for_one()
    return tried


def report(tried: Tried, known: set[Key]) -> Iterator[str]:
    """What to say of a module."""
    survivors = {mutant.key for mutant in tried.survivors}
    left = len(tried.survivors)
    yield f"{tried.name}: {tried.faults} faults, {tried.faults - left} noticed, {left} not; {tried.seconds:.0f} s of a processor"
    if tried.endless:
        yield f"  {tried.endless} of those that were noticed never ended."
    for heading, some in (("Not noticed, and not listed", survivors - known), ("Listed, but noticed by now", known - survivors)):
        if some:
            yield f"  {heading}:"
            yield from map(entry, sorted(some))


def main(names: Sequence[str]) -> int:
    """1 if a fault that is not listed goes unnoticed."""
    if unknown := set(names) - set(MODULES):
        sys.exit(f"No such rules: {', '.join(sorted(unknown))}. There are: {', '.join(MODULES)}.")
    hypothesis.settings.register_profile(
        "mutation",
        max_examples=EXAMPLES,
        phases=[Phase.explicit, Phase.generate],  # an example that fails need not be made short
        derandomize=True,
        database=None,
        deadline=None,
    )
    hypothesis.settings.load_profile("mutation")
    known, new = listed(), False
    for name in names or MODULES:
        tried = try_out(name)
        sys.stdout.write("\n".join(report(tried, known.get(name, set()))) + "\n")
        sys.stdout.flush()
        new |= not {mutant.key for mutant in tried.survivors} <= known.get(name, set())
    return int(new)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
