"""Families: students and their parents look at each other and help each other in.

A student sees the code with which their parents register (``show_parent_code``), where their school shows it to their year.
An adult sees a card for each child (``children``), the child's PIN (``reveal_pin``), has a link mailed to the child
(``send_child_link``), adds a child with a parent code (``add_child``) and takes one off the account (``leave_child``). Whom an
adult may do that for, ``model/cards`` says: both sides of the link count, and who has left is nobody's child.
What a school allows stands in its settings (``schools.model.school.FamilyRule``); ``model/parent_code`` says whether a student
sees the code, and in which words they do not.

Called by: the portal's account page.
Tables: ``directory``: people and the state of their codes; ``credentials``: budgets; ``activity``: events. KMS key of codes; the
queue of requests, for what a child is told by mail.
"""
