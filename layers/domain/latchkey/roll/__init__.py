"""The roll: everybody of a school in list order, with the few facts that lists, numbers, search and readiness need.

It is derived from the directory, from the newest links in the sends' ledgers and from the last look for doubles. It decides
nothing: whatever is decided about a person (a mail, a code, a right) reads the person. Where it is lost it is built anew.

``model/standing`` says of each whether they can log in, and if not why.

Called by: every list and number of people in the console; sends and exports where they only count.
Tables: none of its own yet.
"""
