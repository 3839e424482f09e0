"""Rebuilds: a new generation of results, folded from whole ledgers beside the one that is shown."""
