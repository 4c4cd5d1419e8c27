// The keys of the maps, and the buttons that lie on them.
"use strict";

(() => {
  const M = window.morphospace_map;
  const ZOOM = 0.6, PAN = 0.2; // of what is in view
  const keys = (window.morphospace_keys ||= []);

  const mode = (value) => window.dash_clientside.set_props("drag-mode", { value });
  const all = (act) => { for (const map of M.shown()) act(map); };
  const zoomIn = (map) => M.zoom(map, ZOOM), zoomOut = (map) => M.zoom(map, 1 / ZOOM);

  // The map that has the focus, or none.
  function focused() {
    const frame = document.activeElement?.closest?.(".map-frame");
    return frame ? M.shown().find((map) => map.frame === frame) : undefined;
  }
  // With the focus on one map it is meant; else all are.
  function meant(act) {
    const map = focused();
    if (map) act(map); else if (M.state.linked) M.shown().slice(0, 1).forEach(act); else all(act);
  }

  const key = (name, does, run) => keys.push({ key: name, does, group: "Map", view: "galaxies", run });
  key("s", "drag a lasso", () => mode("lasso"));
  key("b", "drag a box", () => mode("select"));
  key("g", "drag the map", () => mode("pan"));
  key("z", "drag a box to zoom into", () => mode("zoom"));
  key("f", "the whole map", () => meant(M.fit));
  key("+", "zoom in", () => meant(zoomIn));
  key("=", "zoom in", () => meant(zoomIn));
  key("-", "zoom out", () => meant(zoomOut));
  key("c", "cutouts on the map, or none", () => {
    window.dash_clientside.set_props("show-cutouts", { checked: !M.state.cutouts });
  });
  key("n", "next galaxy that is far outside the map", () => { if (M.shown()[0]) M.nextFar(M.shown()[0]); });
  const arrows = { ArrowLeft: [-PAN, 0], ArrowRight: [PAN, 0], ArrowUp: [0, PAN], ArrowDown: [0, -PAN] };
  for (const [name, [right, up]] of Object.entries(arrows)) {
    keys.push({
      key: name, does: "move over the map that has the focus", group: "Map", view: "galaxies", order: 40,
      run(event) {
        const map = focused();
        if (!map) return false;
        event.preventDefault();
        M.pan(map, right, up);
        return true;
      },
    });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".map-frame [data-zoom]");
    const map = button && M.shown().find(({ frame }) => frame.contains(button));
    if (!map) return;
    ({ in: zoomIn, out: zoomOut, fit: M.fit })[button.dataset.zoom]?.(map);
  });
})();
