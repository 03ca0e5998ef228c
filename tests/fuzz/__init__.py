"""Mutated files by the thousand: every one is read or refused in one sentence."""
