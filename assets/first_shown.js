// Parts of the page that are drawn when they are first shown, and stay: what is behind a tab, and the
// views beside the galaxies. The event "morphospace:first-shown" tells scripts that one has been drawn.
// See dashboard/panels/first_shown.py.
"use strict";

(() => {
  const drawn = new Set(); // ids

  function draw(id) {
    if (drawn.has(id)) return;
    drawn.add(id);
    window.dash_clientside.set_props(id, { opened: true });
    const tell = () => document.dispatchEvent(new CustomEvent("morphospace:first-shown", { detail: id }));
    requestAnimationFrame(() => requestAnimationFrame(tell)); // when its elements are there
  }

  window.morphospace_first_shown = { draw };
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_first_shown: {
      tab() {
        for (const { prop_id: changed, value } of window.dash_clientside.callback_context.triggered) {
          draw(`${changed.split(".")[0]}-part-${value}`);
        }
        return window.dash_clientside.no_update;
      },
    },
  });
})();
