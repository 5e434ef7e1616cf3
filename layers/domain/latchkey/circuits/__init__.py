"""What the wiring is put together from: the stores of each group of capabilities, made of a function's settings.

``base`` makes clients, tables, queues, files and keys. ``schools``, ``people``, ``sign_in``, ``office``, ``mail`` and ``sso``
make stores of them, each with an import of its own, so that a function loads those that it uses. Only ``wiring`` comes here:
it is all of them, and hands a package what stands above it.
"""
