"""The one error of the local stack that a developer is meant to read."""


class Trouble(Exception):
    """What happened and what to do about it, in one clear sentence; the command ends with exit code 1."""
