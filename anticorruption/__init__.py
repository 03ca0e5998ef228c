"""Comparing Indonesian regional governments for KPK's Percontohan Kabupaten/Kota Antikorupsi."""

from importlib.metadata import version

__version__ = version("anticorruption")
