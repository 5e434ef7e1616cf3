"""Doubles: two accounts of one person that are there already: found, judged by an admin, merged, and taken apart again.

What two accounts have in common says ``people/model/likeness``; ``model/pairs`` finds such pairs among everybody. A small school
is looked through while an admin waits; of a large one a worker keeps the pairs (a *look*). Either way a pair is read and judged
again before it is shown, so that nothing is stored but ids.

Merging is one transaction: the kept account gets what it lacks, the family of both and the password where it has none; of the
other nothing stays but a mark that says into which it was merged. What was before is kept for 30 days, in which it can be undone.

Called by: the console (page "Look for doubles"), plan_send (looks of large schools), rosters follow the mark.
Tables: ``directory`` (people), ``credentials`` (usernames), ``activity``: ``#DOUBLES``, ``#LOOK``, ``#APART``, ``#MERGES``.
"""
