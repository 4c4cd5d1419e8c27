"""Parameters: what can be chosen in building a collection, in one table."""

from dataclasses import dataclass

from models.errors import BadInput

SCORES_OF = COMPONENTS, REPRESENTATIONS = ("components", "representations")
BANDS = "bands"
LAYERS = ("pool", "stage3", "projector", BANDS)


@dataclass(frozen=True)
class Parameters:
    """How a collection is built from its inputs.

    seed : of every random draw
    n_components : principal components kept; measurements of few galaxies use fewer
    n_neighbors : neighbours stored for every galaxy
    scores_of : what isolation forests, mixtures and centers are fitted to: the principal
        components, or the representations in all their dimensions
    layers : of the encoder; with several, each is a checkpoint of its own
    half : store representations as float16
    cutout_size : longest side of a stored cutout in pixels; None leaves images as they are
    cutout_quality : of JPEG; 100 stores lossless PNG. JPEG and PNG files of the right size are
        stored byte for byte
    keep_fits : keep the bands of FITS cutouts as well, for the page to stretch
    pixel_scale : arcseconds per pixel of the images, where neither the catalog nor a FITS header
        has it; None is unknown
    half_weights : store weights as float16, and encode with them as stored
    keep_weights : checkpoints of the run whose weights are kept in the collection; None is all
    sample : build from so many galaxies only, drawn at random; None takes all
    simulated : the galaxies are not on the sky, which the page says
    drop_bad : leave out galaxies whose representation is not finite, instead of refusing
    drop_collapsed : leave out checkpoints all of whose representations are the same, instead of
        refusing
    device : to encode on
    """

    seed: int = 0
    n_components: int = 15
    n_neighbors: int = 30
    scores_of: str = COMPONENTS
    layers: tuple[str, ...] = ("pool",)
    half: bool = False
    cutout_size: int | None = None
    cutout_quality: int = 92
    keep_fits: bool = True
    pixel_scale: float | None = None
    half_weights: bool = False
    keep_weights: tuple[str, ...] | None = None
    sample: int | None = None
    simulated: bool = False
    drop_bad: bool = False
    drop_collapsed: bool = False
    device: str = "auto"

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise BadInput(f"--seed must be 0 or more, not {self.seed}.")
        if self.n_components < 1:
            raise BadInput(f"--k must be 1 or more, not {self.n_components}.")
        if self.n_neighbors < 2:
            raise BadInput(f"There must be 2 neighbours or more, not {self.n_neighbors}.")
        if self.scores_of not in SCORES_OF:
            raise BadInput(f"--scores-of must be {' or '.join(SCORES_OF)}, not '{self.scores_of}'.")
        if self.sample is not None and self.sample < 1:
            raise BadInput(f"--sample must be 1 or more galaxies, not {self.sample}.")
        if self.cutout_size is not None and not 8 <= self.cutout_size <= 4096:
            raise BadInput(f"--cutout-size must be 8 to 4096 pixels, not {self.cutout_size}.")
        if not 1 <= self.cutout_quality <= 100:
            raise BadInput(f"--cutout-quality must be 1 to 100, not {self.cutout_quality}.")
        if self.pixel_scale is not None and not 0 < self.pixel_scale < 3600:
            raise BadInput(
                f"--pixel-scale must be arcseconds per pixel, above 0 and below 3600, not "
                f"{self.pixel_scale:g}."
            )
        if len(set(self.layers)) < len(self.layers):
            raise BadInput(f"--layer names one twice: {' '.join(self.layers)}; name each once.")
        for layer in self.layers:
            if layer not in LAYERS:
                raise BadInput(f"There is no layer '{layer}'; choose from {', '.join(LAYERS)}.")
