// Trails: the path of the inspected galaxy, and of some selected ones, over the maps of a run. They
// lie on every map, for the maps are aligned; faint where training begins, bright where it ends.
"use strict";

(() => {
  const M = window.morphospace_map;
  const { state } = M;
  const DOT_PX = 2.5;
  const LEAST = 0.12; // opacity of the first step
  let drawn = null; // { key, checkpoints, labels, nSelected, trails }

  // The checkpoints of the series that one is of, [[name, label], ...]; see dashboard/compared.py.
  function seriesOf(checkpoint) {
    const known = JSON.parse(document.getElementById("morph")?.dataset.series ?? "[]");
    return known.find((series) => series.some(([name]) => name === checkpoint)) ?? [];
  }

  function asked(map) {
    const series = seriesOf(map.checkpoint);
    const isAsked = state.trails && series.length > 1 && (state.query !== null || state.selected !== "");
    if (!isAsked) return null;
    const more = { checkpoints: series.map(([name]) => name).join(",") };
    if (state.query !== null) more.query = state.query;
    return { where: M.address(map, "trails", more), series };
  }

  let turn = 0;
  async function ask() {
    const map = M.maps.get("map");
    if (!map || !M.isShown(map)) return;
    const question = asked(map);
    if (!question) { drawn = null; drawAll(); return; }
    if (drawn?.key === question.where) { drawAll(); return; }
    const mine = (turn += 1);
    const reply = await M.askJson(map, "trails", question.where).catch(() => null);
    if (!reply || mine !== turn) return;
    drawn = { key: question.where, series: question.series, ...reply };
    drawAll();
  }

  let timer = 0;
  const askSoon = () => { clearTimeout(timer); timer = setTimeout(ask, 60); };

  // ---- drawing -------------------------------------------------------------------------------------

  const drawAll = () => { for (const map of M.shown()) draw(map); };

  function canvasOf(map) {
    if (!map.trails?.isConnected) {
      map.trails = document.createElement("canvas");
      map.trails.className = "map-trails";
      map.frame.querySelector(".map-layer")?.after(map.trails);
    }
    return map.trails;
  }

  function draw(map) {
    if (!drawn) { map.trails?.remove(); map.trails = null; return; }
    const view = M.viewOf(map), canvas = canvasOf(map), ratio = window.devicePixelRatio || 1;
    const width = Math.round(map.frame.clientWidth * ratio), height = Math.round(map.frame.clientHeight * ratio);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    Object.assign(canvas.style, { width: `${width / ratio}px`, height: `${height / ratio}px` });
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const style = getComputedStyle(document.documentElement);
    const colors = { selected: style.getPropertyValue("--selected").trim(), query: style.getPropertyValue("--ink").trim() };
    const faint = Math.min(0.9, Math.max(0.25, 12 / drawn.trails.length)); // many lie over each other
    for (const [row, path] of drawn.trails) {
      const isQuery = row === state.query;
      const places = path.map(([x, y]) => M.toPixels(view, x, y));
      const look = isQuery ? { color: colors.query, width: 2.5, alpha: 0.9 } : { color: colors.selected, width: 1, alpha: faint };
      drawPath(context, places, look);
      if (isQuery) tellEnds(context, places, colors.query);
    }
    canvas.dataset.n = drawn.trails.length;
    say(map);
  }

  function drawPath(context, places, { color, width, alpha }) {
    context.strokeStyle = context.fillStyle = color;
    context.lineWidth = width;
    context.lineCap = "round";
    for (let step = 1; step < places.length; step += 1) {
      context.globalAlpha = alpha * (LEAST + (1 - LEAST) * (step / (places.length - 1)));
      context.beginPath();
      context.moveTo(...places[step - 1]);
      context.lineTo(...places[step]);
      context.stroke();
    }
    context.globalAlpha = Math.min(1, 2 * alpha);
    context.beginPath();
    context.arc(...places.at(-1), width > 2 ? DOT_PX + 1 : DOT_PX, 0, 2 * Math.PI);
    context.fill();
    context.globalAlpha = 1;
  }

  // Where the inspected galaxy was at each checkpoint, in words where they do not lie on each other.
  function tellEnds(context, places, color) {
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = color;
    const told = [];
    places.forEach(([x, y], step) => {
      context.beginPath();
      context.arc(x, y, DOT_PX, 0, 2 * Math.PI);
      context.fill();
      if (told.some(([a, b]) => Math.abs(a - x) < 60 && Math.abs(b - y) < 14)) return;
      told.push([x, y]);
      context.fillText(drawn.series[step][1], x + 7, y - 7);
    });
  }

  function say(map) {
    const n = drawn.trails.length - (drawn.trails.some(([row]) => row === state.query) ? 1 : 0);
    if (map.id !== "map" || !drawn.n_selected || n >= drawn.n_selected || drawn.told) return;
    drawn.told = true;
    M.noteMap(map, `Trails of ${n.toLocaleString("en-US")} of ${drawn.n_selected.toLocaleString("en-US")} selected, drawn at random`);
  }

  document.addEventListener("morphospace:maps", askSoon);
  M.add({ moveTrails: draw, askTrails: askSoon, seriesOf });
})();
