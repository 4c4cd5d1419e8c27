"""The parts of the page, in page order: adding a panel is one file and one line."""

from dashboard.panels import anomalies, correlation, inspector, lab, map

GALAXIES = (map, anomalies, correlation, inspector)
LAB = (lab,)  # a view of its own
PANELS = (*GALAXIES, *LAB)
