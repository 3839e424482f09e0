"""Who reads results: viewers and their keys, how each is proven, and what his role lets him read."""

from services.viewers.demonstration import is_demonstration, mark_demonstration
from services.viewers.errors import ViewerError
from services.viewers.naming import ViewerName, parse
from services.viewers.proving import Proven, prove, view_of

__all__ = [
    "Proven",
    "ViewerError",
    "ViewerName",
    "is_demonstration",
    "mark_demonstration",
    "parse",
    "prove",
    "view_of",
]
