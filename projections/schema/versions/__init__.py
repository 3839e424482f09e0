"""The revisions of the projections' schema, each with its SQL beside it."""
