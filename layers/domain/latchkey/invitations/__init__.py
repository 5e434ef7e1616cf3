"""Invitations of parents: one mailbox of a school that may become a parent's account, or be joined to one, with all its children.

    open ──▶ used        an account was made, or the children were joined to one; nothing about anybody stays in it
     │ ▲
     ▼ │ invited again: by contacts, by an admin's choice, by a student; the children are united
    gone                  taken back, no child left, somebody erased, or its time is over (TTL)

The id follows from the mailbox, so whoever invites the same parent finds the same invitation. Links are computed, never stored
(``password_links/model/links``, letter ``i``); ``version`` and ``stamp`` end them. Opening a link changes nothing; using it is
one transaction, so that of fifty at once one wins.

Called by: the portal (a link is opened and used; a student invites), plan_send (writes those of a send), deliver_links.
Tables: ``directory``: ``#INVITATIONS``, ``#INVITED#``; reads and links people; ``credentials`` (hash).
"""
