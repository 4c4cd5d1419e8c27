// The strip of examples per class: how many rows of them fit is measured here and told to Dash.
"use strict";

(() => {
  const IDS = { strip: "examples", room: "examples-room" };
  const GAP_PX = 4, HEAD_PX = 44, MIN_PX = 56, MAX_PX = 132, MAX_ROWS = 24;
  let observed = null;
  let told = null;

  // Columns share the width, and rows the height: as many rows as cover the most with pictures.
  // Where there are many columns, they are scrolled to and not made tiny.
  function room(wide, high) {
    let best = { rows: 1, size: Math.max(Math.min(Math.max(wide, MIN_PX), high, MAX_PX), 32) };
    for (let rows = 2; rows <= MAX_ROWS; rows += 1) {
      const size = Math.min(Math.max(wide, MIN_PX), (high - GAP_PX * (rows - 1)) / rows, MAX_PX);
      if (size < MIN_PX) break;
      if (rows * size * size > best.rows * best.size * best.size) best = { rows, size };
    }
    return { rows: best.rows, size: Math.floor(best.size) };
  }

  function measure() {
    const strip = document.getElementById(IDS.strip);
    if (!strip?.offsetParent) return;
    const n = Math.max(strip.querySelectorAll(".example-class").length, 4);
    const { rows, size } = room((strip.clientWidth - 8 * (n - 1)) / n, strip.clientHeight - HEAD_PX);
    strip.style.setProperty("--example", `${size}px`);
    if (rows === told) return;
    told = rows;
    window.dash_clientside.set_props(IDS.room, { data: rows });
  }

  function observe() {
    const strip = document.getElementById(IDS.strip);
    if (!strip || observed === strip) return;
    observed = strip;
    new ResizeObserver(measure).observe(strip);
    new MutationObserver(measure).observe(strip, { childList: true });
  }

  function look() {
    observe();
    requestAnimationFrame(measure);
  }
  document.addEventListener("morphospace:first-shown", look);

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_examples: {
      measure(kind) {
        look();
        return kind !== "random"; // only a random draw can be drawn anew
      },
    },
  });
})();
