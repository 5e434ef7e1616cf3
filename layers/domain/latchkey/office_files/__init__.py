"""Files that office programs open, written and read in a stream with flat memory.

No rule of ours stands here. Written: ``csv`` guards cells that a spreadsheet could take for a formula; ``xlsx`` writes every cell
as text; ``docx`` writes a document with mail merge fields (docs/decisions/0016 and 0017 say why these are our own). Read:
``model/table_files`` opens the table in whatever file somebody uploads, text, workbook or zip (docs/decisions/0035); every such
file is hostile, and ends in rows or in ``Unusable`` with its place.

Called by: ``sends``, ``records`` and ``readiness`` (``save_tables``) and ``login_details`` (formats) write; ``rosters``,
``email_updates`` and ``contacts`` read.
Tables: none.
"""
