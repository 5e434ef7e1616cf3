"""E-mail updates: new addresses for many people at once, without a roster.

``check_emails`` says of each item what would become of it (new, changed, same, clash, unusable, suspicious, unknown);
``apply_emails`` writes the new and changed ones and keeps the run; ``undo_emails`` puts the addresses back, for a week, of those
whom nobody has changed since. A run is written, with all that undoing needs, before the first address is: a request that comes
again with its key goes on where the first one stopped. States of a run: ``applying``, ``applied``, ``undoing``, ``undone``.

An address goes the way that a roster's goes: the one before is kept with the person, and both are told of the change.

Called by: the console (page "Update e-mails").
Tables: ``activity``: ``#EMAILS``, ``#EMAILKEYS``; ``directory``: people.
"""
