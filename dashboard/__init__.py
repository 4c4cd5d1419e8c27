"""SHOWS: the page; the only folder that imports dash or plotly."""
