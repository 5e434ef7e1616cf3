"""The audit trail: who did what, when, to how many.

An event holds ids and numbers, never a name, address, code, link or password. It is written before or together with what it
tells of, so that nothing happens unrecorded; nothing changes or deletes an event.

Called by: the console's page of activity; every package above records events.
Tables: ``activity``, partition ``#AUDIT``.
"""
