// The morph: some galaxies at places between the maps of two checkpoints, played or by a slider. While
// it is open its canvas lies over the first map; where the slider rests at a checkpoint, the page
// shows that one, and its own map comes back.
"use strict";

(() => {
  const M = window.morphospace_map;
  const { state } = M;
  const MAGIC = 0x4d50, STEPS = 65_535;
  const STEP_MS = 1400; // from one checkpoint to the next
  const PAUSE_MS = 500;
  const PER_STEP = 100; // positions of the slider
  let morph = null; // { series, data, at, canvas, isPlaying }

  const bar = () => document.querySelector(".morph");
  const slider = () => bar()?.querySelector("input") ?? makeSlider();
  const first = () => M.maps.get("map");

  function makeSlider() {
    const input = Object.assign(document.createElement("input"), { type: "range", min: 0, step: 1, value: 0 });
    input.setAttribute("aria-label", "Moment of training");
    bar()?.querySelector(".morph-slider").append(input);
    return input;
  }

  // ---- what is shown ---------------------------------------------------------------------------------

  // The maps on the page in training order where several are compared, else the run of the first.
  function seriesShown() {
    const known = JSON.parse(document.getElementById("morph")?.dataset.series ?? "[]").flat();
    const shown = new Set(M.shown().map((map) => map.checkpoint));
    return shown.size > 1 ? known.filter(([name]) => shown.has(name)) : M.seriesOf(first().checkpoint);
  }

  // See dashboard/map_path.py for the order of the bytes.
  function decode(buffer) {
    const [magic, n, nShown, nCheckpoints, nGroups] = new Int32Array(buffer, 0, 8);
    if (magic !== MAGIC) throw new Error("The server sent something that is no list of galaxies.");
    const [x0, x1, y0, y1] = new Float32Array(buffer, 32, 4);
    let at = 48;
    const take = (Kind, length) => {
      const part = new Kind(buffer, at, length);
      at += Math.ceil(part.byteLength / 4) * 4;
      return part;
    };
    const ends = (steps, low, high) => Float32Array.from(steps, (step) => low + (step / STEPS) * (high - low));
    const maps = [];
    for (let number = 0; number < nCheckpoints; number += 1) {
      const x = ends(take(Uint16Array, n), x0, x1), y = ends(take(Uint16Array, n), y0, y1);
      maps.push({ x, y, group: take(Uint8Array, n) });
    }
    return {
      n, nShown, maps, row: take(Int32Array, n), flags: take(Uint8Array, n), palette: take(Uint8Array, 3 * nGroups),
      x: new Float32Array(n), y: new Float32Array(n),
    };
  }

  const keyOf = (series) => `${M.keyOf({ ...first(), checkpoint: series[0][0] })} ${series.map(([name]) => name)}`;

  async function load(series) {
    const map = first();
    const where = M.address({ checkpoint: series[0][0] }, "morph", { checkpoints: series.map(([name]) => name).join(",") });
    const reply = await M.ask(map, "morph", where);
    return reply && decode(await reply.arrayBuffer());
  }

  // ---- drawing ---------------------------------------------------------------------------------------

  const eased = (share) => share * share * (3 - 2 * share);

  function draw() {
    const map = first();
    if (!morph?.data || !map || !M.isShown(map)) return;
    const { data, series } = morph;
    const step = Math.min(Math.floor(morph.at), series.length - 2), share = eased(morph.at - step);
    const from = data.maps[step], to = data.maps[step + 1];
    for (let i = 0; i < data.n; i += 1) {
      data.x[i] = from.x[i] + (to.x[i] - from.x[i]) * share;
      data.y[i] = from.y[i] + (to.y[i] - from.y[i]) * share;
    }
    const view = M.viewOf(map), isSelected = state.selected !== "";
    const group = share < 0.5 ? from.group : to.group;
    const ratio = data.n > 8000 ? 1 : window.devicePixelRatio || 1;
    M.drawDots(canvasOf(map, view), { ...data, group, far: [] }, { ...view, home: M.homeOf(map) }, {
      ratio, isSelected, isOverRaster: false, nInView: data.n,
    });
    morph.canvas.dataset.at = morph.at.toFixed(2);
    tell(step, share);
  }

  function canvasOf(map, view) {
    if (!morph.canvas?.isConnected) {
      morph.canvas = Object.assign(document.createElement("canvas"), { className: "map-morph" });
      map.frame.append(morph.canvas);
    }
    Object.assign(morph.canvas.style, {
      left: `${view.left}px`, top: `${view.top}px`, width: `${view.width}px`, height: `${view.height}px`,
    });
    return morph.canvas;
  }

  function tell(step, share) {
    const { data, series, at } = morph, number = (n) => n.toLocaleString("en-US");
    const between = Number.isInteger(at) ? series[at][1] : `${series[step][1]} → ${series[step + 1][1]}, ${Math.round(100 * share)} %`;
    const drawn = data.n < data.nShown ? `${number(data.n)} of ${number(data.nShown)} galaxies, at random` : `${number(data.n)} galaxies`;
    bar().querySelector(".morph-told").textContent = `${between} · ${drawn}`;
  }

  // ---- playing ---------------------------------------------------------------------------------------

  function show(at) {
    morph.at = at;
    if (morph.canvas) morph.canvas.hidden = false;
    slider().value = Math.round(at * PER_STEP);
    slider().setAttribute("aria-valuetext", morph.series[Math.round(at)][1]);
    cancelAnimationFrame(morph.frame);
    morph.frame = requestAnimationFrame(draw);
  }

  function play() {
    const last = morph.series.length - 1;
    if (morph.at >= last) show(0);
    setPlaying(true);
    const { at: begin } = morph, since = performance.now(), each = STEP_MS + PAUSE_MS;
    const isStill = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const tick = (now) => {
      if (!morph?.isPlaying) return;
      const steps = begin + (now - since) / each, step = Math.floor(steps);
      const share = isStill ? 0 : Math.min(((steps - step) * each) / STEP_MS, 1);
      show(Math.min(step + share, last));
      if (step >= last) { setPlaying(false); settle(); } else requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  function setPlaying(isPlaying) {
    morph.isPlaying = isPlaying;
    const button = bar().querySelector(".morph-play");
    button.textContent = isPlaying ? "❚❚" : "▶";
    button.title = isPlaying ? "Pause (y)" : "Play (y)";
    button.setAttribute("aria-label", button.title);
  }

  // At rest on a checkpoint, the page shows it.
  function settle() {
    const near = Math.round(morph.at);
    if (Math.abs(near - morph.at) > 0.02) return;
    show(near);
    const [name] = morph.series[near];
    if (first().checkpoint !== name && M.shown().length < 2) {
      window.dash_clientside.set_props("checkpoint", { value: name });
    }
    giveWay(name, morph);
  }

  // Its own map comes back as soon as it is drawn, with every galaxy, cutouts and marks.
  function giveWay(name, mine) {
    if (morph !== mine || mine.isPlaying || mine.series[mine.at]?.[0] !== name) return;
    const { sheet, frame } = first();
    if (sheet?.checkpoint === name && frame.dataset.state === "drawn") mine.canvas.hidden = true;
    else setTimeout(() => giveWay(name, mine), 100);
  }

  async function open() {
    const map = first();
    if (!map || !M.isShown(map)) return;
    const series = seriesShown();
    if (series.length < 2) { M.noteMap(map, "This run has one checkpoint here: there is nothing to morph into."); return; }
    morph = { series, data: null, at: Math.max(series.findIndex(([name]) => name === map.checkpoint), 0), isPlaying: false, key: keyOf(series) };
    const mine = morph;
    const data = await load(series).catch((error) => { M.noteMap(map, error.message); return null; });
    if (morph !== mine) return;
    if (!data) { morph = null; return; }
    morph.data = data;
    Object.assign(slider(), { min: 0, max: (series.length - 1) * PER_STEP, step: 1 });
    bar().hidden = false;
    document.getElementById("morph").setAttribute("aria-pressed", "true");
    window.dispatchEvent(new Event("resize"));
    show(morph.at);
    play();
  }

  function close() {
    morph?.canvas?.remove();
    morph = null;
    if (!bar()) return;
    bar().hidden = true;
    document.getElementById("morph")?.setAttribute("aria-pressed", "false");
    window.dispatchEvent(new Event("resize"));
  }

  const toggle = () => { if (!morph) open(); else if (morph.isPlaying) setPlaying(false); else if (morph.data) play(); };

  // What is drawn has changed: colors, the selection, what is hidden, other checkpoints.
  async function renew() {
    if (!morph?.data) return;
    const shown = seriesShown(), names = (list) => list.map(([name]) => name).join();
    const series = M.shown().length > 1 || !morph.series.some(([name]) => name === first().checkpoint) ? shown : morph.series;
    if (series.length < 2) { close(); return; }
    const key = keyOf(series);
    if (key === morph.key) return;
    const mine = morph;
    mine.key = key;
    const data = await load(series).catch(() => null);
    if (!data || morph !== mine || mine.key !== key) return;
    if (names(series) !== names(mine.series)) { close(); return; }
    mine.data = data;
    draw();
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#morph")) { if (morph) close(); else open(); }
    if (event.target.closest?.(".morph-play")) toggle();
    if (event.target.closest?.(".morph-close")) close();
  });
  document.addEventListener("input", (event) => {
    if (!morph?.data || event.target !== slider()) return;
    setPlaying(false);
    show(Number(event.target.value) / PER_STEP);
  });
  document.addEventListener("change", (event) => { if (morph?.data && event.target === slider()) settle(); });

  (window.morphospace_keys ||= []).push(
    { key: "y", does: "morph the map through training, or pause", group: "Map", view: "galaxies", run: toggle },
    {
      key: "Escape", does: "close the morph", group: "Map", order: 5,
      run() { if (!morph) return false; close(); return true; },
    },
  );
  M.add({ moveMorph: draw, renewMorph: renew });
})();
