// Selecting on a map: a stroke of plotly's lasso or box becomes one more step of the selection.
// What goes up is the outline, in map units; never points, never ids.
"use strict";

(() => {
  const M = window.morphospace_map;
  const MOST_VERTICES = 500;
  const ROOM_PX = 0.3; // how far a vertex that is left out may lie from the line without it
  const DIGITS_OF_PIXEL = 0.05;

  // ---- keys held while pressing --------------------------------------------------------------------

  const keysOf = (event) => ({
    add: event.ctrlKey || event.metaKey || event.shiftKey, remove: event.altKey,
  });
  let held = { add: false, remove: false };

  const opOf = ({ add, remove }) => (add && remove ? "intersect" : add ? "add" : remove ? "remove" : "set");

  // plotly takes Ctrl for the right button, and Shift and Alt for outlines of its own. The keys are
  // ours: they are noted, and the press goes on without them.
  function pressWithoutKeys(event) {
    if (event.button !== 0 || !event.isTrusted) return;
    held = keysOf(event);
    if (!held.add && !held.remove) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    const { bubbles, cancelable, view, detail, clientX, clientY, screenX, screenY, button, buttons } = event;
    event.target.dispatchEvent(new MouseEvent("mousedown", {
      bubbles, cancelable, view, detail, clientX, clientY, screenX, screenY, button, buttons,
    }));
  }

  // ---- outlines --------------------------------------------------------------------------------------

  // Ramer-Douglas-Peucker: the vertices without which the line would move by more than `room`.
  function simplified(points, room) {
    const keeps = new Uint8Array(points.length);
    keeps[0] = keeps[points.length - 1] = 1;
    const parts = [[0, points.length - 1]];
    while (parts.length) {
      const [first, last] = parts.pop();
      let far = -1, most = room;
      for (let i = first + 1; i < last; i += 1) {
        const away = distanceTo(points[i], points[first], points[last]);
        if (away > most) { most = away; far = i; }
      }
      if (far > 0) { keeps[far] = 1; parts.push([first, far], [far, last]); }
    }
    return points.filter((_, number) => keeps[number]);
  }

  function distanceTo([x, y], [ax, ay], [bx, by]) {
    const dx = bx - ax, dy = by - ay, length = dx * dx + dy * dy;
    const along = length ? Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / length, 0), 1) : 0;
    return Math.hypot(x - ax - along * dx, y - ay - along * dy);
  }

  // A lasso in map units with at most 500 vertices that looks the same.
  function outline(map, { x, y }) {
    const view = M.viewOf(map);
    const points = x.map((place, number) => M.toPixels(view, place, y[number]));
    let kept = simplified(points, ROOM_PX);
    for (let room = 2 * ROOM_PX; kept.length > MOST_VERTICES; room *= 1.5) kept = simplified(points, room);
    const places = kept.map(([px, py]) => M.toMap(view, px, py));
    const round = rounder(view);
    return { kind: "polygon", x: places.map(([px]) => round(px)), y: places.map(([, py]) => round(py)) };
  }

  // To a twentieth of a pixel: more digits say nothing.
  function rounder(view) {
    const step = DIGITS_OF_PIXEL * M.unitsPerPixel(view);
    const digits = Math.min(Math.max(Math.ceil(-Math.log10(step)), 0), 20);
    return (value) => Number(value.toFixed(digits));
  }

  const box = (map, { x, y }) => {
    const round = rounder(M.viewOf(map));
    return { kind: "box", x: x.map(round), y: y.map(round) };
  };

  // ---- steps -----------------------------------------------------------------------------------------

  // assets/selecting.js knows what a step means: of nothing before it, of cuts, of the history.
  const step = (taken) => window.morphospace_selecting.step(taken);

  function select(map, drawn) {
    let shape = null;
    if (drawn?.lassoPoints?.x.length > 2) shape = outline(map, drawn.lassoPoints);
    else if (drawn?.range) shape = box(map, drawn.range);
    setTimeout(() => clearOutline(map), 0);
    if (!shape || (shape.kind === "polygon" && shape.x.length < 3)) return;
    const taken = { op: opOf(held), checkpoint: map.checkpoint, ...shape };
    afterPaint(() => step(taken)); // the end of the stroke is seen at once, whatever follows
  }

  const afterPaint = (run) => requestAnimationFrame(() => setTimeout(run, 0));

  const stepRow = (map, row, op) => step({ op, checkpoint: map.checkpoint, kind: "rows", rows: [row] });

  // The outline has said what it had to: left in place it would catch clicks and show handles.
  function clearOutline(map) {
    const plot = M.plotOf(map);
    if (plot?.layout?.selections?.length) window.Plotly.relayout(plot, { selections: [] });
  }

  function listen(map, plot) {
    plot.addEventListener("mousedown", pressWithoutKeys, true);
    plot.on("plotly_selected", (drawn) => select(map, drawn));
  }

  M.add({ keysOf, listenToStrokes: listen, stepRow });
})();
