"""The encoder: ResNet-18 of any width, and `encode`, which turns cutouts into representations."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn.functional import relu

from models.checkpoints import load_weights, open_checkpoint
from models.encoders.bands import beside_grey, grey_and_bands
from models.encoders.normalisation import Normalisation, normalised, resized, stretched
from models.errors import BadInput
from models.images import Images

BANDS = "bands"
LAYERS = ("pool", "stage3", "projector", BANDS)
ARCHITECTURE = "resnet18"


@dataclass(frozen=True)
class Design:
    """Sizes of an encoder; with the weights, all that is needed to run it.

    width : channels of the first stage; the representation has 8 times as many numbers
    size : side in pixels to which cutouts are resized
    projection, hidden : outputs and hidden units of the projector
    """

    width: int = 32
    size: int = 64
    projection: int = 128
    hidden: int = 512
    normalisation: Normalisation = Normalisation()


class Layers(NamedTuple):
    """What an encoder says about n galaxies, at three depths."""

    stage3: torch.Tensor  # (n, 4 width)
    pool: torch.Tensor  # (n, 8 width): the representation
    projector: torch.Tensor  # (n, projection)


class Block(nn.Module):
    """Two 3 x 3 convolutions and a shortcut (He et al. 2016, figure 2)."""

    def __init__(self, n_in: int, n_out: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(n_in, n_out, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(n_out)
        self.conv2 = nn.Conv2d(n_out, n_out, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(n_out)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or n_in != n_out:
            convolution = nn.Conv2d(n_in, n_out, 1, stride, bias=False)
            self.shortcut = nn.Sequential(convolution, nn.BatchNorm2d(n_out))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, n_in, s, s) -> (n, n_out, s / stride, s / stride)."""
        y = relu(self.norm1(self.conv1(x)))
        return relu(self.norm2(self.conv2(y)) + self.shortcut(x))


class Encoder(nn.Module):
    """ResNet-18 (He et al. 2016, table 1) with BYOL's projector on top.

    Departures: one grey channel in; the stem is two 3 x 3 convolutions of stride 2, since
    cutouts are a quarter of ImageNet's pictures and a maximum over pixels picks out noise; the
    pooled average passes a batch norm without scale or shift, so that no few directions of large
    variance, brightness first of all, can stand for the whole representation.
    """

    def __init__(self, design: Design) -> None:
        super().__init__()
        self.design = design
        width = design.width
        self.stem = nn.Sequential(
            nn.Conv2d(1, width // 2, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(width // 2),
            nn.ReLU(),
            nn.Conv2d(width // 2, width, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
        )
        widths = [width, width, 2 * width, 4 * width, 8 * width]
        self.stages = nn.Sequential(
            *(
                nn.Sequential(Block(n_in, n_out, stride), Block(n_out, n_out, 1))
                for n_in, n_out, stride in zip(widths[:-1], widths[1:], (1, 2, 2, 2), strict=True)
            )
        )
        self.standardise = nn.BatchNorm1d(8 * width, affine=False)
        self.projector = two_layers(8 * width, design.hidden, design.projection)

    def forward(self, x: torch.Tensor) -> Layers:
        """(n, 1, size, size) normalised and stretched -> the three layers, in float32."""
        third = self.stages[:3](self.stem(x))
        fourth = self.stages[3](third)
        stage3, average = (maps.float().mean((2, 3)) for maps in (third, fourth))
        # Averages over a batch, and what follows from them, are kept out of half precision.
        with torch.autocast(x.device.type, enabled=False):
            pool = self.standardise(average)
            return Layers(stage3, pool, self.projector(pool))


def two_layers(n_in: int, n_hidden: int, n_out: int) -> nn.Sequential:
    """Linear, batch norm, ReLU, linear: BYOL's projector and predictor."""
    return nn.Sequential(
        nn.Linear(n_in, n_hidden, bias=False),
        nn.BatchNorm1d(n_hidden),
        nn.ReLU(),
        nn.Linear(n_hidden, n_out),
    )


def choose_device(name: str = "auto") -> torch.device:
    """`cuda` where there is one, unless another device is asked for."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if name not in ("cpu", "cuda"):
        raise BadInput(f"There is no device {name!r}; choose auto, cpu or cuda.")
    if name == "cuda" and not torch.cuda.is_available():
        raise BadInput("There is no CUDA device here; choose auto or cpu.")
    return torch.device(name)


def design_as_info(design: Design) -> dict:
    """The part of a checkpoint's JSON that rebuilds the encoder."""
    return {"architecture": ARCHITECTURE, **asdict(design)}


def load_encoder(weights: Path) -> Encoder:
    """Encoder of a checkpoint, in float32, ready to encode.

    Raises
    ------
    BadInput
        If the checkpoint is of another architecture, or its weights do not fit its JSON.
    """
    info = open_checkpoint(weights).info
    if info.get("architecture") != ARCHITECTURE:
        raise BadInput(f"{weights} holds a {info.get('architecture')}; it must be {ARCHITECTURE}.")
    try:
        sizes = {name: int(info[name]) for name in ("width", "size", "projection", "hidden")}
        encoder = Encoder(Design(**sizes, normalisation=Normalisation(**info["normalisation"])))
        arrays = load_weights(weights)
        encoder.load_state_dict({name: torch.from_numpy(a) for name, a in arrays.items()})
    except (KeyError, TypeError, RuntimeError) as error:
        raise BadInput(f"The weights {weights} do not fit the JSON beside them.") from error
    return encoder.eval()


def encode(
    encoder: Encoder,
    images: Images | Iterable[np.ndarray],
    *,
    layer: str = "pool",
    device: str = "auto",
    batch_size: int = 256,
    progress: Callable[[int], object] | None = None,
) -> np.ndarray:
    """Representations of galaxies; the same for a galaxy in any company.

    Parameters
    ----------
    encoder : Encoder
    images : Images, or an iterable of (m, height, width, 3) uint8 arrays
        At their own size; they are resized and normalised as in training.
    layer : {"pool", "stage3", "projector", "bands"}
        The average pool is the representation; `stage3` is the average of the stage before it;
        "bands" is the pool of the grey picture beside what differs in it from band to band, see
        `bands.beside_grey`.
    progress : called with the number of galaxies done since the last call, such as `bar.update`

    Returns
    -------
    (n, n_dim) float32, on the CPU

    Raises
    ------
    BadInput
        If there is no such layer, or no such device.
    """
    if layer not in LAYERS:
        raise BadInput(f"There is no layer {layer!r}; choose one of {', '.join(LAYERS)}.")
    where = choose_device(device)
    batches = _batches(images, batch_size)
    size, field = encoder.design.size, encoder.design.normalisation.field
    make = grey_and_bands if layer == BANDS else resized
    grey = (make(torch.from_numpy(pixels).to(where), size, field) for pixels in batches)
    return encode_grey(encoder, grey, layer=layer, device=where, progress=progress)


def encode_grey(
    encoder: Encoder,
    batches: Iterable[torch.Tensor],
    *,
    layer: str = "pool",
    device: torch.device,
    progress: Callable[[int], object] | None = None,
) -> np.ndarray:
    """The same from (m, 1, size, size) uint8 that are resized already; of bands, 4 m of them."""
    encoder = encoder.to(device, memory_format=torch.channels_last).eval()
    done = []
    # Full float32 on a GPU too: TF32 would leave three digits.
    with torch.inference_mode(), torch.backends.cudnn.flags(allow_tf32=False):
        for grey in batches:
            seen = as_seen(grey.to(device), encoder.design)
            found = encoder(seen)
            numbers = beside_grey(found.pool) if layer == BANDS else getattr(found, layer)
            done.append(numbers.cpu().numpy())
            if progress is not None:
                progress(len(numbers))
    return np.concatenate(done)


def as_seen(grey: torch.Tensor, design: Design) -> torch.Tensor:
    """(n, 1, size, size) uint8 -> what the encoder sees outside training."""
    rule = design.normalisation
    x = stretched(normalised(grey, rule), rule.softening)
    return x.contiguous(memory_format=torch.channels_last)


def _batches(images: Images | Iterable[np.ndarray], batch_size: int) -> Iterator[np.ndarray]:
    if not isinstance(images, Images):
        yield from images
        return
    for start in range(0, len(images), batch_size):
        yield images.pixels(slice(start, start + batch_size))
