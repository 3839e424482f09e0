"""The processes: what decides facts, carries them, derives results, and talks to people."""
