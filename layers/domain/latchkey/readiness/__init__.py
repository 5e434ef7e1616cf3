"""What an admin sees first: numbers of people, what runs, and what to do next.

It reads what the packages below offer and keeps nothing of its own.

Called by: the console's first page.
Tables: none of its own.
"""
