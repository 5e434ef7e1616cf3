"""The audit trail: who did what, when, to how many.

An event holds ids and numbers, the mark of the visitor who caused it, and what a setting was and is; never a person's name, an
address of a visitor, a code, link or password. It is written before or together with what it tells of, so that nothing happens
unrecorded; nothing changes or deletes an event.

What anybody can cause without end is counted, not recorded each time: refused sign-ins, and what admins ask for that their school
does not have. Such a tally is one item for an hour and for whom it is about, so nobody can fill the trail.

Called by: the console's page of activity; every package above records events.
Tables: ``activity``, partitions ``#AUDIT`` (deeds) and ``#SIGNINS`` (sign-ins, passwords, tallies).
"""
