"""Messages of the console: sends, their recipients, previews, and what can be done with one."""
