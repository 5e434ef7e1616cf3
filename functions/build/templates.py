"""Compiles the templates of pages to Python, so that no visitor waits while Jinja reads them.

`python templates.py TARGET PACKAGES`: the environment is the pages' own (web/pages.py), so what escapes, what is missing and
what a filter is are the same; where TARGET lies beside pages.py as ``made``, pages come from there and not from ``templates``.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def main(target: Path, packages: str) -> None:
    """Compile all templates into a folder; one that cannot be compiled ends the build."""
    sys.path[:0] = [packages, str(ROOT / "functions"), str(ROOT / "layers" / "domain")]
    from web.pages import environment

    environment().compile_templates(str(target), zip=None, ignore_errors=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
