"""Templates are modules with bytecode of their own, so no cache is kept."""


class BytecodeCache:
    """A name that Jinja exports."""


FileSystemBytecodeCache = MemcachedBytecodeCache = BytecodeCache
