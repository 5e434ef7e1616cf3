"""A school's settings: the list of what each page holds, the pages, and what they change before it is saved."""
