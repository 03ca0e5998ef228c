"""KPK's own programme: its rubric and its entry screening."""
