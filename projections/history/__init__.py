"""A person's history: what happened to his assessments, in order, in words, and what it came to each time."""

from projections.history.entries import Change, Entry
from projections.history.fold import history
from projections.history.selecting import OF_SERVICE, PERSONAL, concerns, known_at, sessions_of
from projections.history.sentences import changes_told, tell

__all__ = [
    "OF_SERVICE",
    "PERSONAL",
    "Change",
    "Entry",
    "changes_told",
    "concerns",
    "history",
    "known_at",
    "sessions_of",
    "tell",
]
