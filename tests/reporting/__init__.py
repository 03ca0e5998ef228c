"""Tests of what becomes a report."""
