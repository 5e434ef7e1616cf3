"""Doubles: two accounts of one person that are there already: found, judged by an admin, merged, and taken apart again.

What two accounts have in common says ``people/model/likeness``; ``model/pairs`` finds such pairs among everybody. A
worker does so and keeps them (a *look*). A pair is judged again before it is shown, by what the roll says of the two, so that
nothing is stored but ids.

Merging is one transaction: the kept account gets what it lacks, the family of both and the password where it has none; of the
other nothing stays but a mark that says into which it was merged. What was before is kept for 30 days, in which it can be undone.

Called by: the console (page "Look for doubles"), plan_send (looks), rosters follow the mark.
Tables: ``directory`` (people), ``credentials`` (usernames), ``activity``: ``#DOUBLES``, ``#LOOK``, ``#APART``, ``#MERGES``.
"""
