"""Login details on paper, in spreadsheets and for the MIS; and ending codes before their time.

A run is ``queued``, ``running``, ``finished`` or ``failed``. A large one gives students their codes first, in pieces over several
invocations, then writes the file in one go; a run that voids codes only goes through the students. Printing again prints the
same codes. What a run would do is said before anything is made (``try_export``), by the same rules that then do it.

``formats`` has a module for each format, ``paper`` what the printed ones share.

Called by: the console, and build_export.
Tables: ``activity``: ``#EXPORTS``, ``#VOIDED``; ``directory`` (codes); S3 bucket of exports, whose files live a day.
"""
