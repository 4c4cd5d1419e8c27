"""The parts of the page, in page order: adding a panel is one file and one line."""

from dashboard.panels import (
    anomalies,
    change,
    clusters,
    compare,
    correlation,
    examples,
    gallery,
    header,
    histograms,
    inspector,
    lab,
    links,
    map,
    map_colors,
    selecting,
    similar,
    table,
    training,
)

GALAXIES = (map, correlation, inspector)  # each has its place in dashboard/layout.py
# At the bottom, one at a time.
SHELF = (anomalies, similar, clusters, gallery, table, histograms, examples, change)
TRAINING = (training,)  # a view of its own
LAB = (lab,)  # another
PANELS = (header, links, compare, selecting, map_colors, *GALAXIES, *SHELF, *TRAINING, *LAB)
