// The curve of eps(r): dragging over it brushes a range of separations. State goes into Dash's
// stores; what is lit up by it, map and candidates, is drawn by Dash callbacks.
"use strict";

(() => {
  const IDS = { graph: "correlation", brush: "brush", selection: "selection", told: "export-told" };
  const MIN_DRAG_PX = 4;

  const page = { selection: null, checkpoint: null, measure: null, id: null };
  let brush = null; // { lower, upper } in RMS separations, as in the store
  let drag = null; // { from, to } in pixels of the window while the mouse is down
  let strip = null; // the element that shows either

  const plotOf = () => document.querySelector(`#${IDS.graph} .js-plotly-plot`);
  const setBrush = (range) => window.dash_clientside.set_props(IDS.brush, { data: range });

  // ---- between the screen and separations ------------------------------------------------------

  const told = (plot) => plot?.layout?.meta; // { edges, per_rms }: see dashboard/curves.py

  function within(plot, clientX) {
    const { xaxis } = plot._fullLayout;
    const left = plot.getBoundingClientRect().left + xaxis._offset;
    return Math.min(Math.max(clientX - left, 0), xaxis._length);
  }

  // The whole bins that a stroke touches: neighbors are counted bin by bin.
  function binsUnder(plot, { from, to }) {
    const { edges, per_rms } = told(plot);
    const ends = [from, to].map((x) => plot._fullLayout.xaxis.p2d(within(plot, x))).sort((a, b) => a - b);
    let first = 0, last = edges.length - 1;
    while (first < edges.length - 2 && edges[first + 1] <= ends[0]) first += 1;
    while (last > first + 1 && edges[last - 1] >= ends[1]) last -= 1;
    return { lower: edges[first] / per_rms, upper: edges[last] / per_rms };
  }

  // ---- the strip -------------------------------------------------------------------------------

  function draw() {
    const plot = plotOf();
    const frame = document.getElementById(IDS.graph)?.parentElement;
    if (!plot?._fullLayout?.xaxis || !told(plot) || !frame) return;
    if (!strip || !frame.contains(strip)) {
      strip = document.createElement("div");
      strip.className = "brush-strip";
      strip.appendChild(document.createElement("span"));
      frame.appendChild(strip);
    }
    const range = drag ? binsUnder(plot, drag) : brush;
    strip.hidden = !range || (drag !== null && Math.abs(drag.to - drag.from) < MIN_DRAG_PX);
    if (strip.hidden) return;
    const { xaxis, yaxis } = plot._fullLayout;
    const { per_rms } = told(plot);
    const reach = [0, xaxis._length];
    const pixel = (value) => (xaxis.type === "log" && value <= 0 ? reach[0] : xaxis.d2p(value));
    const [left, right] = [range.lower, range.upper]
      .map((value) => Math.min(Math.max(pixel(value * per_rms), reach[0]), reach[1]));
    const box = plot.getBoundingClientRect(), ground = frame.getBoundingClientRect();
    Object.assign(strip.style, {
      left: `${box.left - ground.left + xaxis._offset + left}px`,
      top: `${box.top - ground.top + yaxis._offset}px`,
      width: `${Math.max(right - left, 1)}px`,
      height: `${yaxis._length}px`,
    });
    const digits = (value) => Number(value.toPrecision(3));
    strip.firstChild.textContent = `${digits(range.lower)}–${digits(range.upper)}`;
    strip.classList.toggle("flipped", left > xaxis._length / 2);
  }

  // ---- the pointer -----------------------------------------------------------------------------

  function isOverBins(plot, event) {
    const box = plot.getBoundingClientRect();
    const { xaxis, yaxis } = plot._fullLayout;
    const x = event.clientX - box.left - xaxis._offset, y = event.clientY - box.top - yaxis._offset;
    return x >= 0 && x <= xaxis._length && y >= 0 && y <= yaxis._length;
  }

  function press(event) {
    const plot = event.target.closest?.(`#${IDS.graph} .js-plotly-plot`);
    if (!plot || event.button !== 0 || !told(plot) || !isOverBins(plot, event)) return;
    event.preventDefault(); // plotly is not to answer the press with a drag of its own
    drag = { from: event.clientX, to: event.clientX };
  }

  function move(event) {
    if (!drag) return;
    drag.to = event.clientX;
    draw();
  }

  function release(event) {
    if (!drag) return;
    const plot = plotOf();
    const stroke = { ...drag, to: event.clientX };
    drag = null;
    if (plot && told(plot) && Math.abs(stroke.to - stroke.from) >= MIN_DRAG_PX) {
      brush = binsUnder(plot, stroke);
      setBrush(brush);
    }
    draw();
  }

  function clear() {
    if (!brush) return false;
    brush = null;
    setBrush(null);
    draw();
    return true;
  }

  document.addEventListener("pointerdown", press, true);
  document.addEventListener("pointermove", move, true);
  document.addEventListener("pointerup", release, true);
  document.addEventListener("pointercancel", () => { drag = null; draw(); }, true);
  document.addEventListener("dblclick", (event) => {
    if (event.target.closest?.(`#${IDS.graph}`)) clear();
  }, true);

  // ---- bumps -----------------------------------------------------------------------------------

  const rangeIn = (text) => {
    const [lower, upper] = text.split(" ").map(Number);
    return { lower, upper };
  };

  // Those that make the excess at these separations, among the selected where some are.
  function selectExcess(range) {
    // The curve is of what steps and cuts select together.
    const before = window.morphospace_selecting.folded();
    const step = {
      op: before.length ? "intersect" : "set", kind: "excess", checkpoint: page.checkpoint,
      ...range, measure: page.measure,
    };
    window.dash_clientside.set_props(IDS.selection, { data: { steps: [...before, step] } });
    clear(); // it was of the curve as it was
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-brush], [data-excess]");
    if (!button) return;
    if (button.dataset.brush === "") clear();
    else if (button.dataset.brush !== undefined) setBrush(rangeIn(button.dataset.brush));
    else selectExcess(rangeIn(button.dataset.excess));
  });

  // ---- the curve as a file ---------------------------------------------------------------------

  const tell = (text) => {
    window.dash_clientside.set_props(IDS.told, { children: text });
    if (text) setTimeout(tell, 8000, ""); // it was said of a selection that may not last
  };

  // Posted, for a lasso may be longer than an address; and fetched, for what is refused is told
  // here and not on a page of its own.
  async function download(address) {
    const fields = new URLSearchParams({
      checkpoint: page.checkpoint, selection: JSON.stringify(page.selection),
      measure: JSON.stringify(page.measure), page: page.id ?? "",
    });
    const reply = await fetch(address, { method: "POST", body: fields }).catch(() => null);
    if (!reply?.ok) {
      tell(reply ? "There is no curve to save." : "The server does not answer.");
      return;
    }
    const name = reply.headers.get("Content-Disposition")?.match(/filename="?([^";]+)/)?.[1];
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await reply.blob());
    link.download = name ?? "correlation.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    tell("");
  }

  // ---- the page --------------------------------------------------------------------------------

  function listen(tries = 100) {
    const plot = plotOf();
    if (!plot?.on) { // plotly draws when it is loaded, which may be after the figure came
      if (tries) setTimeout(() => listen(tries - 1), 100);
      return;
    }
    if (!plot.dataset.brushed) {
      plot.dataset.brushed = "yes";
      plot.on("plotly_afterplot", draw);
    }
    draw();
  }

  window.morphospace_brush = { clear };
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_correlation: {
      listen() { listen(); return window.dash_clientside.no_update; },
      show(range) {
        brush = range ?? null;
        draw();
        return window.dash_clientside.no_update;
      },
      download(clicks, address) {
        if (clicks) download(address);
        return window.dash_clientside.no_update;
      },
      follow(selection, checkpoint, measure, id) {
        Object.assign(page, { selection, checkpoint, measure, id });
        return window.dash_clientside.no_update;
      },
    },
  });
})();
