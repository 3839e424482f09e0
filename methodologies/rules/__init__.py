"""The rules that acts name: pure functions from documents and an act to a result and its steps."""
