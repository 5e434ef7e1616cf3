"""The account page of whoever is signed in: ``account`` puts it together, a module a section."""
