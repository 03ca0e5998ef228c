"""KPK's own spreadsheets: read apart, understood cell by cell, asked about, kept in an overlay."""
