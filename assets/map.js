// What follows the pointer on the maps: hover card, cutouts, rings. State comes from Dash's stores
// through `follow`; pictures and facts come from plain cached routes; nothing here keeps results.
"use strict";

(() => {
  const HOVER_DELAY_MS = 120;
  const REFRESH_DELAY_MS = 90;
  const CUTOUT_PX = 44;
  const IDS = { selection: "selection", query: "query" };

  const state = { digest: null, checkpoints: {}, query: null, cutouts: true };
  const overlays = new Map(); // graph id -> { frame, layer, marks }
  const facts = new Map(); // address -> promise of JSON
  const modifiers = { add: false, remove: false };
  const card = { element: null, timer: null, row: null };

  // ---- plain routes --------------------------------------------------------------------------

  const base = () => `/collections/${state.digest}`;
  const cutoutUrl = (row) => `${base()}/cutouts/${row}`;

  function fetchFacts(row, checkpoint) {
    const address = `${base()}/galaxies/${row}?checkpoint=${encodeURIComponent(checkpoint)}`;
    if (!facts.has(address)) {
      if (facts.size > 2000) facts.clear();
      const answer = fetch(address).then((reply) => (reply.ok ? reply.json() : Promise.reject(reply)));
      facts.set(address, answer.catch(() => { facts.delete(address); return null; }));
    }
    return facts.get(address);
  }

  // ---- geometry ------------------------------------------------------------------------------

  const plotOf = (id) => document.querySelector(`#${id} .js-plotly-plot`);

  function toPixels(plot, x, y) {
    const { xaxis, yaxis } = plot._fullLayout;
    return [xaxis._offset + xaxis.l2p(x), yaxis._offset + yaxis.l2p(y)];
  }

  function inView(plot, [px, py]) {
    const { xaxis, yaxis } = plot._fullLayout;
    return px > xaxis._offset && px < xaxis._offset + xaxis._length
      && py > yaxis._offset && py < yaxis._offset + yaxis._length;
  }

  // ---- overlay: cutouts and rings --------------------------------------------------------------

  function overlayOf(id) {
    const frame = document.getElementById(id)?.closest(".map-frame");
    if (!frame) return null;
    let overlay = overlays.get(id);
    if (!overlay || !frame.contains(overlay.layer)) {
      const layer = document.createElement("div");
      layer.className = "map-overlay";
      frame.appendChild(layer);
      overlay = { frame, layer, marks: [], request: 0 };
      overlays.set(id, overlay);
    }
    return overlay;
  }

  function addMark(overlay, kind, row, x, y) {
    const element = document.createElement(kind === "cutout" ? "img" : "div");
    element.className = `map-mark ${kind}`;
    element.dataset.markRow = row;
    if (kind === "cutout") {
      element.src = cutoutUrl(row);
      element.alt = "";
      element.draggable = false;
    }
    overlay.layer.appendChild(element);
    overlay.marks.push({ element, kind, row, x, y });
  }

  function place(id) {
    const overlay = overlays.get(id);
    const plot = plotOf(id);
    if (!overlay || !plot?._fullLayout?.xaxis) return;
    for (const mark of overlay.marks) {
      const at = toPixels(plot, mark.x, mark.y);
      mark.at = inView(plot, at) ? at : null;
      mark.element.style.display = mark.at ? "" : "none";
      mark.element.style.transform = `translate(-50%, -50%) translate(${at[0]}px, ${at[1]}px)`;
    }
  }

  async function refresh(id) {
    const overlay = overlayOf(id);
    const plot = plotOf(id);
    const checkpoint = state.checkpoints[id];
    if (!overlay || !plot?._fullLayout?.xaxis || !checkpoint) return;
    const request = ++overlay.request;
    const [cutouts, query] = await Promise.all([
      state.cutouts ? fetchCutouts(plot, checkpoint) : [],
      state.query === null ? null : fetchFacts(state.query, checkpoint),
    ]);
    if (request !== overlay.request) return; // a newer view was asked for meanwhile
    overlay.layer.replaceChildren();
    overlay.marks = [];
    for (const [row, x, y] of cutouts) addMark(overlay, "cutout", row, x, y);
    for (const near of query?.neighbors ?? []) addMark(overlay, "neighbor", near.row, near.x, near.y);
    if (query) addMark(overlay, "query", query.row, query.x, query.y);
    place(id);
  }

  async function fetchCutouts(plot, checkpoint) {
    const { xaxis, yaxis } = plot._fullLayout;
    const [x0, x1] = xaxis.range, [y0, y1] = yaxis.range;
    const cell = CUTOUT_PX * 1.5;
    const view = new URLSearchParams({
      checkpoint, x0, x1, y0, y1,
      columns: Math.max(1, Math.floor(xaxis._length / cell)),
      rows: Math.max(1, Math.floor(yaxis._length / cell)),
    });
    const reply = await fetch(`${base()}/map-cutouts?${view}`).catch(() => null);
    return reply?.ok ? (await reply.json()).cutouts : [];
  }

  const pending = {};
  function refreshSoon(id) {
    clearTimeout(pending[id]);
    pending[id] = setTimeout(() => refresh(id), REFRESH_DELAY_MS);
  }

  // ---- hover card and click ----------------------------------------------------------------------

  function cutoutUnder(id, event) {
    const overlay = overlays.get(id);
    const box = overlay?.layer.getBoundingClientRect();
    if (!box) return null;
    const px = event.clientX - box.left, py = event.clientY - box.top;
    const half = CUTOUT_PX / 2;
    const hit = overlay.marks.find((mark) => mark.kind === "cutout" && mark.at
      && Math.abs(mark.at[0] - px) <= half && Math.abs(mark.at[1] - py) <= half);
    return hit ? hit.row : null;
  }

  function showCard(row, id, event) {
    if (row === card.row) return;
    clearTimeout(card.timer);
    card.row = row;
    card.timer = setTimeout(async () => {
      const known = await fetchFacts(row, state.checkpoints[id]);
      if (known && card.row === row) fillCard(known, event);
    }, HOVER_DELAY_MS);
  }

  function hideCard() {
    clearTimeout(card.timer);
    card.row = null;
    card.element?.classList.remove("shown");
  }

  function fillCard(known, event) {
    if (!card.element) {
      card.element = document.createElement("div");
      card.element.className = "hover-card";
      card.element.setAttribute("role", "tooltip");
      document.body.appendChild(card.element);
    }
    const lines = document.createElement("dl");
    for (const [name, value] of known.summary) {
      const term = document.createElement("dt"), text = document.createElement("dd");
      term.textContent = name;
      text.textContent = value;
      lines.append(term, text);
    }
    const parts = [lines];
    if (known.has_cutout) {
      const picture = document.createElement("img");
      picture.src = cutoutUrl(known.row);
      picture.alt = "";
      parts.unshift(picture);
    }
    card.element.replaceChildren(...parts);
    card.element.dataset.cardRow = known.row;
    card.element.classList.add("shown");
    const box = card.element.getBoundingClientRect();
    const flipX = event.clientX + 20 + box.width > window.innerWidth;
    const flipY = event.clientY + 20 + box.height > window.innerHeight;
    card.element.style.left = `${flipX ? event.clientX - 20 - box.width : event.clientX + 20}px`;
    card.element.style.top = `${flipY ? event.clientY - 20 - box.height : event.clientY + 20}px`;
  }

  const inspect = (row) => window.dash_clientside.set_props(IDS.query, { data: row });

  async function center(row) {
    for (const id of Object.keys(state.checkpoints)) {
      const plot = plotOf(id);
      const known = state.checkpoints[id] && plot ? await fetchFacts(row, state.checkpoints[id]) : null;
      if (!known) continue;
      const { xaxis, yaxis } = plot._fullLayout;
      const x = xaxis.range.map((limit) => limit - (xaxis.range[0] + xaxis.range[1]) / 2 + known.x);
      const y = yaxis.range.map((limit) => limit - (yaxis.range[0] + yaxis.range[1]) / 2 + known.y);
      held[id] = { ...held[id], "xaxis.range": x, "yaxis.range": y };
      window.Plotly.relayout(plot, held[id]);
    }
  }

  // What this script has set on a plot. Plotly keeps what a user did through a new figure, but not
  // what a script did: it is set again after each.
  const held = {};
  const home = {}; // graph id -> ranges of x and y that show the whole map
  const stale = new Set();

  function holdOn(id, plot) {
    if (!stale.delete(id) || !held[id]) return;
    const { xaxis, dragmode } = plot._fullLayout;
    const range = held[id]["xaxis.range"];
    const moved = range && Math.abs(range[0] - xaxis.range[0]) > 1e-3 * Math.abs(range[1] - range[0]);
    if (moved || (held[id].dragmode && held[id].dragmode !== dragmode)) {
      window.Plotly.relayout(plot, held[id]);
    }
  }

  function letGo(id, change) { // the user has moved the view: it is theirs again
    const ours = change["xaxis.range"] && change["xaxis.range"] === held[id]?.["xaxis.range"];
    if (!ours && Object.keys(change).some((key) => key.startsWith("xaxis."))) forgetRange(id);
  }

  function forgetRange(id) {
    delete held[id]?.["xaxis.range"];
    delete held[id]?.["yaxis.range"];
  }

  function fit() {
    for (const id of Object.keys(state.checkpoints)) {
      const plot = plotOf(id);
      forgetRange(id);
      if (plot?._fullLayout?.xaxis && home[id]) {
        const [x, y] = home[id];
        window.Plotly.relayout(plot, { "xaxis.range": [...x], "yaxis.range": [...y] });
      }
    }
  }

  function listen(id, tries = 100) {
    const plot = plotOf(id);
    if (!plot?.on) { // plotly draws when it is loaded, which may be after the figure came
      if (tries) setTimeout(() => listen(id, tries - 1), 100);
      return;
    }
    if (plot.dataset.listened) return;
    plot.dataset.listened = "yes";
    let overCutout = null;
    let press = null;
    plot.on("plotly_hover", ({ points, event }) => {
      if (overCutout === null && points[0]?.customdata !== undefined) showCard(points[0].customdata, id, event);
    });
    plot.on("plotly_unhover", () => { if (overCutout === null) hideCard(); });
    plot.on("plotly_click", ({ points }) => {
      // A lasso that ends where it began is no click.
      if (press?.moved || press?.row != null || points[0]?.customdata === undefined) return;
      inspect(points[0].customdata);
    });
    plot.on("plotly_relayouting", () => place(id));
    plot.on("plotly_relayout", (change) => { letGo(id, change); place(id); refreshSoon(id); });
    plot.on("plotly_afterplot", () => { holdOn(id, plot); place(id); refreshSoon(id); });
    plot.addEventListener("mousemove", (event) => {
      overCutout = event.buttons ? null : cutoutUnder(id, event);
      if (overCutout !== null) showCard(overCutout, id, event);
    });
    plot.addEventListener("mouseleave", () => { overCutout = null; hideCard(); });
    plot.addEventListener("mousedown", pressWithoutKeys, true);
    document.addEventListener("mousedown", () => { press = null; }, true);
    plot.addEventListener("mousedown", (event) => {
      hideCard();
      if (event.detail === 2) fit(); // plotly tells of double clicks in some drag modes only
      press = { x: event.clientX, y: event.clientY, row: cutoutUnder(id, event), moved: false };
    }, true);
    // On the document: from the press on, plotly covers the page with a sheet of its own.
    document.addEventListener("mousemove", (event) => {
      if (press && Math.hypot(event.clientX - press.x, event.clientY - press.y) >= 4) press.moved = true;
    }, true);
    document.addEventListener("mouseup", () => {
      if (press && !press.moved && press.row !== null && plot.isConnected) inspect(press.row);
    }, true);
    place(id);
    refreshSoon(id);
  }

  // The outline has said what it had to: left in place it would catch clicks and show handles.
  function clearOutline(id) {
    const plot = plotOf(id);
    if (plot?.layout?.selections?.length) window.Plotly.relayout(plot, { selections: [] });
  }

  // plotly takes Ctrl for the right button, and Shift and Alt for its own outlines. The keys are
  // ours: they are noted, and the press goes on without them.
  function pressWithoutKeys(event) {
    if (event.button !== 0 || !event.isTrusted) return;
    modifiers.add = event.ctrlKey || event.metaKey || event.shiftKey;
    modifiers.remove = event.altKey;
    if (!modifiers.add && !modifiers.remove) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    const { bubbles, cancelable, view, detail, clientX, clientY, screenX, screenY, button, buttons } = event;
    event.target.dispatchEvent(new MouseEvent("mousedown", {
      bubbles, cancelable, view, detail, clientX, clientY, screenX, screenY, button, buttons,
    }));
  }

  // ---- the page ----------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const galaxy = event.target.closest?.("[data-row]");
    if (!galaxy) return;
    const row = Number(galaxy.dataset.row);
    inspect(row);
    if (galaxy.dataset.center !== undefined) center(row);
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("textarea, select, input:not([type=radio]):not([type=checkbox])")) return;
    const mode = { s: "lasso", b: "select", g: "pan" }[event.key];
    if (mode) window.dash_clientside.set_props("drag-mode", { value: mode });
    if (event.key === "f") fit();
    if (event.key === "Escape") leave(event);
  });

  const emptySelection = { steps: [] };

  // Escape takes back one thing: what has opened, the brushed range, then the selection.
  function leave(event) {
    if (event.target.closest("[role=dialog], [role=menu], [role=listbox]")) return;
    if (window.morphospace_brush?.clear()) return;
    window.dash_clientside.set_props(IDS.selection, { data: emptySelection });
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace: {
      // a lasso or box on a map -> one more step of the selection; never points, never ids
      select(drawn, checkpoint, selection, id) {
        const same = window.dash_clientside.no_update;
        if (!drawn || !checkpoint) return same;
        let shape = null;
        if (drawn.lassoPoints?.x.length > 2) shape = { kind: "polygon", x: drawn.lassoPoints.x, y: drawn.lassoPoints.y };
        else if (drawn.range) shape = { kind: "box", x: drawn.range.x, y: drawn.range.y };
        if (!shape) return same;
        setTimeout(() => clearOutline(id), 0);
        const before = selection?.steps ?? [];
        if (modifiers.remove && !before.length) return same;
        const op = modifiers.remove ? "remove" : modifiers.add && before.length ? "add" : "set";
        const step = { op, checkpoint, ...shape };
        return { steps: op === "set" ? [step] : [...before, step] };
      },
      fit(clicks) { if (clicks) fit(); return window.dash_clientside.no_update; },
      clear: (clicks) => (clicks ? emptySelection : window.dash_clientside.no_update),
      follow(digest, checkpoint, second, query, cutouts) {
        Object.assign(state, { digest, query: query ?? null, cutouts });
        state.checkpoints = { map: checkpoint, "map-second": second };
        hideCard();
        for (const id of Object.keys(state.checkpoints)) { listen(id); refreshSoon(id); }
        return window.dash_clientside.no_update;
      },
      listen(figure, id) {
        stale.add(id);
        // Not from the axes: plotly writes every zoom into the arrays it was given.
        home[id] = figure?.layout?.meta?.home ?? home[id];
        listen(id);
        return window.dash_clientside.no_update;
      },
      dragMode(mode) {
        for (const id of Object.keys(state.checkpoints)) {
          const plot = plotOf(id);
          held[id] = { ...held[id], dragmode: mode };
          if (plot?._fullLayout) window.Plotly.relayout(plot, { dragmode: mode });
        }
        return window.dash_clientside.no_update;
      },
    },
  });
})();
