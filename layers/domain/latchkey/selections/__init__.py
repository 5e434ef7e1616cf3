"""An admin's chosen people, kept on the server over pages and filters of the list, for seven days.

    ticks and "all that match" ──▶ Choice (model/choice.py): filters, ids, and who was taken out again
                                      │ counted and shown from the roll (choose.py)
    a message, a file, a change ◀── settled (use_selection.py): a filter or ids where that is enough, else a kept copy

There is one for each admin; clearing it begins another, with another id, so that a page that is old changes and sends nothing. It
holds filters and ids, no name or address: of a search the ids of those whom it found. What is started of it takes what it is
then: ticking on changes nothing of that.

The console's list of people changes it; sends, login details, e-mail updates and leavers take it (``select: {"selection": id}``).
"""
