"""Single sign-on in a school's settings: its providers, a page or three for each, and what is wrong with them."""
