"""The revisions of the ledgers' schema, each with its SQL beside it."""
