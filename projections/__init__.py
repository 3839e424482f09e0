"""What is derived from ledgers: pure folds, their tables, and how they are kept and rebuilt."""
