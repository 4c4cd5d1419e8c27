"""The estimators of how unusual a galaxy is: their names, and which way they point."""

FACTOR, ISOLATION = "outlier_factor", "isolation"
MIXTURE, CENTER = "mixture_density", "center_distance"
AGREEMENT = "agreement"
# score -> whether the lowest values are the unusual ones
IS_LOW_UNUSUAL = {
    "log_density": True,
    "relative_density": True,
    "neighbor_distance": False,
    FACTOR: False,
    ISOLATION: False,
    MIXTURE: True,
    CENTER: False,
    AGREEMENT: True,
}

K_FACTOR = 20  # neighbors of the outlier factor; fewer where fewer are stored
N_CENTERS = 20  # of k-means
