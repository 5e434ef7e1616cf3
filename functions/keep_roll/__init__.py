"""The consumer of the tables' streams that keeps each school's roll."""
