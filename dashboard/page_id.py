"""The page's id: made in the browser, new with every load, so that its jobs are its own."""

from dash import ClientsideFunction, Dash, Input, Output, dcc

from dashboard import ids


def page_id_store() -> dcc.Store:
    """The store of the id. A callback that has it as Input waits until it is there."""
    return dcc.Store(id=ids.PAGE_ID)


def register_page_id(app: Dash) -> None:
    """Fill the store, by assets/jobs.js, when the page has loaded."""
    app.clientside_callback(
        ClientsideFunction("morphospace_jobs", "pageId"),
        Output(ids.PAGE_ID, "data"),
        Input(ids.PAGE_ID, "id"),
    )
