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
    const tall = Math.max(LEAST_PX, Math.min(MOST_PX, (height + GAP_PX) / rows - GAP_PX - CAPTION_PX, width));
    // One more to a row than fits so tall, where they stay large enough.
    const more = Math.ceil((width + GAP_PX) / (tall + GAP_PX));
    const slim = (width + GAP_PX) / more - GAP_PX;
    const columns = slim >= Math.min(tall, WANTED_PX) ? more : Math.max(1, more - 1);
    const size = Math.floor(slim >= Math.min(tall, WANTED_PX) ? slim : tall);
    box.style.setProperty("--thumbnail", `${size}px`);
    return rows * columns;
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

  // Steps go one after the other, however fast the key repeats: each from where the last one led.
  const PAGE_MS = 15_000; // to wait for a page
  const shown = () => [...document.querySelectorAll("#anomalies .thumbnail[data-row]")];
  const isShown = () => Boolean(document.querySelector("#anomalies")?.clientWidth);
  const rowOf = (thumbnail) => Number(thumbnail.dataset.row);
  let walk = Promise.resolve(null);
  let head = null; // the row that the last step led to, or that was inspected otherwise
  let issued = []; // rows on their way into the page's store

  function show(thumbnail) {
    head = rowOf(thumbnail);
    issued.push(head);
    window.dash_clientside.set_props("query", { data: head });
    thumbnail.scrollIntoView({ block: "nearest" });
    return head;
  }

  function step(by) {
    if (!isShown() || !shown().length) return false;
    walk = walk.then(() => advance(by));
    window.morphospace_labels.lead(walk);
    return true;
  }

  // From the inspected one to its neighbor in the list; from elsewhere, to the first. A row, or the
  // promise of one; null where there is none.
  function advance(by) {
    const all = shown();
    if (!all.length) return null;
    const at = all.findIndex((thumbnail) => rowOf(thumbnail) === head);
    const next = all[at < 0 ? 0 : at + by];
    if (next) return show(next);
    const { place, count } = all[at].dataset;
    return place === (by > 0 ? count : "1") ? null : turn(by, all[0].dataset.row);
  }

  // To the first, or last, of the next page.
  function turn(by, before) {
    const button = document.getElementById(by > 0 ? "anomaly-next" : "anomaly-previous");
    return new Promise((resolve) => {
      const watcher = new MutationObserver(() => {
        const now = shown();
        if (now.length && now[0].dataset.row !== before) end(show(by > 0 ? now[0] : now.at(-1)));
      });
      const timer = setTimeout(() => end(null), PAGE_MS);
      function end(row) {
        watcher.disconnect();
        clearTimeout(timer);
        resolve(row);
      }
      watcher.observe(document.getElementById("anomalies"), { childList: true });
      button.click();
    });
  }

  function inspect(row) {
    const at = issued.indexOf(row);
    if (at < 0) head = row; // chosen otherwise: the way goes on from there
    issued = at < 0 ? [] : issued.slice(at + 1);
    return window.dash_clientside.no_update;
  }

  const group = "Labels", view = "galaxies";
  (window.morphospace_keys ||= []).push(
    { key: "ArrowRight", does: "next anomaly candidate", group, view, order: 60, run: () => step(1) },
    { key: "ArrowLeft", does: "previous anomaly candidate", group, view, order: 60, run: () => step(-1) },
  );

  window.dash_clientside = Object.assign({}, window.dash_clientside, { morphospace_anomalies: { watch, inspect } });
})();
