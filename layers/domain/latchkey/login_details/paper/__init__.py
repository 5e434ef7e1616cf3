"""What the printed formats share: a PDF file, its structure for screen readers, type in every script, QR codes, colours."""
