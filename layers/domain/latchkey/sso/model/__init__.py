"""Values and rules of single sign-on: no I/O."""
