"""The parts of the page, in page order: adding a panel is one file and one line."""

from dashboard.panels import anomalies, correlation, inspector, map

PANELS = (map, anomalies, correlation, inspector)
