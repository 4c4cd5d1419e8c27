// A range brushed on a histogram: begun anywhere, moved by its middle, changed by its ends, cleared by
// a click outside of it. It follows the pointer; the selection follows when it is let go.
"use strict";

(() => {
  const EDGE_PX = 6; // so near to an end of the range, it is the end that is dragged
  const CLICK_PX = 3;

  let drag = null; // { figure, box, way, fixed, left, right, start, moved, ends }
  const shown = () => window.morphospace_histograms;

  const xIn = (event) => event.clientX - drag.box.left;

  function press(event) {
    const plot = event.target.closest?.(".histogram-plot");
    const figure = plot?.closest(".histogram");
    if (!figure || event.button !== 0) return;
    event.preventDefault();
    document.activeElement?.blur?.();
    const box = plot.getBoundingClientRect();
    const x = event.clientX - box.left;
    const { told } = figure;
    const cut = told.cut && told.cut.values === undefined ? told.cut : null;
    const left = cut ? ((cut.min ?? null) === null ? 0 : shown().toX(told, cut.min, box.width)) : NaN;
    const right = cut ? ((cut.max ?? null) === null ? box.width : shown().toX(told, cut.max, box.width)) : NaN;
    let way = "new", fixed = x;
    if (Math.abs(x - left) <= EDGE_PX) [way, fixed] = ["end", right];
    else if (Math.abs(x - right) <= EDGE_PX) [way, fixed] = ["end", left];
    else if (x > left && x < right) way = "move";
    drag = { figure, box, way, fixed, left, right, start: x, moved: false, ends: cut };
    plot.setPointerCapture?.(event.pointerId);
  }

  function move(event) {
    if (!drag) return;
    const x = xIn(event), { box, way, fixed, left, right, start, figure } = drag;
    if (Math.abs(x - start) >= CLICK_PX) drag.moved = true;
    if (!drag.moved) return;
    const by = way === "move" ? Math.min(Math.max(x - start, -left), box.width - right) : 0;
    const pair = way === "move" ? [left + by, right + by] : [fixed, x].sort((a, b) => a - b);
    drag.ends = endsOf(figure.told, pair, box.width);
    shown().showRange(figure, drag.ends);
  }

  // At the edge of the picture a range has no end: what lies beyond it belongs to it.
  function endsOf(told, [left, right], width) {
    let min = left <= 1 ? null : shown().toValue(told, left, width);
    let max = right >= width - 1 ? null : shown().toValue(told, right, width);
    if (told.isWhole) {
      min = min === null ? null : Math.ceil(min);
      max = max === null ? null : Math.floor(max);
      if (min !== null && max !== null && min > max) max = min;
    }
    return { min, max };
  }

  function release() {
    if (!drag) return;
    const { figure, moved, ends, way } = drag;
    drag = null;
    if (moved) shown().setCut(figure.told, ends);
    else if (way === "new" && figure.told.cut) shown().setCut(figure.told, {});
    shown().showRange(figure, moved ? ends : figure.told.cut);
    if (shown().isStale(figure)) shown().draw();
  }

  function cancel() {
    if (!drag) return false;
    const { figure } = drag;
    drag = null;
    shown().showRange(figure, figure.told.cut);
    return true;
  }

  document.addEventListener("pointerdown", press);
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", release);
  document.addEventListener("pointercancel", cancel);

  // Near an end the pointer says that it can be dragged.
  document.addEventListener("pointermove", (event) => {
    const plot = drag ? null : event.target.closest?.(".histogram-plot");
    if (!plot) return;
    const strip = plot.querySelector(".histogram-strip:not([hidden])")?.getBoundingClientRect();
    const near = strip && [strip.left, strip.right].some((end) => Math.abs(event.clientX - end) <= EDGE_PX);
    const inside = strip && event.clientX > strip.left && event.clientX < strip.right;
    plot.style.cursor = near ? "ew-resize" : inside ? "grab" : "crosshair";
  });

  (window.morphospace_keys ||= []).push({
    key: "Escape", shift: false, ctrl: false, does: "let go of a range being brushed on a histogram",
    view: "galaxies", group: "Selection", order: 15, run: cancel,
  });

  window.morphospace_histogram_brush = { figure: () => drag?.figure ?? null };
})();
