"""From frames to pages: sentences, tables, notebooks run by papermill, HTML, index."""
