"""Writes the table of an app's routes, so that the app loads no more modules than are asked for.

`python -IS routes.py FOLDER PACKAGE`: FOLDER/PACKAGE/made_routes.py then says of each module which routes it has and how they are
registered (web/app.py). The app itself says it: it is loaded whole, and the libraries are stood in for.
"""

import sys
from dataclasses import asdict
from pathlib import Path
from pprint import pformat
from typing import Any

ROOT = Path(__file__).parents[2]


def main(folder: Path, package: str) -> None:
    """Write the table; a module that cannot be loaded ends the build."""
    sys.path[:0] = [str(folder), str(ROOT / "layers" / "domain"), str(ROOT / "layers")]
    sys.dont_write_bytecode = True
    from importlib import import_module

    from ahead import standing_in  # type: ignore[import-not-found]

    with standing_in():
        logs: Any = import_module("web.logs")
        logs.speak_for_the_domain = lambda: None  # a stand-in has no level
        app = import_module(f"{package}.app").app
        from web.route_group import Kind
    table: dict[str, list[tuple[str, str, dict[str, object]]]] = {}
    for (method, path), kind in app.kinds.items():
        given = {name: value for name, value in asdict(kind).items() if value != getattr(Kind(), name)}
        table.setdefault(app.module_of[method, path], []).append((method, path, given))
    if not table:
        raise SystemExit(f"{package} has no routes")
    made = folder / package / "made_routes.py"
    made.write_text(f'"""Made by the build (build/routes.py)."""\n\nROUTES = {pformat(table, sort_dicts=False)}\n', "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
