"""What a school's admins reach: one module for each use case."""
