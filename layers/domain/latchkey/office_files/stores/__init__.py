"""What keeps something outside of memory while a file is read."""
