"""What is found, and the rules that judge it: no I/O."""
