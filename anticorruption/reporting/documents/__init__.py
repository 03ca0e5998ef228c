"""The executed notebook as a document: read once, written as PDF, Word and Excel files."""
