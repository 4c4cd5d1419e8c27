"""Every component id of the page."""

# shared stores: the only places where panels meet
SELECTION = "selection"  # how the selected galaxies were chosen, see data/selection.py
QUERY = "query"  # row of the inspected galaxy, or None
CHECKPOINT = "checkpoint"  # name of the checkpoint that everything follows
COMPARED = "compared"  # names of those shown beside it
PAGE_ID = "page-id"  # of this page in this browser: names its jobs, see dashboard/page_id.py

# header
ABOUT = "about"

# compared checkpoints, see dashboard/panels/compare.py
COMPARE = "compare"  # button that opens the choice
COMPARE_MENU = "compare-menu"  # what opens from it
COMPARE_RUN = "compare-run"
COMPARE_NONE = "compare-none"
COMPARE_TOLD = "compare-told"
MORPH = "morph"  # button that opens the bar
RESEED = "reseed"
RESEED_JOB, RESEED_BAR, RESEED_TOLD = "reseed-job", "reseed-bar", "reseed-told"
RESEED_TEXT = "reseed-text"
FAITH = "faith"
FAITH_JOB, FAITH_BAR, FAITH_TOLD = "faith-job", "faith-bar", "faith-told"
FAITH_TABLE = "faith-table"

# map
MAPS = ("map", "map-2", "map-3", "map-4", "map-5", "map-6")
MAP = MAPS[0]
MORE_MAPS = "more-maps"  # where those of compared checkpoints are
MAP_CAPTION = "map-caption"
MAP_LEGEND = "map-legend"
COLOR = "color"
DRAG_MODE = "drag-mode"
SHOW_CUTOUTS = "show-cutouts"
CUTOUT_SIZE = "cutout-size"  # pixels of the screen
SHOW_MINIMAP = "show-minimap"
NEXT_FAR = "next-far"
LINK_VIEWS = "link-views"
SHOW_TRAILS = "show-trails"
MAP_OPTIONS = "map-options"  # button that opens what is shown on the map
MAP_EXPORT = "map-export"  # button that opens the export
MAP_EXPORT_SVG = "map-export-svg"
MAP_EXPORT_PNG = "map-export-png"
MAP_EXPORT_LIGHT = "map-export-light"
MAP_EXPORT_TOLD = "map-export-told"
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
GALAXY_LABELS = "galaxy-labels"  # drawn by assets/labels.js, as are the next two
GALAXY_LABELLED = "galaxy-labelled"  # tags, what others say, history
LABELS_SAID = "galaxy-labels-said"
LABELS = "labels"  # {"user", "version"}: whose labels, and what changes with each
LABELS_CALM = "labels-calm"  # the same, no more often than once a second
LABELS_NOW = "labels-now"  # their version and columns: see dashboard/panels/label_choices.py
INSPECTOR = "inspector"  # what is told of the galaxy
INSPECTOR_BODY = "inspector-body"  # its picture and what is told; see assets/inspector.js
INSPECTOR_STAGE = "inspector-stage"
INSPECTOR_PREVIOUS = "inspector-previous"
INSPECTOR_NEXT = "inspector-next"
INSPECTOR_PLACE = "inspector-place"
INSPECTOR_ZOOM = "inspector-zoom"
INSPECTOR_STRETCH = "inspector-stretch"
INSPECTOR_CHANNEL = "inspector-channel"
INSPECTOR_BRIGHTNESS = "inspector-brightness"
INSPECTOR_CROSSHAIR = "inspector-crosshair"

# labels on the shelf, see dashboard/panels/labels.py
LABELLED = "labelled"  # pictures of the labelled galaxies
LABELLED_CAPTION = "labelled-caption"
LABELLED_FACTS = "labelled-facts"  # by whom, scores, tags
LABELLED_ACTS = "labelled-acts"
LABELLED_WHOSE = "labelled-whose"
LABELLED_ORDER = "labelled-order"
LABELLED_UNDO, LABELLED_REDO = "labelled-undo", "labelled-redo"
LABELLED_TOLD = "labelled-told"  # what came of an act, or why it was refused
LABEL_USER = "label-user"
LABELLED_MANY = "labelled-many"  # labels for all of the selection, drawn by assets/label_many.js
LABEL_FILES = "label-files"  # where a file is chosen, drawn by assets/labelled_files.js
IMPORT_SKIP, IMPORT_OVERWRITE = "import-skip", "import-overwrite"
IMPORT_TOLD = "import-told"
IMPORT_BAR, IMPORT_DONE = "import-bar", "import-done"

# anomalies
ANOMALIES = "anomalies"
ANOMALY_PAGE = "anomaly-page"  # place of the first candidate shown, counted from 0
ANOMALY_SPACE = "anomaly-space"  # how many candidates the box has space for; assets/inspector.js
ANOMALY_RANKING = "anomaly-ranking"
ANOMALY_CAPTION = "anomaly-caption"
ANOMALY_SCOPE = "anomaly-scope"
ANOMALY_WHY = "anomaly-why"
ANOMALY_PREVIOUS = "anomaly-previous"
ANOMALY_NEXT = "anomaly-next"
ANOMALY_JOB, ANOMALY_BAR, ANOMALY_TOLD = "anomaly-job", "anomaly-bar", "anomaly-told"
ANOMALY_FORMER = "anomaly-former"  # ranking to go back to when the brush is cleared

# views: the galaxies, training and the structure lab, one shown at a time
ADDRESS = "address"
TO_GALAXIES = "to-galaxies"
TO_LAB = "to-lab"
TO_TRAINING = "to-training"
VIEW_TRAINING = "view-training"
VIEW_LAB = "view-lab"

# training: the timeline of the checkpoints; see dashboard/panels/training.py
TRAINING_VISIT = "training-visit"  # counts the visits to the view; assets/views.js
TRAINING_OF = "training-of"  # "all" galaxies, or the "selection" alone
TRAINING_JOB, TRAINING_BAR, TRAINING_TOLD = "training-job", "training-bar", "training-told"
TRAINING_TEXT = "training-text"
TRAINING_FILES = "training-files"
TRAINING_MULTIPLES = "training-multiples"
TRAINING_TABLE = "training-table"
TRAINING_CURVES = "training-curves"
TRAINING_CURVES_TEXT = "training-curves-text"
TRAINING_HEAT = "training-heat"
TRAINING_RANKS = "training-ranks"
TRAINING_CONFUSION = "training-confusion"
TRAINING_CLASSES = "training-classes"

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

# selecting: what is selected, its history, named selections; see dashboard/panels/selecting.py
SELECTED = "selected"  # {id, n, digest}: the record's id for plain routes, see dashboard/records.py
SELECTION_REFUSED = "selection-refused"  # what was wrong with the last record, or ""

# page: the shell around the panels, see dashboard/layout.py and assets/shell.js
SIMILAR = "similar"
SIMILAR_CAPTION = "similar-caption"
SIMILAR_FROM = "similar-from"
SIMILAR_QUERY = "similar-query"  # {"like", "unlike", "upload"}; nothing: the inspected galaxy
SIMILAR_FOUND = "similar-found"  # rows of the answers, for the map
SIMILAR_FIND = "similar-find"
SIMILAR_REFUSED = "similar-refused"
SIMILAR_METRIC = "similar-metric"
SIMILAR_SCOPE = "similar-scope"
SIMILAR_K = "similar-k"
SIMILAR_ALONG = "similar-along"
SHELF = "shelf"  # which panel the shelf at the bottom shows, by its name
PROVIDER = "provider"  # of the theme, for the library of the controls
MAIN = "main"
THEME = "theme"  # "dark" or "light"
THEME_SWITCH = "theme-switch"
PANELS_SHOWN = "panels-shown"
PANELS_RESET = "panels-reset"
LINK = "link"
VIEW = "view"  # of a link that is opened: what each component is set to
VIEW_TOLD = "view-told"
HELP = "help"
TOUR = "tour"

# color: what the map shows by color, and its legend; see dashboard/panels/map_colors.py
PAINT = "paint"  # {id, version}: the id of a paint record, see dashboard/paints.py
HIDDEN = "hidden"  # groups of the legend that are hidden, by index
COLOR_SCALE = "color-scale"  # linear, log or quantile
COLOR_CLIP = "color-clip"  # percentiles that the shades span
COLOR_LOW, COLOR_HIGH = "color-low", "color-high"  # ends of the shades instead, or empty
COLOR_CLASSES = "color-classes"  # classes brought out of "other"
COLOR_SETTINGS = "color-settings"  # button that opens these
COLOR_PANE = "color-pane"  # what of them the colors have
COLOR_TOLD = "color-told"  # what is wrong with them
COLOR_OF = "color-of"  # column that range and classes are of, and what the hidden groups are of
LEGEND_LISTENER = "legend-listener"
CLUSTER_JOB, CLUSTER_BAR, CLUSTER_TOLD = "cluster-job", "cluster-bar", "cluster-told"

# gallery: the selected galaxies as cutouts, a page at a time; see dashboard/panels/gallery.py
GALLERY = "gallery"
GALLERY_SORT = "gallery-sort"
GALLERY_DIRECTION = "gallery-direction"
GALLERY_SCOPE = "gallery-scope"
GALLERY_SIZE = "gallery-size"
GALLERY_ROOM = "gallery-room"  # {columns, rows} that fit into the box, see assets/gallery.js
GALLERY_PLACE = "gallery-place"  # {first, of}: place of the first one shown, in which list
GALLERY_TOLD = "gallery-told"  # {first, per_page, n, of}: what is shown, for turning pages
GALLERY_CAPTION = "gallery-caption"
GALLERY_FIRST, GALLERY_PREVIOUS = "gallery-first", "gallery-previous"
GALLERY_NEXT, GALLERY_LAST = "gallery-next", "gallery-last"
GALLERY_PAGE = "gallery-page"
GALLERY_LISTENER = "gallery-listener"

# table: the selected galaxies as rows; see dashboard/panels/table.py
TABLE = "table"
TABLE_ASKED = "table-asked"  # {sort, filters}, see dashboard/listing.py
TABLE_CHOSEN = "table-chosen"  # columns shown, by key
TABLE_OF_LABELS = "table-of-labels"  # boxes of those of labels
TABLE_COLUMNS = "table-columns"  # [{key, width}, ...] in their order, as the user left them
TABLE_CAPTION = "table-caption"
TABLE_REFUSED = "table-refused"
TABLE_CUT = "table-cut"
TABLE_CUT_TOLD = "table-cut-told"
TABLE_CLEAR = "table-clear"
TABLE_RESET = "table-reset"
TABLE_FILE = "table-file"
TABLE_LISTENER = "table-listener"
SELECTION_TOLD = "selection-told"  # why the last change was refused, or what was loaded
SELECTION_WORDS = "selection-words"
SELECTION_CUTS = "selection-cuts"
LEAKAGE = "selection-leakage"
UNDO = "undo"
REDO = "redo"
INVERT_SELECTION = "invert-selection"
SELECT_MENU = "select-menu"
SELECT_HOW = "select-how"
SELECT_COLUMN = "select-column"
SELECT_VALUE = "select-value"
SELECT_CLASS = "select-class"
SELECT_IN_VIEW = "select-in-view"
PASTED_IDS = "pasted-ids"
SELECT_PASTED = "select-pasted"
PASTED_STEP = "pasted-step"
PASTED_TOLD = "pasted-told"
GROW_K = "grow-k"
GROW = "grow"
SELECTION_EXPORT = "selection-export"
NAMED_OPEN = "named-open"
NAMED_NAME = "named-name"
NAMED_SAVE = "named-save"
NAMED_ASKED = "named-asked"  # what is asked of the named selections, see selecting_named.py
NAMED_LIST = "named-list"
NAMED_TOLD = "named-told"
NAMED_FIRST = "named-first"
NAMED_OPERATION = "named-operation"
NAMED_SECOND = "named-second"
NAMED_COMBINE = "named-combine"

# histograms
HISTOGRAMS = "histograms"
HISTOGRAM_COLUMNS = "histogram-columns"
HISTOGRAM_LOG = "histogram-log"
HISTOGRAM_BARS = "histogram-bars"
HISTOGRAM_TOLD = "histogram-told"

# examples of each class, see dashboard/panels/examples.py
EXAMPLES = "examples"
EXAMPLES_COLUMN = "examples-column"
EXAMPLES_KIND = "examples-kind"  # typical, random or odd
EXAMPLES_SELECTED = "examples-selected"  # whether only selected galaxies are shown
EXAMPLES_REDRAW = "examples-redraw"
EXAMPLES_CAPTION = "examples-caption"
EXAMPLES_ROOM = "examples-room"  # how many galaxies of a class the strip has room for
EXAMPLES_DRAWN = "examples-drawn"  # what the strip shows, to know whether it is another

# what changed between checkpoints, see dashboard/panels/change.py
CHANGE = "change"
CHANGE_FROM = "change-from"  # checkpoint that the shown one is compared with
CHANGE_K = "change-k"  # nearest neighbors compared
CHANGE_SHOW = "change-show"  # what is listed
CHANGE_CAPTION = "change-caption"

# clusters of a checkpoint, one by one; see dashboard/panels/clusters.py
CLUSTERS = "clusters"
CLUSTERS_CAPTION = "clusters-caption"
CLUSTERS_METHOD = "clusters-method"
CLUSTERS_NUMBERS = "clusters-numbers"  # of each method, its own, of which one is shown
CLUSTERS_KMEANS = "clusters-kmeans"
CLUSTERS_HDBSCAN = "clusters-hdbscan"
CLUSTERS_MIXTURE = "clusters-mixture"
CLUSTERS_COLOR = "clusters-color"
CLUSTERS_SHOWN = "clusters-shown"  # {"key", "checkpoint"} of what is listed
CLUSTERS_OPEN = "clusters-open"  # number of the cluster that is told beside the list
CLUSTERS_OPENED = "clusters-opened"
CLUSTERS_CURVE = "clusters-curve"
CLUSTERS_CURVE_TEXT = "clusters-curve-text"
CLUSTERS_LABEL = "clusters-label"  # drawn by assets/label_many.js
CLUSTERS_LABELLED = "clusters-labelled"  # which galaxies it labels
CLUSTERS_ASKED = "clusters-asked"  # {"key", "checkpoint", "cluster", "name"}
CLUSTERS_NAMED = "clusters-named"  # what changes with each name
CLUSTERS_SAID = "clusters-said"
CLUSTERS_SCAN = "clusters-scan"
CLUSTERS_SCANNED = "clusters-scanned"
CLUSTERS_SCAN_TEXT = "clusters-scan-text"
CLUSTERS_JOB, CLUSTERS_BAR, CLUSTERS_TOLD = "clusters-job", "clusters-bar", "clusters-told"
SCAN_JOB, SCAN_BAR, SCAN_TOLD = "scan-job", "scan-bar", "scan-told"
