"""The archivist: writes a body's year to a file from the database, and opens files with the keys at hand."""
