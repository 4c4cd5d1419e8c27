"""What is listed as a file: all of it, written as it is sent, a few thousand galaxies at a time."""

from collections.abc import Collection, Iterable, Iterator

from dashboard.listing import Listing
from dashboard.listing_cells import is_unknown, values_at
from dashboard.listing_columns import DATE, NUMBER, ORDER, RANDOM, Column, column_of, columns_of
from data.label_columns import is_label
from data.selection_columns import day_text

AT_ONCE = 4096  # galaxies
PLAIN_UNITS = {"°": "deg", "″": "arcsec", "″/px": "arcsec/px"}
_NAMES = {RANDOM: "random", ORDER: "as stored"}


def listing_csv(
    listing: Listing, n_selected: int, on_demand: Collection[str] = ()
) -> Iterator[str]:
    """Comment lines that say what this is, the columns with their units, a line for each galaxy.

    Texts are quoted and numbers are not: an identifier of 18 digits is a text.

    on_demand : columns that are written because they are asked for, or sorted or filtered by;
        others of their kind are left out
    """
    asked = [*on_demand, *(key for key, _ in listing.sort)]
    asked += [each.column.key for each in listing.filters.filters]
    known = columns_of(listing.collection, listing.checkpoint)
    columns = [column for key, column in known.items() if not column.is_on_demand or key in asked]
    of_labels = [key for key in dict.fromkeys(asked) if is_label(key) and key not in known]
    columns += [column_of(listing.collection, listing.checkpoint, key) for key in of_labels]
    yield "".join(f"# {line}\n" for line in _about(listing, n_selected, columns))
    yield _lines([[_quoted(_heading(column)) for column in columns]])
    order = listing.order()
    for start in range(0, len(order), AT_ONCE):
        rows = order[start : start + AT_ONCE]
        values = [
            [_written(column, value) for value in values_at(listing, column, rows)]
            for column in columns
        ]
        yield _lines(zip(*values, strict=True))


def file_name(listing: Listing) -> str:
    """Name of the file: collection, checkpoint and selection."""
    which = listing.selection or "all"
    return f"{listing.collection.name}-{listing.checkpoint}-{which}.csv"


def sort_in_words(listing: Listing) -> str:
    """What the list is sorted by: "redshift, descending, then label"."""
    words = []
    for key, direction in listing.sort:
        name = _NAMES.get(key) or column_of(listing.collection, listing.checkpoint, key).title
        words.append(name if direction == "asc" else f"{name}, descending")
    return ", then ".join(words) or "as stored"


def _about(listing: Listing, n_selected: int, columns: list[Column]) -> Iterator[str]:
    collection = listing.collection
    yield f"collection: {collection.name}, digest {collection.digest}"
    yield f"simulated: {'yes' if collection.is_simulated else 'no'}"
    yield f"checkpoint: {listing.checkpoint}"
    yield f"selection: {listing.selection or 'none'}"
    yield (
        f"galaxies: {listing.n_listed:,} listed of {n_selected:,} selected "
        f"of {collection.n_galaxies:,}"
    )
    yield f"filters: {listing.filters.in_words() or 'none'}"
    yield f"sorted by: {sort_in_words(listing)}"
    for column in columns:
        if column.told:
            yield f"{column.title}: {column.told}"


def _heading(column: Column) -> str:
    unit = PLAIN_UNITS.get(column.unit, column.unit)
    return f"{column.title} [{unit}]" if unit else column.title


def _written(column: Column, value: object) -> str:
    if is_unknown(value):
        return ""
    if column.kind == DATE:
        return day_text(value)
    if column.kind != NUMBER:
        return _quoted(str(value))
    # Scores, distances and labels have the digits of a float32.
    is_single = column.is_of_checkpoint or is_label(column.key)
    return f"{value:.9g}" if is_single else repr(value)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _lines(rows: Iterable[Iterable[str]]) -> str:
    return "".join(",".join(row) + "\n" for row in rows)
