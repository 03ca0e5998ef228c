"""Regions beside regions: noise of scores and rank intervals."""
