"""Numbers drawn out of finished reports and rebuilt from ``data/`` without the library."""
