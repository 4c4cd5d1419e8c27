// Histograms: what the server has counted, drawn; a range brushed on one becomes a cut. The brush
// follows the pointer here, the selection follows when it is let go.
"use strict";

(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const AXIS_PX = 15;

  const state = { told: [], log: false };
  const watched = new ResizeObserver(() => drawPlots());

  const make = (name, properties = {}, parent = null) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(properties)) element.setAttribute(key, value);
    parent?.appendChild(element);
    return element;
  };
  const add = (parent, name, properties = {}) => {
    const element = Object.assign(document.createElement(name), properties);
    parent.appendChild(element);
    return element;
  };

  // ---- scales ------------------------------------------------------------------------------------

  const height = (count, most) => {
    if (!most) return 0;
    return state.log ? Math.log1p(count) / Math.log1p(most) : count / most;
  };
  const span = (told) => [told.edges[0], told.edges.at(-1)];

  function toX(told, value, width) {
    const [low, high] = span(told);
    return Math.min(Math.max((value - low) / (high - low), 0), 1) * width;
  }

  // A value fit to be read: no finer than a pixel can tell.
  function toValue(told, x, width) {
    const [low, high] = span(told);
    const value = low + (Math.min(Math.max(x, 0), width) / width) * (high - low);
    const digits = Math.floor(Math.log10((high - low) / 300));
    const unit = 10 ** Math.abs(digits);
    return digits < 0 ? Math.round(value * unit) / unit : Math.round(value / unit) * unit;
  }

  // ---- drawing -----------------------------------------------------------------------------------

  function draw() {
    if (brushed()) return; // what is being dragged stays; it is drawn again when it is let go
    const place = document.getElementById("histograms");
    if (!place) return;
    watched.observe(place);
    const scrolled = place.scrollTop;
    const had = document.activeElement?.dataset?.part;
    place.replaceChildren(...state.told.map(figureOf));
    place.scrollTop = scrolled;
    drawPlots();
    if (had) place.querySelector(`[data-part="${CSS.escape(had)}"]`)?.focus();
  }

  function drawPlots() {
    for (const figure of document.querySelectorAll(".histogram")) drawPlot(figure);
  }

  function figureOf(told) {
    const figure = document.createElement("figure");
    figure.className = `histogram ${told.kind}`;
    figure.dataset.column = told.column;
    figure.told = told;
    const head = add(figure, "div", { className: "histogram-head" });
    add(head, "span", { className: "histogram-title", textContent: told.title + (told.unit ? ` / ${told.unit}` : "") });
    if (told.kind === "numbers" || told.kind === "dates") {
      head.append(fields(told));
      add(figure, "div", { className: "histogram-plot" });
    } else if (told.kind === "classes") {
      figure.append(classes(told));
    }
    add(figure, "figcaption", { className: "faint", textContent: told.said, title: told.said });
    return figure;
  }

  const dayOf = (days) => new Date(days * 86_400_000).toISOString().slice(0, 10);
  const daysOf = (text) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;

  // The ends of the range as fields: for the keyboard, and for ends that are known.
  function fields(told) {
    const box = document.createElement("span");
    box.className = "histogram-ends";
    const isDate = told.kind === "dates";
    for (const [end, name] of [["min", "from"], ["max", "to"]]) {
      const value = told.cut?.[end] ?? null;
      const field = add(box, "input", {
        type: isDate ? "date" : "number", step: "any", placeholder: name,
        value: value === null ? "" : isDate && typeof value === "number" ? dayOf(value) : value,
      });
      field.setAttribute("aria-label", `${told.title} ${name}`);
      field.title = `Cut ${told.title}: ${name} this value on; empty for no end`;
      field.dataset.part = `${told.column} ${end}`;
      field.addEventListener("change", () => {
        const given = field.value === "" ? null : isDate ? daysOf(field.value) : Number(field.value);
        const ends = { min: told.cut?.min ?? null, max: told.cut?.max ?? null, [end]: given };
        setCut(told, ends);
      });
    }
    return box;
  }

  function classes(told) {
    const list = document.createElement("div");
    list.className = "histogram-classes";
    const most = Math.max(...told.total);
    const chosen = new Set((told.cut?.values ?? []).map((value) => JSON.stringify(value)));
    told.names.forEach((name, place) => {
      const value = told.values[place], total = told.total[place], selected = told.selected?.[place];
      const row = add(list, value ? "button" : "div", { className: "histogram-class" });
      if (value) {
        row.type = "button";
        row.setAttribute("aria-pressed", String(chosen.has(value)));
        row.title = `Cut by ${told.title}: ${chosen.has(value) ? "without" : "with"} ${name}`;
        row.dataset.part = `${told.column} ${value}`;
        row.addEventListener("click", () => toggle(told, value));
      }
      add(row, "span", { className: "histogram-name", textContent: name });
      const bar = add(row, "span", { className: "histogram-bar" });
      add(bar, "i", { className: "total" }).style.width = `${100 * height(total, most)}%`;
      if (selected !== undefined) add(bar, "i", { className: "selected" }).style.width = `${100 * height(selected, most)}%`;
      const count = selected === undefined ? total.toLocaleString("en") : `${selected.toLocaleString("en")} / ${total.toLocaleString("en")}`;
      add(row, "span", { className: "histogram-count", textContent: count });
    });
    return list;
  }

  function drawPlot(figure) {
    const plot = figure.querySelector(".histogram-plot");
    if (!plot) return;
    const { told } = figure;
    const width = plot.clientWidth, full = plot.clientHeight;
    plot.replaceChildren();
    if (width < 20 || full < 30) return;
    const base = full - AXIS_PX;
    const svg = make("svg", { width, height: full, role: "img", "aria-label": `Histogram of ${told.title}: ${told.said}` }, plot);
    const most = Math.max(...told.total);
    bars(svg, told, told.total, "total", most, width, base);
    if (told.selected) bars(svg, told, told.selected, "selected", most, width, base);
    make("line", { x1: 0, x2: width, y1: base + 0.5, y2: base + 0.5, class: "axis" }, svg);
    for (const [value, label] of told.ticks) {
      const x = toX(told, value, width);
      const anchor = x < 24 ? "start" : x > width - 24 ? "end" : "middle";
      make("text", { x, y: full - 3, "text-anchor": anchor }, svg).textContent = label;
    }
    told.isBeyond.forEach((is, side) => {
      if (!is) return;
      const text = make("text", { x: side ? width - 2 : 2, y: 9, "text-anchor": side ? "end" : "start", class: "beyond" }, svg);
      text.textContent = side ? "more ›" : "‹ more";
      make("title", {}, text).textContent = "The last bin holds all beyond it; a range brushed to the edge has no end there.";
    });
    const strip = add(plot, "div", { className: "histogram-strip", hidden: true });
    add(strip, "span");
    showRange(figure, told.cut);
  }

  function bars(svg, told, counts, kind, most, width, base) {
    const each = width / counts.length;
    let path = "";
    counts.forEach((count, place) => {
      if (!count) return;
      const tall = Math.max(height(count, most) * (base - 2), 1);
      path += `M${(place * each).toFixed(2)} ${base}v${(-tall).toFixed(2)}h${Math.max(each - 0.6, 0.4).toFixed(2)}v${tall.toFixed(2)}z`;
    });
    make("path", { d: path, class: kind }, svg);
  }

  const textOf = (told, value) => (told.kind === "dates" ? dayOf(value) : String(Number(value.toPrecision(6))));

  function showRange(figure, ends) {
    const strip = figure.querySelector(".histogram-strip");
    const { told } = figure;
    if (!strip) return;
    strip.hidden = !ends || ends.values !== undefined;
    if (strip.hidden) return;
    const width = strip.parentElement.clientWidth;
    const number = (value) => (typeof value === "string" ? daysOf(value) : value);
    const [low, high] = [number(ends.min ?? null), number(ends.max ?? null)];
    const left = low === null ? 0 : toX(told, low, width);
    const right = high === null ? width : toX(told, high, width);
    strip.style.left = `${left}px`;
    strip.style.width = `${Math.max(right - left, 1)}px`;
    const words = [low, high].map((value) => (value === null ? "…" : textOf(told, value)));
    strip.firstChild.textContent = brushed() === figure ? `${words[0]} – ${words[1]}` : "";
  }

  // ---- cuts --------------------------------------------------------------------------------------

  function setCut(told, change) {
    const { column, checkpoint } = told;
    window.morphospace_selecting.cut({ column, ...(checkpoint ? { checkpoint } : {}), ...change });
  }

  function toggle(told, value) {
    const chosen = told.cut?.values ?? [];
    const given = JSON.parse(value);
    const rest = chosen.filter((other) => other !== given);
    const values = rest.length === chosen.length ? [...chosen, given] : rest;
    setCut(told, values.length ? { values } : {});
  }

  // ---- the page ----------------------------------------------------------------------------------

  const brushed = () => window.morphospace_histogram_brush?.figure() ?? null;
  const isStale = (figure) => figure.told !== state.told.find((told) => told.column === figure.told.column);

  window.morphospace_histograms = { draw, showRange, setCut, toX, toValue, isStale };
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_histograms: {
      show(told, log) {
        Object.assign(state, { told: told ?? [], log: Boolean(log) });
        draw();
        return window.dash_clientside.no_update;
      },
    },
  });
})();
