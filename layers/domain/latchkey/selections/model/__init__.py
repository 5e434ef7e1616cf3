"""Values and rules of selections: no I/O."""
