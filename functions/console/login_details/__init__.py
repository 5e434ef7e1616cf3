"""Login details of the console: runs that make files, and codes on the screen or ended."""
