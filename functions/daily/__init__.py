"""Once a day: a message for each school, and for each message the day's work of one school."""
