// A sheet: what lies under a map, a raster where there are too many galaxies for dots, and the
// dots. It is made for one view and moved along with the axes until the next one is there; then
// one fades into the other.
"use strict";

(() => {
  const M = window.morphospace_map;
  const CHEAP = 20_000; // dots that can be drawn anew on every move, at one pixel to a pixel

  // ---- where a sheet lies ------------------------------------------------------------------------

  // Move what was drawn for the view `made` to where it is in `view`.
  function lay(element, made, view) {
    const [left, top] = M.toPixels(view, made.x0, made.y1);
    const wide = ((made.x1 - made.x0) / (view.x1 - view.x0)) * (view.width / made.width);
    const high = ((made.y1 - made.y0) / (view.y1 - view.y0)) * (view.height / made.height);
    element.style.transform = `translate(${left}px, ${top}px) scale(${wide}, ${high})`;
  }

  function layerOf(map) {
    if (!map.layer?.isConnected) {
      map.layer = document.createElement("div");
      map.layer.className = "map-layer";
      map.frame.prepend(map.layer);
    }
    return map.layer;
  }

  // ---- one sheet -----------------------------------------------------------------------------------

  // data: what map_data.js decodes, with `far`; raster: a decoded picture or null
  function create(map, { key, checkpoint, view, isSelected, data, raster }) {
    const element = document.createElement("div");
    element.className = "map-sheet";
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    if (raster) {
      raster.className = "map-raster";
      raster.alt = "";
      raster.draggable = false;
      Object.assign(raster.style, { width: `${view.width}px`, height: `${view.height}px` });
      element.append(raster);
    }
    element.append(canvas);
    const sheet = { key, checkpoint, asked: view, isSelected, data, raster, element, canvas };
    draw(map, sheet, view);
    return sheet;
  }

  // Draw the dots for another view; the raster is only moved.
  function draw(map, sheet, view) {
    const nInView = sheet.data.isEvery ? countIn(sheet.data, view) : sheet.data.nInView;
    M.drawDots(sheet.canvas, sheet.data, { ...view, home: M.homeOf(map) }, {
      ratio: window.devicePixelRatio || 1, isSelected: sheet.isSelected,
      isOverRaster: Boolean(sheet.raster), nInView,
    });
    sheet.nInView = nInView;
    sheet.drawn = view;
    Object.assign(sheet.canvas.style, { width: `${view.width}px`, height: `${view.height}px` });
  }

  function countIn({ x, y, n }, view) {
    let count = 0;
    for (let i = 0; i < n; i += 1) if (M.isIn(view, x[i], y[i])) count += 1;
    return count;
  }

  // ---- the sheets of a map -------------------------------------------------------------------------

  // Put a sheet under a map: the one before fades out as it fades in. One that has not faded in yet
  // itself is shown whole first: between two that are half there, the map would go dark.
  function put(map, sheet) {
    const layer = layerOf(map), before = map.sheet;
    map.sheet = sheet;
    layer.append(sheet.element);
    move(map);
    if (!before) { sheet.element.classList.add("in"); return; }
    before.element.className = "map-sheet whole";
    sheet.element.getBoundingClientRect(); // the transitions begin from what is drawn now
    sheet.element.classList.add("in");
    before.element.className = "map-sheet out";
    (map.leaving ??= new Set()).add(before);
    // Not after a time: on a busy machine the transitions begin late.
    const fades = [sheet, before].flatMap(({ element }) => element.getAnimations());
    Promise.allSettled(fades.map((fade) => fade.finished)).then(() => {
      map.leaving.delete(before);
      drop(before);
    });
  }

  function drop(sheet) {
    sheet.element.remove();
    if (sheet.raster) URL.revokeObjectURL(sheet.raster.src);
  }

  function clear(map) {
    if (map.sheet) drop(map.sheet);
    map.sheet = null;
    map.layer?.replaceChildren();
  }

  // Along with the axes. Few dots are drawn anew, crisp; many are moved until the next refresh.
  function move(map) {
    const view = M.viewOf(map), { sheet } = map;
    for (const old of map.leaving ?? []) follow(old, view);
    if (!sheet) return;
    follow(sheet, view);
    if (!isCheap(sheet) || isSame(sheet.drawn, view)) return;
    cancelAnimationFrame(sheet.frame);
    sheet.frame = requestAnimationFrame(() => {
      if (map.sheet !== sheet || !M.isShown(map)) return;
      const now = M.viewOf(map);
      draw(map, sheet, now);
      lay(sheet.canvas, now, now);
    });
  }

  function follow(sheet, view) {
    if (sheet.raster) lay(sheet.raster, sheet.asked, view);
    lay(sheet.canvas, sheet.drawn, view);
  }

  const isCheap = (sheet) => sheet.data.n * (window.devicePixelRatio || 1) ** 2 <= CHEAP;
  const isSame = (a, b) => ["x0", "x1", "y0", "y1", "width", "height"].every((end) => a[end] === b[end]);

  M.add({ createSheet: create, drawSheet: draw, putSheet: put, moveSheet: move, clearSheet: clear, isSame });
})();
