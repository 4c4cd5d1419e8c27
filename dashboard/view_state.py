"""What belongs to a view, so that a link brings it back: one table, and what is restored of it.

A part that Dash holds is a component and its property. Parts that scripts hold, such as the
viewport of a map, are pushed to `window.morphospace_states` by them, and named in SCRIPTS.
"""

import hashlib
import json
from collections.abc import Callable, Mapping

import numpy as np
from dash.development.base_component import Component

from dashboard import ids
from data import format
from data.cluster_columns import is_clustering
from data.label_present import is_of_labels
from data.store import Collection
from data.views import FORMAT
from models.errors import BadInput

# components -> the property that is theirs, in the page's order
HELD = {
    "value": (
        ids.CHECKPOINT, ids.COMPARED,
        ids.COLOR, ids.COLOR_SCALE, ids.COLOR_CLIP, ids.COLOR_LOW, ids.COLOR_HIGH,
        ids.COLOR_CLASSES,
        ids.DRAG_MODE, ids.CUTOUT_SIZE,
        ids.PRESET, ids.N_COMPONENTS, ids.N_BINS, ids.LOWER, ids.EXTENT, ids.EXTENT_UNIT,
        ids.SPACING, ids.METRIC, ids.ERRORS, ids.R_UNIT, ids.R_SCALE, ids.CORRELATION_SCALE,
        ids.ALSO_SHOWN, ids.CORRELATION_TABS, ids.SHELF, ids.ANOMALY_RANKING, ids.ANOMALY_SCOPE,
        ids.GALLERY_SORT, ids.GALLERY_DIRECTION, ids.GALLERY_SIZE, ids.GALLERY_SCOPE,
        ids.SIMILAR_METRIC, ids.SIMILAR_SCOPE, ids.SIMILAR_K,
        ids.CLUSTERS_METHOD, ids.CLUSTERS_KMEANS, ids.CLUSTERS_HDBSCAN, ids.CLUSTERS_MIXTURE,
        ids.LABELLED_WHOSE, ids.LABELLED_ORDER,
        ids.TABLE_CHOSEN, ids.HISTOGRAM_COLUMNS, ids.EXAMPLES_COLUMN, ids.EXAMPLES_KIND,
        ids.CHANGE_FROM, ids.CHANGE_K, ids.CHANGE_SHOW,
        ids.INSPECTOR_ZOOM, ids.INSPECTOR_STRETCH, ids.INSPECTOR_CHANNEL, ids.INSPECTOR_BRIGHTNESS,
        ids.LAB_SOURCE, ids.LAB_KIND, ids.LAB_SEPARATION, ids.LAB_COHESION, ids.LAB_N_CLUSTERS,
        ids.LAB_N_POINTS, ids.LAB_N_DIM, ids.LAB_SIZE_RATIO, ids.LAB_VARIANCE_RATIO,
        ids.LAB_AXIS_RATIO, ids.LAB_VARIANCE, ids.LAB_S, ids.LAB_COLORS, ids.LAB_SCALE,
        ids.LAB_SWEPT,
    ),
    "data": (
        ids.SELECTION, ids.QUERY, ids.MEASURE, ids.BRUSH, ids.PINNED, ids.COLOR_OF, ids.HIDDEN,
        ids.GALLERY_PLACE, ids.TABLE_ASKED, ids.TABLE_COLUMNS, ids.ANOMALY_FORMER, ids.ANOMALY_PAGE,
        ids.CLUSTERS_OPEN,
    ),
    "checked": (
        ids.SHOW_CUTOUTS, ids.SHOW_MINIMAP, ids.LINK_VIEWS, ids.SHOW_TRAILS, ids.HISTOGRAM_LOG,
        ids.INSPECTOR_CROSSHAIR, ids.EXAMPLES_SELECTED,
    ),
    "n_clicks": (ids.LAB_SEED,),
}  # fmt: skip
# Set after the others, one by one: callbacks that follow the others would change them back.
LATE = (ids.R_SCALE, ids.ANOMALY_FORMER, ids.ANOMALY_RANKING, ids.ANOMALY_PAGE)
SCRIPTS = ("page", "map")
# Choices of a column, which may be one of labels: these come and go while the page is shown.
OF_COLUMNS = (
    *(ids.COLOR, ids.HISTOGRAM_COLUMNS, ids.GALLERY_SORT, ids.EXAMPLES_COLUMN, ids.TABLE_CHOSEN),
)
QUERY = f"{ids.QUERY}.data"


def held_on(layout: Component) -> dict[str, Component]:
    """What of the table is on this page: "component.property" -> the component."""
    on_page = {
        component.id: component
        for component in layout._traverse()
        if isinstance(getattr(component, "id", None), str)
    }
    return {
        f"{id}.{prop}": on_page[id] for prop, names in HELD.items() for id in names if id in on_page
    }


def view_record(collection: Collection, held: Mapping[str, Component], sent: object) -> dict:
    """What is kept of a page's state as the browser sends it: {"held": {}, "scripts": {}}.

    With what the data are now: the collection's digest, and that of each checkpoint shown. The
    inspected galaxy is kept by its object_id, since another build may give its row to another.

    Raises BadInput where a name is unknown or the record is none.
    """
    parts = {}
    for part, known in (("held", held), ("scripts", SCRIPTS)):
        values = sent.get(part) if isinstance(sent, dict) else None
        if not isinstance(values, dict):
            raise BadInput(f"A view is a record that holds '{part}'.")
        unknown = [name for name in values if name not in known]
        if unknown:
            raise BadInput(f"This page has no part '{unknown[0][:40]}'.")
        parts[part] = values
    values = parts["held"]
    row = values.pop(QUERY, None)
    if row is not None:
        if type(row) is not int or not 0 <= row < collection.n_galaxies:
            raise BadInput(f"There is no galaxy in row {str(row)[:20]}.")
        object_id = str(collection.catalog["object_id"].iat[row])
        values[QUERY] = {"object_id": object_id, "row": row}
    compared = values.get(f"{ids.COMPARED}.value")
    shown = [values.get(f"{ids.CHECKPOINT}.value"), *(compared if _is_list(compared) else [])]
    used = {name for name in shown if name in collection.checkpoints}
    return {
        "format": FORMAT,
        "collection": {"name": collection.name, "digest": collection.digest},
        "checkpoints": {name: checkpoint_digest(collection, name) for name in sorted(used)},
        **parts,
    }


def restored(
    collection: Collection,
    held: Mapping[str, Component],
    view: dict,
    is_free: Callable[[str], bool],
) -> dict:
    """What a page sets of a kept view: {"held": {}, "scripts": {}, "changed": [sentence, ...]}.

    is_free : of the id of a list, whether its options change, so that those at first say nothing

    Everything that can be as it was is; a sentence says of the rest why it is not.
    """
    changed = changes(collection, view)
    values = {}
    for name, value in view["held"].items():
        if name not in held:
            changed.append(f"This page has no part '{name[:40]}' any more; it is left out.")
        elif name == QUERY:
            row = row_of(collection, value)
            values[name] = row
            if row is None:
                changed.append(
                    f"The galaxy '{_object_id(value)}' that was inspected is not here any more."
                )
        elif _fits(held[name], name, value, is_free):
            values[name] = value
        else:
            changed.append(f"'{_label(held[name])}' cannot be {str(value)[:40]!r} any more.")
    values.setdefault(QUERY, None)
    scripts = {name: value for name, value in view["scripts"].items() if name in SCRIPTS}
    return {"held": values, "scripts": scripts, "changed": changed}


def changes(collection: Collection, view: dict) -> list[str]:
    """What has changed in the data since a view was kept, a sentence each."""
    if view["collection"].get("digest") == collection.digest:
        return []
    told = [
        f"The collection '{collection.name}' was built anew since this link was made: galaxies, "
        "their places on the map and numbers may differ."
    ]
    for name, digest in view["checkpoints"].items():
        if name not in collection.checkpoints:
            told.append(f"The checkpoint '{name[:40]}' is not there any more.")
        elif checkpoint_digest(collection, name) != digest:
            told.append(f"The checkpoint '{name}' is another one now.")
    return told


def checkpoint_digest(collection: Collection, checkpoint: str) -> str:
    """Twelve digits that change when any file of a checkpoint does."""
    folder = f"{format.CHECKPOINTS}/{checkpoint}/"
    files = collection.info["files"]
    known = sorted((path, files[path]["sha256"]) for path in files if path.startswith(folder))
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()[:12]


def row_of(collection: Collection, kept: object) -> int | None:
    """Row of a galaxy that was kept as {"object_id", "row"}; None where it is not there."""
    object_id, row = _object_id(kept), kept.get("row") if isinstance(kept, dict) else None
    object_ids = collection.catalog["object_id"]
    is_row = type(row) is int and 0 <= row < collection.n_galaxies
    if is_row and str(object_ids.iat[row]) == object_id:
        return row
    rows = np.flatnonzero((object_ids == object_id).to_numpy(dtype=bool, na_value=False))
    return int(rows[0]) if len(rows) else None


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _object_id(kept: object) -> str:
    return str(kept.get("object_id", ""))[:40] if isinstance(kept, dict) else ""


def _fits(component: Component, name: str, value: object, is_free: Callable[[str], bool]) -> bool:
    """Whether a component can have this value; a store can have any."""
    prop = name.rpartition(".")[2]
    if prop == "checked":
        return value is None or isinstance(value, bool)
    if prop == "n_clicks":
        return value is None or (type(value) is int and 0 <= value < 2**31)
    if prop == "data" or is_free(component.id):
        return True
    if component.id == ids.COLOR and is_clustering(value):  # no list has all; the legend tells
        return True
    if component.id in OF_COLUMNS:
        value = [one for one in value if not is_of_labels(one)] if _is_list(value) else value
        if is_of_labels(value):  # there or not, the panel tells
            return True
    options = _options(component)
    if options is None:
        return all(map(_is_number, value)) if isinstance(value, list) else _is_number(value)
    if isinstance(value, list):
        return all(isinstance(one, str) and one in options for one in value)
    return value is None or (isinstance(value, str) and value in options)


def _is_number(value: object) -> bool:
    """Whether it is what a field of a number holds, which may be empty."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value in (None, "") or is_number


def _options(component: Component) -> set[str] | None:
    """What can be chosen in a list, in tabs or in boxes; None where a number is set."""
    data = getattr(component, "data", None)
    if data is None:
        inner = [part for part in component._traverse() if hasattr(part, "value")]
        chosen = {part.value for part in inner if isinstance(part.value, str)}
        return chosen or None
    options = set()
    for one in data:
        if isinstance(one, dict) and "items" in one:  # a group of options
            options |= {i["value"] if isinstance(i, dict) else i for i in one["items"]}
        else:
            options.add(one["value"] if isinstance(one, dict) else one)
    return options


def _label(component: Component) -> str:
    """What the page calls a control."""
    named = getattr(component, "aria-label", None) or getattr(component, "label", None)
    return named if isinstance(named, str) else component.id
