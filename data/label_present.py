"""Columns of labels that follow them: "score@now" is "score@17.3fa2c1d0" at that version of them.

What a user chooses to look at follows the labels as they are given, and keeps its name. What is
worked out by it, kept or recorded, such as a selection, names the version: it stays what it was.
"""

from data.label_columns import is_label, label_columns, label_title, parted
from data.label_ids import labels_of
from data.store import Collection
from models.errors import MorphospaceError

NOW = "now"
_AS_OF = "0.00000000"  # any version: the name alone is looked at


def follows(name: object) -> bool:
    """Whether a column's name is one that follows the labels: "score@now"."""
    if not isinstance(name, str) or not name.endswith(f"@{NOW}"):
        return False
    return is_label(pinned_at(name, _AS_OF))


def is_of_labels(name: object) -> bool:
    """Whether a column's name is one of labels, with a version or following them."""
    return is_label(name) or follows(name)


def title_at_present(name: str) -> str:
    """What a column of labels is called, whether it has a version or follows."""
    return label_title(pinned_at(name, _AS_OF) if follows(name) else name)


def unpinned(name: object) -> object:
    """The name that follows the labels, of one with a version; any other as it is."""
    return f"{parted(name)[0]}@{NOW}" if is_label(name) else name


def pinned_at(name: str, version: str) -> str:
    """The name with a version, of one that follows."""
    return f"{name.removesuffix(NOW)}{version}"


def at_present(collection: Collection, name: object) -> object:
    """The name with the labels' version, of one that follows them; any other as it is.

    Raises BadInput where the label file cannot be read.
    """
    return pinned_at(name, labels_of(collection).version()) if follows(name) else name


def following_columns(collection: Collection) -> tuple[str, ...]:
    """Columns that there are of the labels as they are now, by names that follow them.

    None where the label file cannot be read: that is told where galaxies are labelled.
    """
    try:
        return tuple(unpinned(name) for name in label_columns(collection))
    except MorphospaceError:
        return ()
