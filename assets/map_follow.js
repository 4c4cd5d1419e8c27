// The maps and the page: Dash's stores come in through `follow`, gestures of plotly are listened to,
// and what a link holds of the maps is given and taken.
"use strict";

(() => {
  const M = window.morphospace_map;
  const { state } = M;
  const POLL_MS = 100, HIDDEN_POLL_MS = 300;
  const NEARLY = 1e-3;
  const metas = new Map(); // checkpoint -> promise
  const same = () => window.dash_clientside.no_update;

  function metaOf(checkpoint) {
    if (!metas.has(checkpoint)) {
      const where = `/collections/${state.digest}/map/meta?checkpoint=${encodeURIComponent(checkpoint)}`;
      const answer = fetch(where).then((reply) => (reply.ok ? reply.json() : null)).catch(() => null);
      metas.set(checkpoint, answer.then((meta) => { if (!meta) metas.delete(checkpoint); return meta; }));
    }
    return metas.get(checkpoint);
  }

  // ---- a map that is to be shown -------------------------------------------------------------------

  // plotly draws when it is loaded, which may be after the page is there; and a map that is hidden,
  // as on a phone that shows something else, begins when it is seen.
  async function plotThere(map, checkpoint) {
    while (map.checkpoint === checkpoint) {
      if (M.plotOf(map) && map.frame.clientWidth) return M.plotOf(map);
      const wait = map.frame.clientWidth ? POLL_MS : HIDDEN_POLL_MS;
      await new Promise((go) => setTimeout(go, wait));
    }
    return null;
  }

  async function begin(map) {
    const { checkpoint } = map;
    map.frame.dataset.state = "loading";
    const [meta, plot] = await Promise.all([metaOf(checkpoint), plotThere(map, checkpoint)]);
    if (map.checkpoint !== checkpoint || !plot) return;
    if (!meta) { M.tellMap(map, `The map of '${checkpoint}' cannot be had from the server.`); return; }
    map.meta = meta;
    listen(map, plot);
    setMode(map);
    if (map.wanted) { M.look(map, map.wanted); map.wanted = null; } else goWithOthers(map);
    M.showMinimap(map);
    tellMoved(map);
    M.refreshSoon(map);
  }

  // Linked maps look at one place, and the whole of one is the whole of all.
  function goWithOthers(map) {
    const leader = state.linked && M.shown().find((other) => other !== map && !other.isHome);
    if (leader && map.isHome) { M.look(map, M.viewOf(leader)); return; }
    fitAgain();
  }
  function fitAgain() { for (const each of M.shown()) if (each.isHome) M.fitAlone(each); }

  function end(map) {
    for (const kind of Object.keys(map.aborts)) M.breakOff(map, kind);
    clearTimeout(map.rest);
    map.turn = (map.turn ?? 0) + 1;
    M.clearSheet(map);
    map.over?.remove();
    Object.assign(map, { over: null, marks: [], meta: null, isHome: true, farKey: null, farShown: -1 });
    delete map.frame.dataset.state;
  }

  function listen(map, plot) {
    if (plot.dataset.listened) return;
    plot.dataset.listened = "yes";
    M.listenToStrokes(map, plot);
    M.listenToPointer(map, plot);
    plot.on("plotly_relayouting", () => { move(map); leadSoon(map); });
    plot.on("plotly_relayout", (change) => {
      const isGesture = !map.nLooks && Object.keys(change).some((key) => key.startsWith("xaxis."));
      if (isGesture) { map.isHome = isHome(map); leadSoon(map); }
      move(map);
    });
    plot.on("plotly_afterplot", () => move(map));
    plot.addEventListener("mousedown", (event) => { if (event.detail === 2) M.fit(map); }, true);
    new ResizeObserver(() => resize(map)).observe(map.frame);
  }

  // Linked maps go along with a gesture, as often as the screen is drawn.
  let leading = 0;
  function leadSoon(map) {
    if (!state.linked || M.shown().length < 2) return;
    cancelAnimationFrame(leading);
    leading = requestAnimationFrame(() => { if (M.isShown(map)) M.lead(map, M.viewOf(map), map.isHome); });
  }

  function move(map) {
    if (!M.isShown(map)) return;
    const view = M.viewOf(map);
    M.moveSheet(map);
    M.moveMarks(map);
    M.moveTrails(map);
    if (map.id === "map") M.moveMorph();
    M.moveMinimap(map);
    M.hoverAgain(map);
    if (!map.seen || !M.isSame(map.seen, view)) { map.seen = view; M.refreshSoon(map); }
  }

  function resize(map) {
    const plot = M.plotOf(map);
    if (!plot || !M.isShown(map)) return;
    clearTimeout(map.resizing);
    map.resizing = setTimeout(async () => {
      if (!M.isShown(map)) return;
      await window.Plotly.Plots.resize(plot);
      if (map.isHome) M.fitAlone(map);
      move(map);
    }, 60);
  }

  // Whether the whole map is in view, and no more than the window's shape makes it.
  function isHome(map) {
    const view = M.viewOf(map), home = M.wholeOf(map);
    const [wide, high] = [view.x1 - view.x0, view.y1 - view.y0];
    const room = { x0: view.x0 - NEARLY * wide, x1: view.x1 + NEARLY * wide,
      y0: view.y0 - NEARLY * high, y1: view.y1 + NEARLY * high };
    const isTight = wide / (home.x1 - home.x0) < 1 + NEARLY || high / (home.y1 - home.y0) < 1 + NEARLY;
    return M.contains(room, home) && isTight;
  }

  function setMode(map) {
    const plot = M.plotOf(map);
    const line = getComputedStyle(document.documentElement).getPropertyValue("--selected").trim();
    if (!plot) return;
    if (plot._fullLayout.dragmode === state.mode && map.line === line) return;
    map.line = line;
    window.Plotly.relayout(plot, { dragmode: state.mode, "newselection.line.color": line || "#ffc857" });
  }

  // ---- galaxies ------------------------------------------------------------------------------------

  const inspect = (row) => window.dash_clientside.set_props("query", { data: row });

  // Of linked maps the first: the others look where it looks.
  async function centreOn(row) {
    for (const map of state.linked ? M.shown().slice(0, 1) : M.shown()) {
      const known = await M.placeOf(map, row);
      if (known && M.isShown(map)) M.centre(map, known.x, known.y);
    }
  }

  document.addEventListener("click", (event) => {
    const galaxy = event.target.closest?.("[data-row]");
    if (!galaxy) return;
    const row = Number(galaxy.dataset.row);
    inspect(row);
    if (galaxy.dataset.center !== undefined) centreOn(row);
  });

  // ---- the page ------------------------------------------------------------------------------------

  // How the value of each store is kept here.
  const HELD = {
    paint: (paint) => ({ paint: paint?.id ?? null }),
    selected: (selected) => ({ selected: selected?.id ?? "" }),
    hidden: (hidden) => ({ hidden: (hidden ?? []).join(",") }),
    theme: (theme) => ({ theme: theme ?? document.documentElement.dataset.theme ?? "dark" }),
    selection: (selection) => ({ selection }),
    query: (query) => ({ query: query ?? null }),
  };

  // Which checkpoint the first map shows, and what is shown on them; `held` as in HELD, in its order. These
  // come with the page. What changes later comes by `hold`, each store by itself: one callback for
  // all would wait for the slowest.
  function follow(digest, checkpoint, cutouts, size, minimap, ...held) {
    Object.keys(HELD).forEach((name, number) => Object.assign(state, HELD[name](held[number])));
    Object.assign(state, { digest, cutouts, size, minimap });
    const before = M.maps.get("map")?.checkpoint;
    show("map", checkpoint ?? null);
    watchMore();
    if (before !== checkpoint) for (const map of M.shown()) tellMoved(map); // it is from the first map's
    redraw();
    return same();
  }

  function show(id, checkpoint) {
    const map = M.mapOf(id);
    if (!map || map.checkpoint === checkpoint) return;
    map.checkpoint = checkpoint;
    M.hideCard();
    if (wantedViews[id] !== undefined) giveView(map, wantedViews[id]);
    delete wantedViews[id];
    if (checkpoint) begin(map); else end(map);
  }

  // The maps of compared checkpoints come and go with their frames.
  let watched = null;
  function watchMore() {
    const place = document.getElementById("more-maps");
    if (!place || watched === place) return;
    watched = place;
    new MutationObserver(showMore).observe(place, { childList: true });
    new MutationObserver(showMore).observe(place, { subtree: true, attributeFilter: ["data-checkpoint"] });
    showMore();
  }

  function showMore() {
    const there = new Set(["map"]);
    for (const frame of watched.children) {
      const { id } = frame.querySelector(".map-graph");
      there.add(id);
      show(id, frame.dataset.checkpoint);
    }
    for (const [id, map] of [...M.maps]) {
      if (there.has(id)) continue;
      map.checkpoint = null;
      end(map);
      M.maps.delete(id);
    }
    fitAgain();
    document.dispatchEvent(new CustomEvent("morphospace:maps"));
  }

  // How far galaxies have moved from the first map: more than chance moves them, or not.
  async function tellMoved(map) {
    const place = map.frame.querySelector(".map-moved"), onto = M.mapOf("map")?.checkpoint;
    if (!onto || !map.checkpoint) return;
    const { checkpoint } = map;
    const asked = new URLSearchParams({ checkpoint, onto });
    const reply = await fetch(`/collections/${state.digest}/map/moved?${asked}`, { cache: "no-store" }).catch(() => null);
    const { text } = reply?.ok ? await reply.json() : { text: "" };
    if (map.checkpoint === checkpoint && place.textContent !== text) place.textContent = text;
  }

  function hold(name, value) {
    const before = JSON.stringify(state);
    Object.assign(state, HELD[name](value));
    if (state.digest && JSON.stringify(state) !== before && name !== "selection") redraw();
    return same();
  }

  function redraw() {
    M.askTrails();
    M.renewMorph();
    for (const map of M.shown()) {
      M.refreshSoon(map);
      M.showMinimap(map);
      M.moveMarks(map);
      setMode(map);
    }
  }

  const wantedViews = {}; // of maps whose frame is not there yet
  function giveView(map, view) {
    if (!M.isShown(map)) { map.wanted = view; map.isHome = !view; } else if (view) M.look(map, view);
    else M.fitAlone(map);
  }

  // A link, or what is kept, may set the views before the maps are there.
  (window.morphospace_states ||= []).push({
    name: "map",
    get() {
      const ends = (map) => {
        if (!M.isShown(map) || map.isHome) return null;
        const { x0, x1, y0, y1 } = M.viewOf(map);
        return [x0, x1, y0, y1];
      };
      return { views: Object.fromEntries([...M.maps.values()].map((map) => [map.id, ends(map)])) };
    },
    set(value) {
      for (const [id, ends] of Object.entries(value?.views ?? {})) {
        if (!/^map(-[2-6])?$/.test(id)) continue;
        const isView = Array.isArray(ends) && ends.length === 4 && ends.every(Number.isFinite);
        const view = isView ? { x0: ends[0], x1: ends[1], y0: ends[2], y1: ends[3] } : null;
        const map = M.mapOf(id);
        if (map) giveView(map, view); else wantedViews[id] = view;
      }
    },
  });

  M.add({ inspect, centreOn });
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace: {
      follow,
      hold,
      nextFar(clicks) { if (clicks) M.nextFar(M.mapOf("map")); return same(); },
      dragMode(mode) {
        state.mode = mode;
        for (const map of M.shown()) setMode(map);
        return same();
      },
      tellMoved() { for (const map of M.shown()) tellMoved(map); return same(); },
      choose(name, isOn) {
        state[name] = isOn;
        if (name === "linked") fitAgain();
        document.dispatchEvent(new CustomEvent("morphospace:maps"));
        return same();
      },
      export(clicks, ...asked) { if (clicks) M.exportMaps(...asked); return same(); },
    },
  });
})();
