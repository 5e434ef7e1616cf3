"""The local stack: MiniStack with the untouched template, the edge in front of it, an inbox behind it.

`python -m infra.local up | run | down`; docs/local-stack.md says how it works.
"""
