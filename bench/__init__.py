"""Measurements: each prints our figure beside a peer's or a limit's from the same run."""
