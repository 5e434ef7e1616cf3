"""Rosters: files of people to import.

States of a run: ``queued`` while the upload is awaited; ``running`` (reading, later applying); ``previewed`` with what it would
change; ``finished`` or ``failed``. Reading changes nothing. One roster at a time is applied (a lock); applying again what was
applied changes nothing. What a roster may never change is in ``model/changes``.

The shape of a file is decided by what it holds (``model/files``); memory does not grow with the file.

Called by: the console (start, watch, apply), read_roster (the upload has come, or an admin said apply); reading and applying
share ``look_through``.
Tables: ``directory``: ``#ROSTERS``, ``#ROSTER#``, ``#ROSTERLOCK``, people; ``activity``: ``#ROSTERKEYS``; S3 bucket of uploads.
"""
