"""Sends of password links, and their ledger.

States of a send: ``queued`` until plan_send has cut it into chunks of fifty mails; ``running``; ``paused`` by an admin or by the
brake; ``finished``, ``failed`` or ``cancelled``. It may first wait for its time or for another admin's approval;
the sends of one admin within a day add up (``model/allowance``). A mail of it is
``planned``, ``sending``, ``sent`` and then what SES's events say (``model/mail_states``); every change of a chunk moves the
send's counters in the same transaction, so that the counts always add up to the selection.

Three times of a chunk: its lease (a worker has it), the grace after a lost worker (SES's events may still come), the end of its
links (drawn in ``stores/ledger``). What is frozen in a chunk decides the link, so a second delivery carries the same one.

One person's own mails (forgotten password, renewed link, notice of a change) are sends of one mail behind the queue ``requests``.

Called by: the console (start, watch, control), plan_send, deliver_links, mail_feedback, and the schedule of every minute.
Tables: ``activity``: ``#SENDS``, ``#REQUESTS``, ``#SEND#``, ``#ALONE``, ``#DUE``.
"""
