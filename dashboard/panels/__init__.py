"""The parts of the page, in page order: adding a panel is one file and one line."""

from dashboard.panels import (
    anomalies,
    change,
    clusters,
    compare,
    correlation,
    examples,
    first_shown,
    gallery,
    header,
    histograms,
    inspector,
    lab,
    label_choices,
    labels,
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
SHELF = (anomalies, similar, clusters, labels, gallery, table, histograms, examples, change)
TRAINING = (training,)  # a view of its own
LAB = (lab,)  # another
SHARED = (header, first_shown, links, compare, selecting, map_colors, label_choices)
PANELS = (*SHARED, *GALAXIES, *SHELF, *TRAINING, *LAB)
