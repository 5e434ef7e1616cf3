"""Builds the files of exports, from the export queue."""
