// The legend of the maps: hides, isolates and selects groups; a drag on the color bar cuts the
// selection. State goes into Dash's stores; what it says is drawn by dashboard/panels/map_legend.py.
"use strict";

(() => {
  const IDS = {
    legend: "map-legend", hidden: "hidden", low: "color-low", high: "color-high",
    settings: "color-settings", classes: "color-classes",
  };
  const MIN_DRAG_PX = 4;
  const same = () => window.dash_clientside.no_update;
  const set = (id, props) => window.dash_clientside.set_props(id, props);

  const page = { hidden: [], selection: null };
  let before = []; // what was hidden before the first click of a double one
  let drag = null; // { bar, from, to, shift } while the pointer is down on a color bar

  const place = () => document.getElementById(IDS.legend);
  const toggles = () => [...(place()?.querySelectorAll(".legend-toggle") ?? [])];

  // ---- groups that are hidden --------------------------------------------------------------------

  function hide(groups) {
    page.hidden = [...groups].sort((a, b) => a - b);
    set(IDS.hidden, { data: page.hidden });
    apply();
  }

  function toggle(group) {
    before = page.hidden;
    hide(before.includes(group) ? before.filter((one) => one !== group) : [...before, group]);
  }

  // Alone, or all again where it has been alone.
  function isolate(group, hidden) {
    const others = toggles().map((button) => Number(button.dataset.group)).filter((one) => one !== group);
    const isAlone = !hidden.includes(group) && others.length > 0 && others.every((one) => hidden.includes(one));
    hide(isAlone ? [] : others);
  }

  // React draws the entries as if nothing was hidden: this says what is.
  function apply() {
    for (const button of toggles()) {
      const isOff = page.hidden.includes(Number(button.dataset.group));
      button.setAttribute("aria-pressed", String(!isOff));
      button.closest(".legend-entry")?.classList.toggle("off", isOff);
    }
    const all = place()?.querySelector(".legend-all");
    if (all) all.hidden = page.hidden.length === 0;
    const entries = place()?.querySelector(".legend-entries");
    entries?.classList.toggle("scrolls", entries.scrollHeight > entries.clientHeight + 1);
    drawCut();
  }

  function press(button, event) {
    const group = Number(button.dataset.group);
    if (event.shiftKey) isolate(group, page.hidden);
    else if (event.detail === 2) isolate(group, before);
    else if (event.detail < 2) toggle(group);
  }

  // ---- selecting ---------------------------------------------------------------------------------

  function selectGroup(button, event) {
    const op = event.altKey ? "remove" : event.ctrlKey || event.metaKey ? "add" : "set";
    window.morphospace_selecting.step({ op, ...JSON.parse(button.dataset.step) });
  }

  const cutsOn = (column) => (page.selection?.cuts ?? [])
    .filter((cut) => window.morphospace_selecting.sameColumn({ column }, { column: cut.column }))
    .filter((cut) => (cut.min ?? cut.max ?? null) !== null);

  // The range becomes the cut of its column, in place of the one before; none takes it back.
  function cut(bar, range) {
    const { column, checkpoint } = bar.dataset;
    window.morphospace_selecting.cut({ column, ...range, ...(checkpoint ? { checkpoint } : {}) });
  }

  // ---- the color bar -----------------------------------------------------------------------------

  const barOf = (event) => event.target.closest?.(`#${IDS.legend} .color-scale[data-edges]`);
  const edgesOf = (bar) => JSON.parse(bar.dataset.edges);

  function shareOf(bar, clientX) {
    const box = bar.getBoundingClientRect();
    return Math.min(Math.max((clientX - box.left) / box.width, 0), 1);
  }

  // The whole shades that a stroke touches, as numbers; open where it reaches an end of the bar,
  // for the first and the last shade hold all that is beyond.
  function rangeUnder({ bar, from, to }) {
    const edges = edgesOf(bar), n = edges.length - 1;
    const [left, right] = [from, to].map((x) => shareOf(bar, x) * n).sort((a, b) => a - b);
    const first = Math.min(Math.floor(left), n - 1), last = Math.max(Math.ceil(right), first + 1);
    return { first, last, min: first === 0 ? null : edges[first], max: last === n ? null : edges[last] };
  }

  // Where a number is on the bar, 0 to 1.
  function placeOf(edges, value) {
    const n = edges.length - 1;
    if (value <= edges[0]) return 0;
    for (let i = 0; i < n; i += 1) {
      if (value <= edges[i + 1]) return (i + (value - edges[i]) / (edges[i + 1] - edges[i] || 1)) / n;
    }
    return 1;
  }

  function strip(bar, from, to) {
    const [left, right] = [...bar.children].filter((part) => part.classList.contains("cut-shade"));
    const ends = left ? [left, right] : [0, 1].map(() => {
      const part = document.createElement("div");
      part.className = "cut-shade";
      bar.appendChild(part);
      return part;
    });
    bar.classList.toggle("is-cut", from > 0 || to < 1);
    Object.assign(ends[0].style, { left: "0", width: `${100 * from}%` });
    Object.assign(ends[1].style, { left: `${100 * to}%`, width: `${100 * (1 - to)}%` });
  }

  function drawCut() {
    const bar = place()?.querySelector(".color-scale[data-edges]");
    if (!bar) return;
    const edges = edgesOf(bar), n = edges.length - 1;
    if (drag?.bar === bar && Math.abs(drag.to - drag.from) >= MIN_DRAG_PX) {
      const { first, last } = rangeUnder(drag);
      strip(bar, first / n, last / n);
      return;
    }
    const known = cutsOn(bar.dataset.column);
    const low = known.length ? Math.max(...known.map(({ min }) => (min == null ? 0 : placeOf(edges, min)))) : 0;
    const high = known.length ? Math.min(...known.map(({ max }) => (max == null ? 1 : placeOf(edges, max)))) : 1;
    strip(bar, low, Math.max(high, low));
  }

  document.addEventListener("pointerdown", (event) => {
    const bar = barOf(event);
    if (!bar || event.button !== 0) return;
    event.preventDefault();
    drag = { bar, from: event.clientX, to: event.clientX, shift: event.shiftKey };
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    drag.to = event.clientX;
    drawCut();
  });
  document.addEventListener("pointerup", (event) => {
    if (!drag) return;
    const stroke = { ...drag, to: event.clientX };
    drag = null;
    if (stroke.bar.isConnected && Math.abs(stroke.to - stroke.from) >= MIN_DRAG_PX) {
      const { first, last, min, max } = rangeUnder(stroke);
      if (stroke.shift) spread(edgesOf(stroke.bar), first, last);
      else {
        cut(stroke.bar, min === null && max === null ? {} : { min, max });
        return; // the strip stays as it is until the selection is cut
      }
    }
    drawCut();
  });
  document.addEventListener("pointercancel", () => { drag = null; drawCut(); });
  document.addEventListener("dblclick", (event) => {
    const bar = barOf(event);
    if (!bar) return;
    if (cutsOn(bar.dataset.column).length) { cut(bar, {}); return; }
    set(IDS.low, { value: "" });
    set(IDS.high, { value: "" });
  });

  function spread(edges, first, last) {
    set(IDS.low, { value: Number(edges[first].toPrecision(6)) });
    set(IDS.high, { value: Number(edges[last].toPrecision(6)) });
  }

  // ---- the page ----------------------------------------------------------------------------------

  // The search of classes is among the color's settings: open them with the pointer in the field.
  function find() {
    document.getElementById(IDS.settings)?.click();
    let tries = 20;
    const focus = () => {
      const field = document.getElementById(IDS.classes);
      if (field?.offsetParent) field.focus();
      if (document.activeElement !== field && tries-- > 0) setTimeout(focus, 50);
    };
    setTimeout(focus, 50);
  }

  document.addEventListener("click", (event) => {
    const within = (kind) => event.target.closest?.(`#${IDS.legend} .${kind}`);
    const toggled = within("legend-toggle"), selected = within("legend-select");
    if (toggled) press(toggled, event);
    else if (selected) selectGroup(selected, event);
    else if (within("legend-all")) hide([]);
    else if (within("legend-find")) find();
  });

  let watched = null;
  function watch() {
    const legend = place();
    if (!legend || watched === legend) return;
    watched = legend;
    new MutationObserver(apply).observe(legend, { childList: true });
    new ResizeObserver(apply).observe(legend);
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_legend: {
      follow(hidden, selection) {
        Object.assign(page, { hidden: hidden ?? [], selection: selection ?? null });
        watch();
        apply();
        return same();
      },
      // What is hidden, the range and the brought-out classes are of one column: another begins
      // without. `of` says whose they are; a restored view brings its own along.
      belong(column, classes, brush, checkpoint, of) {
        const isOther = Boolean(of) && of.column !== column;
        const own = isOther ? [] : classes ?? [];
        const groups = JSON.stringify([column, own, Boolean(brush), column === "cluster" ? checkpoint : ""]);
        if (of && !isOther && of.groups === groups) return [same(), same(), same(), same(), same()];
        const now = { column, groups };
        if (!of) return [now, same(), same(), same(), same()];
        if (!isOther) return [now, [], same(), same(), same()];
        return [now, [], "", "", []];
      },
    },
  });
})();
