"""What administrators keep: declared once, changed in one way."""
