"""Compiles a layer or function for its runtime.

A zip made by SAM dates every file 1980, so bytecode that trusts the date of its source is thrown away in
Lambda. Bytecode that trusts nothing (unchecked hash) is used. Run this with the runtime's own minor version.
"""

import compileall
import sys
from py_compile import PycInvalidationMode

if __name__ == "__main__":
    folder = sys.argv[1]
    done = compileall.compile_dir(
        folder,
        quiet=1,
        stripdir=folder,
        workers=0,
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
    )
    sys.exit(not done)
