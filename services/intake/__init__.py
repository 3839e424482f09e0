"""Takes facts from the queue: each is decided, kept and receipted in the transaction of its batch."""
