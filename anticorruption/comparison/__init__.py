"""Regions beside regions: ranks with intervals, fair peers, gaps that add up, drift."""
