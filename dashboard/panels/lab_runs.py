"""Sweeps and published runs of the structure lab: started, watched and shown."""

import json
from dataclasses import asdict
from functools import partial

import numpy as np
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from plotly.graph_objects import Figure

from dashboard import ids
from dashboard.facts import number_text
from dashboard.jobs import Jobs, Progress, Work
from dashboard.lab import METRICS
from dashboard.lab_controls import SCENE, SIMULATION_A, SIMULATION_B, SLIDERS, Asked, asked
from dashboard.lab_figures import rerun_figures, sweep_figures
from dashboard.lab_published import SETTINGS, Rerun, agreement, rerun
from dashboard.lab_sweep import (
    N_DRAWS,
    Sweep,
    over_draws,
    sweep,
    sweep_values,
)
from dashboard.panels.parts import follow_job, message, telling
from dashboard.themes import Theme, theme_of
from models.space.published import DAVIES_BOULDIN_B
from models.space.rank_correlation import N_PERMUTATIONS, RankCorrelation, rank_correlation

KIND = "lab"  # of the job: a page has one sweep or published run at a time
HINT = "Run a sweep: a slider goes from end to end, and each value is drawn five times."
RERUN_WORDS = {
    SIMULATION_A: (
        "Simulation A, run again as published: mean of 5 random subsets of 80 %, randoms counted "
        "for RR, the author's 99 bins; ± is the standard error over the subsets, which share most "
        "points. Rings: the published scores (drawn at our Davies-Bouldin index; none was given)."
    ),
    SIMULATION_B: (
        "Simulation B, run again: one random subset of 80 %, so that there is no error. Of the "
        "published run only the shape is known: the score near 0 up to an s of 6 to 8, then a "
        f"steady rise, while Davies-Bouldin falls from {DAVIES_BOULDIN_B[0]} to "
        f"{DAVIES_BOULDIN_B[1]}."
    ),
}


def run_work(wanted: Asked, swept: object) -> tuple[str, Work]:
    """Key and work of a sweep, or of a published run. Raises BadInput for no such slider."""
    if wanted.source == SCENE:
        n_steps = len(sweep_values(swept))
        label = SLIDERS[swept].label.lower()
        key = ["sweep", asdict(wanted.scene), swept, wanted.seed]
        steps = partial(sweep, wanted.scene, swept, wanted.seed)
    else:
        label, n_steps = f"simulation {wanted.source}", len(SETTINGS[wanted.source])
        key = ["rerun", wanted.source, wanted.seed]
        steps = partial(rerun, wanted.source, wanted.seed)

    def work(progress: Progress) -> None:
        def tell(share: float) -> None:
            number = min(int(share * n_steps) + 1, n_steps)
            progress(share, f"{label}: {number} of {n_steps}")

        for so_far in steps(tell):
            progress.publish(so_far)

    return json.dumps(key), work


def sweep_text(swept: Sweep) -> str:
    """What was swept, and what stayed the same."""
    scene = swept.scene
    fixed = [
        f"{slider.label.lower()} {slider.text(getattr(scene, name))}"
        for name, slider in SLIDERS.items()
        if name != swept.parameter
    ]
    done = f"{swept.n_done} of {len(swept.values)} values"
    return (
        f"{SLIDERS[swept.parameter].label}: {done}, mean ± standard error of {N_DRAWS} draws, "
        f"with the same random numbers for every value. Fixed: {scene.kind}, {', '.join(fixed)}."
    )


def sweep_shown(swept: Sweep, theme: Theme) -> list[html.Div]:
    """The score against what was swept, then against each metric with the rank correlation."""
    first, *figures = sweep_figures(swept, theme).values()
    score, _ = over_draws(swept.score)
    shown = [run_figure(first, html.Div("the slider that was swept"))]
    for name, figure in zip(METRICS, figures, strict=True):
        mean, _ = over_draws(swept.metrics[name])
        ranks = rank_correlation(score, mean, np.random.default_rng(0))
        shown.append(run_figure(figure, rank_text(ranks, METRICS[name].name)))
    return shown


def rerun_text(found: Rerun) -> str:
    """What was run again, and how it agrees with what was published."""
    words = RERUN_WORDS[found.source]
    return f"{words} {agreement(found)}" if found.source == SIMULATION_A else words


def rerun_shown(found: Rerun, theme: Theme) -> list[html.Div]:
    """Score and Davies-Bouldin index against the setting, and against each other."""
    ranks = rank_correlation(
        found.column("score"), found.column("davies_bouldin"), np.random.default_rng(0)
    )
    n = found.runs[0].n_points
    under = {
        "score": html.Div(f"n = {n:,} of 4,000 points"),
        "index": html.Div("n = 4,000 points, no error"),
        "both": rank_text(ranks, "the Davies-Bouldin index of K-Means"),
    }
    return [run_figure(figure, under[key]) for key, figure in rerun_figures(found, theme).items()]


def run_figure(figure: Figure, under: html.Div) -> html.Div:
    """One of the small graphs, with a line or two under it."""
    graph = dcc.Graph(
        figure=figure, className="lab-graph", responsive=True, config={"displayModeBar": False}
    )
    return html.Div([graph, html.Div(under, className="lab-rank")], className="lab-run")


def rank_text(ranks: RankCorrelation, name: str) -> html.Div:
    """A rank correlation with its n, its p-value and what chance gives."""
    if np.isnan(ranks.rho):
        return html.Div(f"ρ undefined, n = {ranks.n}")
    why = (
        f"Spearman's rank correlation of the score with {name} over {ranks.n} values, each the "
        f"mean of its draws. Of {N_PERMUTATIONS:,} random pairings of the same values, 95 % have a "
        f"ρ from {ranks.low:.2f} to {ranks.high:.2f}; p is the share as far from 0 as this one."
    )
    return html.Div(
        [
            html.Strong(f"ρ = {ranks.rho:+.2f}".replace("-", "−")),
            f", n = {ranks.n}, p = {number_text(ranks.p_value, '.2g')}",
            html.Br(),
            f"by chance {ranks.low:+.2f} to {ranks.high:+.2f}".replace("-", "−"),
        ],
        title=why,
    )


def register_runs(app: Dash, jobs: Jobs) -> None:
    """Start a run at the button, watch it, and show what it has come to."""

    @app.callback(
        Output(ids.LAB_JOB, "data"),
        Output(ids.LAB_RUN_TEXT, "children"),
        Output(ids.LAB_RUN_FIGURES, "children"),
        Input(ids.LAB_RUN, "n_clicks"),
        Input(ids.LAB_SOURCE, "value"),
        State(ids.LAB_ASKED, "data"),
        State(ids.LAB_SWEPT, "value"),
        State(ids.PAGE_ID, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (no_update, message(said), no_update))
    def run(clicks, source, values, swept, page):
        wanted, name = asked(values, source=source), f"{page}.{KIND}"
        if ctx.triggered_id == ids.LAB_SOURCE and source == SCENE:  # a sweep waits for the button
            jobs.cancel(name)
            return no_update, HINT, None
        job = jobs.start(name, *run_work(wanted, swept))
        return {"name": job.name, "clicks": clicks}, no_update, no_update

    follow_job(app, ids.LAB_JOB, ids.LAB_BAR, ids.LAB_RAN)

    @app.callback(
        Output(ids.LAB_RUN_FIGURES, "children", allow_duplicate=True),
        Output(ids.LAB_RUN_TEXT, "children", allow_duplicate=True),
        Input(ids.LAB_RAN, "data"),
        Input(ids.THEME, "data"),
        prevent_initial_call=True,
    )
    def show_run(told, theme):
        name = told.get("name") if isinstance(told, dict) else None
        job = jobs.get(name) if isinstance(name, str) else None
        result = job.result if job else None
        if isinstance(result, Sweep):
            return sweep_shown(result, theme_of(theme)), sweep_text(result)
        if isinstance(result, Rerun):
            return rerun_shown(result, theme_of(theme)), rerun_text(result)
        return no_update, no_update
