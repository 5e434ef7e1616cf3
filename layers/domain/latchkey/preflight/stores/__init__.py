"""Where the facts are asked for, and where what was found is kept."""
