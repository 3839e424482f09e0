"""The law: the acts as data, the registry that says which governs, and the pure rules they name."""
