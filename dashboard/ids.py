"""Every component id of the page."""

# shared stores: the only places where panels meet
SELECTION = "selection"  # how the selected galaxies were chosen, see data/selection.py
QUERY = "query"  # row of the inspected galaxy, or None
CHECKPOINT = "checkpoint"  # name of the checkpoint that everything follows
SECOND = "second-checkpoint"  # name of the one shown beside it, or None
PAGE_ID = "page-id"  # of this page in this browser: names its jobs, see dashboard/page_id.py

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

# correlation: what is measured and how it is drawn
MEASURE = "measure"  # everything that decides a curve, see models/space/presets.py
MEASURE_TEXT = "measure-text"
MEASURE_REFUSED = "measure-refused"
PRESET = "preset"
PRESET_EXPLAINED = "preset-explained"
N_COMPONENTS = "n-components"
N_BINS = "n-bins"
LOWER = "lower"
EXTENT = "extent"
EXTENT_UNIT = "extent-unit"
SPACING = "spacing"
METRIC = "metric"
ERRORS = "errors"
R_UNIT = "r-unit"
R_SCALE = "r-scale"
CORRELATION_SCALE = "correlation-scale"
ALSO_SHOWN = "also-shown"  # curves beside the first: see dashboard/panels/correlation_curves.py

# correlation: the curve, and what is made of it
CORRELATION_TABS = "correlation-tabs"
CORRELATION = "correlation"
CORRELATION_NUMBERS = "correlation-numbers"
CORRELATION_BUMPS = "correlation-bumps"
CORRELATION_LISTENER = "correlation-listener"
PINNED = "pinned"  # a selection kept to compare others with, see data/selection.py
PIN = "pin"
BRUSH = "brush"  # range of separations that lights up galaxies: {lower, upper} in RMS, or None
BRUSH_TEXT = "brush-text"
EXPORT = "export"
EXPORT_TOLD = "export-told"
EXACT = "exact"
CHANCE = "chance"  # the null that was asked for last
CHANCE_TEXT = "chance-text"
CHANCE_GAUSSIAN = "chance-gaussian"
CHANCE_SUBSET = "chance-subset"
CHANCE_PATCH = "chance-patch"
SWEEP = "sweep"
SWEEP_TEXT = "sweep-text"

# correlation: its jobs, each with its name, its bar, and the version of its result
REFINE_JOB, REFINE_BAR, REFINED = "refine-job", "refine-bar", "refined"
EXACT_JOB, EXACT_BAR, EXACT_TOLD = "exact-job", "exact-bar", "exact-told"
BAND_JOB, BAND_BAR, BAND_TOLD = "band-job", "band-bar", "band-told"
CHANCE_JOB, CHANCE_BAR, CHANCE_TOLD = "chance-job", "chance-bar", "chance-told"
SWEEP_JOB, SWEEP_BAR, SWEEP_TOLD = "sweep-job", "sweep-bar", "sweep-told"

# inspector
INSPECTOR = "inspector"

# anomalies
ANOMALIES = "anomalies"
ANOMALY_PAGE = "anomaly-page"
ANOMALY_RANKING = "anomaly-ranking"
ANOMALY_CAPTION = "anomaly-caption"
ANOMALY_PREVIOUS = "anomaly-previous"
ANOMALY_NEXT = "anomaly-next"
ANOMALY_FORMER = "anomaly-former"  # ranking to go back to when the brush is cleared

# views: the galaxies and the structure lab, one shown at a time
ADDRESS = "address"
TO_GALAXIES = "to-galaxies"
TO_LAB = "to-lab"

# structure lab: what is asked; "lab-" and the name of a value, see dashboard/lab_controls.py
LAB_SOURCE = "lab-source"
LAB_KIND = "lab-kind"
LAB_SEPARATION = "lab-separation"
LAB_COHESION = "lab-cohesion"
LAB_N_CLUSTERS = "lab-n_clusters"
LAB_N_POINTS = "lab-n_points"
LAB_N_DIM = "lab-n_dim"
LAB_SIZE_RATIO = "lab-size_ratio"
LAB_VARIANCE_RATIO = "lab-variance_ratio"
LAB_AXIS_RATIO = "lab-axis_ratio"
LAB_VARIANCE = "lab-variance"
LAB_S = "lab-s"
LAB_SEED = "lab-seed"
LAB_RESET = "lab-reset"
LAB_COLORS = "lab-colors"
LAB_SCALE = "lab-scale"

# structure lab: what is answered
LAB_ASKED = "lab-asked"  # all of the above at once, sent when the last answer is there
LAB_ANSWERED = "lab-answered"
LAB_SCATTER = "lab-scatter"
LAB_SCATTER_TEXT = "lab-scatter-text"
LAB_CURVE = "lab-curve"
LAB_CURVE_TEXT = "lab-curve-text"
LAB_NUMBERS = "lab-numbers"

# structure lab: sweeps and published runs
LAB_SWEPT = "lab-swept"
LAB_RUN = "lab-run"
LAB_JOB = "lab-job"  # name of the job to watch
LAB_BAR = "lab-bar"
LAB_RAN = "lab-ran"  # name and version of its result
LAB_RUN_TEXT = "lab-run-text"
LAB_RUN_FIGURES = "lab-run-figures"
