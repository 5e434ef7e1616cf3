"""python -m infra.operator."""

import sys

from infra.operator.commands import main

if __name__ == "__main__":
    sys.exit(main())
