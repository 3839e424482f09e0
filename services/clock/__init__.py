"""The clock: what falls due of itself is done, as facts of the system's own, and terms are marked."""
