"""Families: students and their parents look at each other and help each other in.

A student sees the code with which their parents register (``show_parent_code``), where their school shows it to their year.
What a school allows stands in its settings (``schools.model.school.FamilyRule``); ``model/parent_code`` says whether a student
sees the code, and in which words they do not.

Called by: the portal's account page.
Tables: ``directory``: people and the state of their codes; ``credentials``: budgets; KMS key of codes.
"""
