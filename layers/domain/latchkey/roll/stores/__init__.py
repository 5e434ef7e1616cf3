"""Where the roll is kept."""
