"""What can happen, the documents it makes, and the ledgers it is kept in."""
