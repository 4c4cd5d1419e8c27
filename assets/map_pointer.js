// The galaxy under the pointer, at every zoom: cutouts and marks first, then the dots that are
// here, and over a raster the server's answer. A click inspects it; with a key held it adds the
// galaxy to the selection or takes it away.
"use strict";

(() => {
  const M = window.morphospace_map;
  const REACH_PX = 12;
  const ON_DOT_PX = 2; // beyond a dot's own radius: over a raster the dot is meant, not its neighbor
  const THROTTLE_MS = 60;
  const CLICK_PX = 4; // a press that moves farther is a stroke

  // ---- who is there --------------------------------------------------------------------------------

  function dotAt(map, view, px, py) {
    const { data } = map.sheet;
    const [x, y] = M.toMap(view, px, py);
    const kx = view.width / (view.x1 - view.x0), ky = view.height / (view.y1 - view.y0);
    let best = -1, least = REACH_PX * REACH_PX;
    for (let i = 0; i < data.n; i += 1) {
      const dx = (data.x[i] - x) * kx, dy = (data.y[i] - y) * ky;
      const apart = dx * dx + dy * dy;
      if (apart <= least) { least = apart; best = i; }
    }
    if (best < 0) return null;
    return { row: data.row[best], x: data.x[best], y: data.y[best], distance: Math.sqrt(least) };
  }

  // { row, x, y } or null; undefined where only the server knows.
  function here(map, px, py) {
    if (!map.sheet) return null;
    const view = M.viewOf(map);
    const cutout = M.cutoutAt(map, px, py);
    if (cutout) return cutout;
    const far = M.farAt(map, view, px, py, REACH_PX), dot = dotAt(map, view, px, py);
    if (far && (!dot || far.distance <= dot.distance)) return far;
    if (map.sheet.data.isEvery) return dot;
    return dot && dot.distance <= M.dotSize(map.sheet.nInView) / 2 + ON_DOT_PX ? dot : undefined;
  }

  async function there(map, px, py) {
    const view = M.viewOf(map);
    const [x, y] = M.toMap(view, px, py);
    const radius = REACH_PX * M.unitsPerPixel(view);
    const found = await M.askJson(map, "nearest", M.address(map, "nearest", { ...M.ends(view), x, y, radius }))
      .catch(() => null);
    return found && (found.row === null ? null : found);
  }

  function frameOf(map, event) {
    const box = map.frame.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  // ---- hovering --------------------------------------------------------------------------------------

  let told = null; // the row that the page was told of last

  function tellPage(row) {
    if (row === told) return;
    told = row;
    document.dispatchEvent(new CustomEvent("morphospace:point", { detail: { row, from: "map" } }));
  }

  function found(map, galaxy, event) {
    map.frame.classList.toggle("over-galaxy", Boolean(galaxy));
    if (galaxy) M.showCard(galaxy.row, map.sheet.checkpoint, { x: event.clientX, y: event.clientY });
    else M.hideCard();
    tellPage(galaxy ? galaxy.row : null);
  }

  function hover(map, event) {
    map.hovered = event;
    if (map.isHovering) return;
    map.isHovering = true;
    requestAnimationFrame(async () => {
      map.isHovering = false;
      const last = map.hovered;
      if (!last || !M.isShown(map)) return;
      const at = frameOf(map, last);
      const galaxy = here(map, ...at);
      if (galaxy !== undefined) { M.breakOff(map, "nearest"); found(map, galaxy, last); return; }
      const wait = THROTTLE_MS - (performance.now() - (map.askedAt ?? 0));
      if (wait > 0) { clearTimeout(map.later); map.later = setTimeout(() => hover(map, map.hovered), wait); return; }
      map.askedAt = performance.now();
      const answer = await there(map, ...at);
      if (map.hovered === last && answer !== undefined) found(map, answer, last);
    });
  }

  // The map has moved under a pointer that has not.
  const again = (map) => { if (map.hovered) hover(map, map.hovered); };

  function leave(map) {
    map.hovered = null;
    clearTimeout(map.later);
    M.hideCard();
    map.frame.classList.remove("over-galaxy");
    tellPage(null);
  }

  // ---- pressing --------------------------------------------------------------------------------------

  let press = null; // { map, x, y, keys, moved } while a button is down

  async function click(map, event, keys) {
    const at = frameOf(map, event);
    let galaxy = here(map, ...at);
    if (galaxy === undefined) galaxy = await there(map, ...at);
    if (!galaxy) return;
    if (keys.add !== keys.remove) M.stepRow(map, galaxy.row, keys.add ? "add" : "remove");
    else if (!keys.add) M.inspect(galaxy.row);
  }

  // On the document, for from the press on plotly covers the page with a sheet of its own.
  document.addEventListener("pointermove", (event) => {
    if (press && Math.hypot(event.clientX - press.x, event.clientY - press.y) >= CLICK_PX) press.moved = true;
  }, true);
  document.addEventListener("pointerup", (event) => {
    const done = press;
    press = null;
    if (done && !done.moved && M.isShown(done.map)) click(done.map, event, done.keys);
  }, true);
  document.addEventListener("pointercancel", () => { press = null; }, true);

  function listen(map, plot) {
    map.frame.addEventListener("keyup", () => map.frame.classList.remove("by-pointer"));
    plot.addEventListener("mousemove", (event) => { if (!event.buttons) hover(map, event); });
    plot.addEventListener("mouseleave", () => leave(map));
    plot.addEventListener("pointerdown", (event) => {
      leave(map);
      if (event.button !== 0 || !event.isTrusted) return;
      map.frame.classList.add("by-pointer"); // no ring around what was clicked: keys bring it back
      map.frame.focus({ preventScroll: true });
      press = { map, x: event.clientX, y: event.clientY, keys: M.keysOf(event), moved: false };
    }, true);
  }

  M.add({ listenToPointer: listen, hoverAgain: again });
})();
