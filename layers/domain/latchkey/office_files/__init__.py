"""Files that office programs open: CSV, XLSX and DOCX, written in a stream with flat memory.

No rule of ours stands here. ``csv`` guards cells that a spreadsheet could take for a formula; ``xlsx`` writes every cell as
text; ``docx`` writes a document with mail merge fields (docs/decisions/0016 and 0017 say why these are our own).

Called by: ``sends`` (recipients) and ``login_details`` (formats).
Tables: none.
"""
