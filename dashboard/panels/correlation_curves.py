"""Which curves are shown together: the collection's, the selection's, and what is asked for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from flask_caching import Cache

from dashboard.chance import known_null
from dashboard.curves import Curve
from dashboard.facts import label_of
from dashboard.figure_style import shades
from dashboard.jobs import Jobs
from dashboard.live import REFINE, best_known, job_of
from dashboard.measure import (
    MIN_GALAXIES,
    complement_correlation,
    cross_of,
    cross_with_complement,
    is_empty,
    selection_correlation,
    separation_unit,
    whole_correlation,
)
from dashboard.question import Question
from dashboard.selection_words import ending_words
from dashboard.themes import DARK, Theme
from data.store import Collection
from models.errors import BadInput
from models.space.correlation import Correlation
from models.space.presets import Measure

# what may be shown beside: its name, and what it is, in one line
ALSO = {
    "null": (
        "Chance band",
        "What Gaussian points of the same number give: their mean and 68 % of the draws.",
    ),
    "complement": (
        "Complement",
        "The curve of all galaxies that are not selected.",
    ),
    "crossed": (
        "Selection × complement",
        "Pairs of one selected galaxy and one that is not: are the two apart, or mixed?",
    ),
    "pinned": (
        "Pinned selection",
        "The curve of the selection that was pinned.",
    ),
    "pin-crossed": (
        "Selection × pinned",
        "Pairs of one selected galaxy and one of the pinned selection.",
    ),
    "checkpoints": (
        "Other checkpoints",
        "The same galaxies under every other checkpoint, in each one's RMS separation.",
    ),
}


@dataclass(frozen=True)
class View:
    """What the panel is asked to show.

    jobs, page_id : where what is counted behind the page is found
    compared : further checkpoints; the numbers of the first are told beside those of the main one
    selection, pinned : records, see data/selection.py; None or without steps where nothing is
    also : keys of ALSO
    """

    collection: Collection
    cache: Cache
    jobs: Jobs
    page_id: str | None
    checkpoint: str
    compared: tuple[str, ...] = ()
    selection: dict | None = None
    pinned: dict | None = None
    measure: Measure = Measure()
    also: frozenset[str] = frozenset()
    theme: Theme = DARK

    @property
    def is_selected(self) -> bool:
        return not is_empty(self.selection)

    @property
    def question(self) -> Question:
        """What the main curve answers."""
        return Question(self.collection, self.cache, self.checkpoint, self.selection, self.measure)

    @property
    def is_stored(self) -> bool:
        """The main curve is that of the whole collection, as it was built."""
        return not self.is_selected and self.measure.key == Measure().key

    @property
    def is_refining(self) -> bool:
        """More pairs of the main curve are being counted."""
        job = job_of(self.jobs, self.page_id, REFINE, self.question)
        return job is not None and not job.is_done

    @property
    def has_several_checkpoints(self) -> bool:
        return bool(self.compared) or "checkpoints" in self.also

    @property
    def second(self) -> str | None:
        """The first of the compared checkpoints."""
        return self.compared[0] if self.compared else None

    def reasons(self) -> list[str]:
        """Why there is no curve of the selection, where there is none."""
        n_galaxies = self.question.n_galaxies
        return [] if n_galaxies >= MIN_GALAXIES else [too_few(n_galaxies)]

    def ask(self, measure: Callable, checkpoint: str, chosen: object) -> object:
        """What one of the functions of dashboard/measure.py says of some selection."""
        return measure(self.collection, self.cache, checkpoint, chosen, self.measure)

    def unit(self, checkpoint: str, measured: Correlation) -> float:
        """RMS separation in which a curve is drawn."""
        n_points = min(measured.n_points, measured.n_others or measured.n_points)
        return separation_unit(self.collection, checkpoint, self.measure, n_points)

    def ending(self, checkpoint: str) -> str:
        """How the selection was closed or cleaned at the end, for its curve under a checkpoint."""
        return ending_words(self.collection, self.selection, checkpoint)

    def label(self, checkpoint: str) -> str:
        return label_of(self.collection, checkpoint)


def too_few(n_selected: int) -> str:
    """Why a small selection has no curve."""
    return (
        f"{n_selected:,} selected: at least {MIN_GALAXIES} galaxies are needed for a curve, "
        "fewer leave most bins without pairs."
    )


@dataclass
class Shown:
    """The curves of a view, the main one last, and a sentence for each that there is none of."""

    curves: list[Curve]
    notes: list[str]

    @property
    def main(self) -> Curve:
        """The one whose numbers, bumps and dip are told; the last where too few are selected."""
        return self.curves[-1]


def measured_curves(view: View) -> Shown:
    """Every curve of a view.

    The second checkpoint shows the selection too, or the whole collection where there is none.
    """
    shown = Shown([], [])
    main = [_whole(view, view.checkpoint, is_main=not view.is_selected)]
    if view.is_selected:
        main += _of_selections(view)
    elif view.second:
        main.insert(0, replace(_whole(view, view.second), color=view.theme.second, is_told=True))
    shown.curves += _other_checkpoints(view)
    shown.curves += _beside(view, shown.notes)
    if not main[-1].is_told:  # too few are selected: the collection's numbers stay
        main[-1] = replace(main[-1], is_told=True)
    shown.curves = told_apart([*shown.curves, *main])
    return shown


def told_apart(curves: list[Curve]) -> list[Curve]:
    """The curves, with their number of components in their names where these differ."""
    if len({curve.measured.n_dim for curve in curves}) < 2:
        return curves
    return [replace(curve, name=f"{curve.name}, k = {curve.measured.n_dim}") for curve in curves]


def different_k(curves: list[Curve]) -> list[str]:
    """A sentence where the curves are of different numbers of components."""
    numbers = sorted({curve.measured.n_dim for curve in curves})
    if len(numbers) < 2:
        return []
    listed = " and ".join([", ".join(map(str, numbers[:-1])), str(numbers[-1])])
    return [
        f"Curves of k = {listed} components (fewer galaxies use fewer): their heights cannot be "
        f"compared. With k = {numbers[0]} in the settings they can."
    ]


def _whole(view: View, checkpoint: str, *, is_main: bool = False) -> Curve:
    if is_main and not view.is_stored:
        measured = best_known(view.jobs, view.page_id, view.question)
    else:
        measured = whole_correlation(
            view.collection, checkpoint, cache=view.cache, measure=view.measure
        )
    question = replace(view.question, checkpoint=checkpoint, selection=None)
    return Curve(
        f"all galaxies, {view.label(checkpoint)}",
        measured,
        view.unit(checkpoint, measured),
        view.theme.whole,
        known_null(view.jobs, view.page_id, question),
        has_band=is_main and "null" in view.also,
        is_main=is_main,
        is_told=is_main,
    )


def _of_selections(view: View) -> Iterator[Curve]:
    """The selection's under the second checkpoint, where there is one, then under the first."""
    name = "selection, {}"
    if view.second:
        measured = view.ask(selection_correlation, view.second, view.selection)
        if measured is not None:
            unit = view.unit(view.second, measured)
            yield Curve(
                name.format(view.label(view.second)),
                measured,
                unit,
                view.theme.second,
                is_told=True,
                ending=view.ending(view.second),
            )
    if view.question.n_galaxies >= MIN_GALAXIES:
        measured = best_known(view.jobs, view.page_id, view.question)
        yield Curve(
            name.format(view.label(view.checkpoint)),
            measured,
            view.unit(view.checkpoint, measured),
            view.theme.selected,
            known_null(view.jobs, view.page_id, view.question),
            has_band="null" in view.also,
            is_main=True,
            is_told=True,
            ending=view.ending(view.checkpoint),
        )


def _beside(view: View, notes: list[str]) -> Iterator[Curve]:
    """Complement, pinned selection and cross-correlations, under the first checkpoint."""
    for key in ("complement", "crossed", "pinned", "pin-crossed"):
        if key not in view.also:
            continue
        missing = _missing(view, key)
        try:
            if missing:
                raise BadInput(missing)
            yield _BESIDE[key](view)
        except BadInput as error:
            notes.append(f"{ALSO[key][0]}: {error}")


def _missing(view: View, key: str) -> str | None:
    """What must be there before a curve can be, in a sentence; None where it is."""
    if key != "pinned" and not view.is_selected:
        return "nothing is selected."
    if "pin" in key and is_empty(view.pinned):
        return "nothing is pinned; select galaxies and press Pin selection."
    return None


def _complement(view: View) -> Curve:
    measured = view.ask(complement_correlation, view.checkpoint, view.selection)
    if measured is None:
        raise BadInput(f"fewer than {MIN_GALAXIES} galaxies are not selected.")
    return _curve(view, ALSO["complement"][0].lower(), measured, view.theme.complement, "dash")


def _pinned(view: View) -> Curve:
    measured = view.ask(selection_correlation, view.checkpoint, view.pinned)
    if measured is None:
        raise BadInput(f"fewer than {MIN_GALAXIES} galaxies are pinned.")
    return _curve(view, "pinned selection", measured, view.theme.pinned, "solid")


def _crossed(view: View) -> Curve:
    cross = view.ask(cross_with_complement, view.checkpoint, view.selection)
    return _curve(
        view, "selection × complement", cross.correlation, view.theme.crossed, "dot", cross.text
    )


def _pin_crossed(view: View) -> Curve:
    cross = view.ask(cross_of, view.checkpoint, (view.selection, view.pinned))
    return _curve(
        view, "selection × pinned", cross.correlation, view.theme.pin_crossed, "dot", cross.text
    )


_BESIDE: dict[str, Callable[[View], Curve]] = {
    "complement": _complement,
    "crossed": _crossed,
    "pinned": _pinned,
    "pin-crossed": _pin_crossed,
}


def _curve(
    view: View, name: str, measured: Correlation, color: str, dash: str, note: str = ""
) -> Curve:
    unit = view.unit(view.checkpoint, measured)
    return Curve(name, measured, unit, color, dash=dash, note=note)


def _other_checkpoints(view: View) -> Iterator[Curve]:
    """The selection, or the whole collection, under the compared checkpoints, or under all."""
    known = view.collection.checkpoints if "checkpoints" in view.also else view.compared
    others = [name for name in known if name not in (view.checkpoint, view.second)]
    for name, color in zip(others, shades(len(others), view.theme), strict=True):
        if not view.is_selected:
            curve = replace(_whole(view, name), null=None)
            yield replace(curve, name=view.label(name), color=color)
            continue
        measured = view.ask(selection_correlation, name, view.selection)
        if measured is not None:
            yield Curve(view.label(name), measured, view.unit(name, measured), color)
