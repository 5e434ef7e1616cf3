"""Families: students and their parents look at each other and help each other in.

A student sees the code with which their parents register (``show_parent_code``), where their school shows it to their year,
invites them by e-mail (``invite_parents``), sees who is linked and says if somebody is no parent of theirs (``my_parents``).
An adult sees a card for each child (``children``), the child's PIN (``reveal_pin``), has a link mailed to the child
(``send_child_link``), adds a child with a parent code (``add_child``) and takes one off the account (``leave_child``). Whom an
adult may do that for, ``model/cards`` says: both sides of the link count, and who has left is nobody's child.
What a school allows stands in its settings (``schools.model.school.FamilyRule``); ``model/parent_code`` says whether a student
sees the code, and in which words they do not.

The office asks who rings (``on_the_telephone``).

Called by: the portal's account page; the console's page of a person.
Tables: ``directory``: people and the state of their codes; ``credentials``: budgets; ``activity``: events. KMS key of codes; the
queue of requests, for what a child is told by mail.
"""
