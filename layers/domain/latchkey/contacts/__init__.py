"""Parents' contacts: the MIS's list of parents and carers, joined with students and their parent codes.

    queued ──▶ running (read) ──▶ running (files) ──▶ finished ──▶ running (files) once more, where an admin asks for it
                 │      ▲
                 ▼      │ the admin says which column is which
               paused (columns)                        failed: from anywhere, with a reason; where no file comes, too

A file is read as the MIS writes it (``model/sources``); the shapes and their words are data (``model/words``). Students are found
by UPN, else by id; a name alone joins nobody. The same parent of several children becomes one, two parents with one address stay
two. Who would be invited is one rule (``model/invite``). What is kept of parents dies after 90 days, the upload once it was read.

Called by: the console (start, watch, map, download), read_roster (reads and joins), build_export (gives codes, writes the files).
Tables: ``directory``: ``#CONTACTS``, ``#CONTACTS#``; ``activity``: ``#CONTACTSKEYS``; S3 buckets of uploads and exports.
"""
