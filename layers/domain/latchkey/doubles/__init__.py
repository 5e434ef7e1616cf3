"""Doubles: two accounts of one person that are there already, found, judged by an admin, merged, and taken apart again.

What two accounts have in common says ``people/model/likeness``; ``pairs`` finds them among everybody.
"""
