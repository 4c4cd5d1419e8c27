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

  window.dash_clientside = Object.assign({}, window.dash_clientside, { morphospace_anomalies: { watch } });
})();
