"""How fast and how rightly PDF with text is read, beside pdfplumber's extract_tables on the same files."""
