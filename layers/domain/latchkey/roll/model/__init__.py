"""What the roll is: values and rules, no I/O."""
