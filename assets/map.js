// The maps: what they share, where a galaxy is on the screen, and what part of the map is in view.
//
// plotly draws nothing on them: an empty trace with hidden axes takes the gestures. Under it lie
// the sheets (a raster and the dots, map_sheet.js), over it the marks (cutouts and rings,
// map_marks.js). Each follows the axes; pictures come from plain routes (map_data.js).
"use strict";

window.morphospace_map = (() => {
  // What every map follows. From Dash's stores, by `follow` in map_follow.js.
  const state = {
    digest: null, paint: null, selected: "", selection: null, hidden: "", theme: "dark", query: null,
    cutouts: true, size: 44, minimap: true, mode: "lasso", linked: true, trails: false,
  };
  const maps = new Map(); // id of the graph -> map

  const own = {}; // the parts of other files: see `add`
  const add = (parts) => Object.assign(own, parts);

  // ---- the maps --------------------------------------------------------------------------------

  const plotIn = (id) => document.querySelector(`#${id} .js-plotly-plot`);

  function mapOf(id) {
    const frame = document.getElementById(id)?.closest(".map-frame");
    if (!frame) return null;
    let map = maps.get(id);
    if (!map || map.frame !== frame) {
      map = {
        id, frame, checkpoint: null, meta: null, sheet: null, marks: [], far: { n: 0, galaxies: [] },
        wanted: null, isHome: true, nLooks: 0, aborts: {},
      };
      maps.set(id, map);
    }
    return map;
  }

  const plotOf = (map) => {
    const plot = plotIn(map.id);
    return plot?._fullLayout?.xaxis && plot.on ? plot : null;
  };
  const isShown = (map) => Boolean(map.checkpoint && map.meta && plotOf(map) && map.frame.clientWidth);
  const shown = () => [...maps.values()].filter(isShown);

  // ---- places ----------------------------------------------------------------------------------

  // What is in view: ends in map units, and the place of it in pixels of the frame.
  function viewOf(map) {
    const { xaxis, yaxis } = plotOf(map)._fullLayout;
    const [x0, x1] = xaxis.range.map(Number), [y0, y1] = yaxis.range.map(Number);
    return {
      x0, x1, y0, y1,
      left: xaxis._offset, top: yaxis._offset, width: xaxis._length, height: yaxis._length,
    };
  }

  const toPixels = (view, x, y) => [
    view.left + ((x - view.x0) / (view.x1 - view.x0)) * view.width,
    view.top + ((view.y1 - y) / (view.y1 - view.y0)) * view.height,
  ];
  const toMap = (view, px, py) => [
    view.x0 + ((px - view.left) / view.width) * (view.x1 - view.x0),
    view.y1 - ((py - view.top) / view.height) * (view.y1 - view.y0),
  ];
  const isIn = (view, x, y) => x >= view.x0 && x <= view.x1 && y >= view.y0 && y <= view.y1;
  const contains = (outer, inner) => outer.x0 <= inner.x0 && outer.x1 >= inner.x1
    && outer.y0 <= inner.y0 && outer.y1 >= inner.y1;
  const unitsPerPixel = (view) => (view.x1 - view.x0) / view.width;

  const homeOf = (map) => {
    const [x0, x1, y0, y1] = map.meta.home;
    return { x0, x1, y0, y1 };
  };

  // ---- moving ----------------------------------------------------------------------------------

  function look(map, { x0, x1, y0, y1 }, isHome = false) {
    const plot = plotOf(map);
    if (!plot || ![x0, x1, y0, y1].every(Number.isFinite) || !(x1 > x0) || !(y1 > y0)) return;
    map.nLooks += 1; // plotly may still be drawing: what it tells until then is of an older view
    const done = () => { map.nLooks -= 1; };
    window.Plotly.relayout(plot, { "xaxis.range": [x0, x1], "yaxis.range": [y0, y1] }).then(done, done);
    map.isHome = isHome;
  }

  const linkedTo = (map) => (state.linked && isShown(map) ? shown() : [map]);

  // What shows the whole map; of linked maps, all of them.
  function wholeOf(map) {
    const homes = linkedTo(map).map(homeOf), ends = (name) => homes.map((home) => home[name]);
    return {
      x0: Math.min(...ends("x0")), x1: Math.max(...ends("x1")),
      y0: Math.min(...ends("y0")), y1: Math.max(...ends("y1")),
    };
  }

  const fitAlone = (map) => { if (map.meta) look(map, wholeOf(map), true); };
  const fit = (map) => { for (const each of linkedTo(map)) fitAlone(each); };

  // Look somewhere, and let linked maps look there too.
  function move(map, ends) {
    look(map, ends);
    lead(map, ends);
  }

  function lead(map, { x0, x1, y0, y1 }, isHome = false) {
    for (const other of linkedTo(map)) if (other !== map) look(other, { x0, x1, y0, y1 }, isHome);
  }

  function zoom(map, factor) {
    const { x0, x1, y0, y1 } = viewOf(map);
    const x = (x0 + x1) / 2, y = (y0 + y1) / 2;
    const half = [((x1 - x0) / 2) * factor, ((y1 - y0) / 2) * factor];
    move(map, { x0: x - half[0], x1: x + half[0], y0: y - half[1], y1: y + half[1] });
  }

  function pan(map, right, up) {
    const { x0, x1, y0, y1 } = viewOf(map);
    const dx = right * (x1 - x0), dy = up * (y1 - y0);
    move(map, { x0: x0 + dx, x1: x1 + dx, y0: y0 + dy, y1: y1 + dy });
  }

  // The same breadth about another middle.
  function centre(map, x, y) {
    const view = viewOf(map);
    const dx = x - (view.x0 + view.x1) / 2, dy = y - (view.y0 + view.y1) / 2;
    move(map, { x0: view.x0 + dx, x1: view.x1 + dx, y0: view.y0 + dy, y1: view.y1 + dy });
  }

  // For other scripts: the ends of what is in view, or null where the map is not there.
  function view(id) {
    const map = maps.get(id);
    if (!map || !isShown(map)) return null;
    const { x0, x1, y0, y1 } = viewOf(map);
    return { x0, x1, y0, y1 };
  }

  return Object.assign(own, {
    state, maps, add, mapOf, plotOf, isShown, shown, viewOf, toPixels, toMap, isIn, contains,
    unitsPerPixel, homeOf, wholeOf, look, lead, fit, fitAlone, zoom, pan, centre, view,
  });
})();
