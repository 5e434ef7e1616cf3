"""The school closes tomorrow: one plan that gets everybody in, in order, and a rehearsal that sends nothing.

    notice ──▶ links ──▶ invitations ──▶ paper ──▶ watch the number rise

A plan is worked out from the roll each time that somebody looks; nothing of it is kept but when it was begun and how many could
log in then. Its steps are what other packages do: a notice on the school's pages, a send, an export. A rehearsal tries the steps
out in a worker, with the dry runs that the steps have themselves, and keeps what it found.

    rehearsal: queued ──▶ finished
                   └────▶ failed (its message could not be put)

Called by: the console (the plan), plan_send (rehearsals).
Tables: activity, ``<slug>#CLOSURE`` and ``<slug>#REHEARSALS``.
"""
