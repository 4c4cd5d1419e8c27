"""Every component id of the page."""

# shared stores: the only places where panels meet
SELECTION = "selection"  # how the selected galaxies were chosen, see data/selection.py
QUERY = "query"  # row of the inspected galaxy, or None
CHECKPOINT = "checkpoint"  # name of the checkpoint that everything follows
SECOND = "second-checkpoint"  # name of the one shown beside it, or None

# header
ABOUT = "about"

# map
MAP = "map"
MAP_SECOND = "map-second"
MAP_SECOND_FRAME = "map-second-frame"
MAP_CAPTION = "map-caption"
MAP_SECOND_CAPTION = "map-second-caption"
MAP_DRAWN = "map-drawn"  # checkpoint and column of the figure, to know whether a patch fits it
MAP_SECOND_DRAWN = "map-second-drawn"
MAP_LEGEND = "map-legend"
COLOR = "color"
DRAG_MODE = "drag-mode"
FIT = "fit"
SHOW_CUTOUTS = "show-cutouts"
SELECTION_COUNT = "selection-count"
CLEAR_SELECTION = "clear-selection"
OVERLAY = "overlay"

# correlation
CORRELATION = "correlation"
CORRELATION_NUMBERS = "correlation-numbers"
CORRELATION_SCALE = "correlation-scale"

# inspector
INSPECTOR = "inspector"

# anomalies
ANOMALIES = "anomalies"
ANOMALY_PAGE = "anomaly-page"
ANOMALY_RANKING = "anomaly-ranking"
ANOMALY_CAPTION = "anomaly-caption"
ANOMALY_PREVIOUS = "anomaly-previous"
ANOMALY_NEXT = "anomaly-next"
