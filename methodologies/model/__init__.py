"""The shape of an act as data: one module per part of a methodology."""
