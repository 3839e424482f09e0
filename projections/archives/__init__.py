"""One assessed year of a body as one file: its format, its proof, its replay, and one person's part of it."""
