"""How much memory this process has taken at most."""

import re
from pathlib import Path


def peak() -> float:
    """Peak resident memory in MB, of this program alone.

    Linux's ``VmHWM`` begins anew with each program; ``ru_maxrss`` does not: a child begins with its parent's peak.
    """
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024
