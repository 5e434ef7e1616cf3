"""People of the console: the list, the page of one, their forms, and the school's admins."""
