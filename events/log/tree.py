"""The stored Merkle tree of a ledger: its edge at a head, and the entries that proofs are made of."""

from collections.abc import Sequence

from events import merkle
from events.log.heads import Connection, Head, LogError
from events.sql import statements

_SQL = statements("tree")


class Edges:
    """The edges of the ledgers appended to lately, so that an append reads nothing of the tree.

    An edge is taken only where its root is the locked head's: what a rolled back transaction left behind,
    or another process overtook, is read again.
    """

    def __init__(self, most: int = 1024) -> None:
        self._most = most
        self._edges: dict[str, merkle.Edge] = {}

    def at(self, conn: Connection, head: Head) -> merkle.Edge:
        """The edge at `head`. Raises LogError `broken-tree` when the stored tree leads to another root."""
        edge = self._edges.get(head.ledger)
        if edge is None or edge.size != head.size or merkle.root(edge) != head.root:
            edge = stored_edge(conn, head)
        return edge

    def put(self, ledger: str, edge: merkle.Edge) -> None:
        # Several threads append: each step stands alone, and a lost edge is only read again.
        self._edges.pop(ledger, None)
        self._edges[ledger] = edge
        if len(self._edges) > self._most:
            self._edges.pop(next(iter(self._edges)), None)


def stored_edge(conn: Connection, head: Head) -> merkle.Edge:
    """The edge at `head`, read from at most 255 rows per level of tiles. Raises LogError `broken-tree`."""
    try:
        edge = merkle.edge_from(head.size, stored_entries(conn, head.ledger))
    except merkle.TreeError as error:
        raise LogError("broken-tree", f"the stored tree of {head.ledger} is incomplete: {error}") from error
    if merkle.root(edge) != head.root:
        raise LogError("broken-tree", f"the stored tree of {head.ledger} does not lead to its head's root")
    return edge


def stored_entries(conn: Connection, ledger: str) -> merkle.Entries:
    """What `merkle.nodes_over` makes proofs of: leaves from the events, then the roots of full tiles."""

    def entries(tile_level: int, start: int, stop: int) -> Sequence[bytes]:
        if tile_level == 0:
            rows = conn.execute(_SQL["leaves"], [ledger, start, stop], binary=True)
        else:
            rows = conn.execute(_SQL["tile_roots"], [ledger, tile_level - 1, start, stop], binary=True)
        return [row[0] for row in rows]

    return entries
