// How many candidates the box of the anomalies has space for: as large as fits, in as many rows.
"use strict";

(() => {
  const SPACE = "anomaly-space";
  const WANTED_PX = 104, LEAST_PX = 56, MOST_PX = 150, GAP_PX = 8, CAPTION_PX = 20;

  // How many fit, null where the box is not shown. Rows share its height, columns what is left.
  function measure(box) {
    const width = box.clientWidth, height = box.clientHeight;
    if (width < LEAST_PX || height < LEAST_PX) return null;
    const perRow = WANTED_PX + CAPTION_PX + GAP_PX;
    const rows = Math.max(1, Math.floor((height + GAP_PX) / perRow));
    const tall = (height + GAP_PX) / rows - GAP_PX - CAPTION_PX;
    const size = Math.floor(Math.max(LEAST_PX, Math.min(MOST_PX, tall, width)));
    box.style.setProperty("--thumbnail", `${size}px`);
    return rows * Math.max(1, Math.floor((width + GAP_PX) / (size + GAP_PX)));
  }

  function watch(id) {
    const same = window.dash_clientside.no_update;
    const box = document.getElementById(id);
    let told = measure(box);
    new ResizeObserver(() => {
      const space = measure(box);
      if (space === null || space === told) return;
      told = space;
      window.dash_clientside.set_props(SPACE, { data: space });
    }).observe(box);
    return told ?? same;
  }

  // ---- through the candidates by arrows, while they are shown ----------------------------------------

  const shown = () => [...document.querySelectorAll("#anomalies .thumbnail[data-row]")];
  const isShown = () => Boolean(document.querySelector("#anomalies")?.clientWidth);
  let awaited = null; // "first" or "last", of a page on its way

  function show(thumbnail) {
    window.dash_clientside.set_props("query", { data: Number(thumbnail.dataset.row) });
    thumbnail.scrollIntoView({ block: "nearest" });
  }

  // From the inspected one to its neighbor in the list; from elsewhere, to the first.
  function step(by) {
    const all = shown();
    if (!isShown() || !all.length || awaited) return isShown() && awaited !== null;
    const at = all.findIndex(({ dataset }) => Number(dataset.row) === inspected);
    const next = at < 0 ? 0 : at + by;
    if (all[next]) {
      show(all[next]);
      return true;
    }
    const button = document.getElementById(by > 0 ? "anomaly-next" : "anomaly-previous");
    awaited = by > 0 ? "first" : "last";
    const before = all[0].dataset.row;
    const box = document.getElementById("anomalies");
    const watcher = new MutationObserver(() => {
      const now = shown();
      if (!now.length || now[0].dataset.row === before) return;
      end();
      show(awaitedOf === "first" ? now[0] : now.at(-1));
    });
    const awaitedOf = awaited;
    const end = () => { watcher.disconnect(); clearTimeout(timer); awaited = null; };
    const timer = setTimeout(end, 3000); // the first page has none before, the last none after
    watcher.observe(box, { childList: true });
    button.click();
    return true;
  }

  let inspected = null;
  const group = "Labels", view = "galaxies";
  (window.morphospace_keys ||= []).push(
    { key: "ArrowRight", does: "next anomaly candidate", group, view, order: 60, run: () => step(1) },
    { key: "ArrowLeft", does: "previous anomaly candidate", group, view, order: 60, run: () => step(-1) },
  );

  window.dash_clientside = Object.assign({}, window.dash_clientside, { morphospace_anomalies: {
    watch,
    inspect(row) {
      inspected = row;
      return window.dash_clientside.no_update;
    },
  } });
})();
