// Galaxies that lie farther out than the map reaches: drawn at its edge, and visited one by one.
"use strict";

(() => {
  const M = window.morphospace_map;

  // [[row, x, y, group, is selected], ...], the farthest first; asked once for each look of a map.
  async function ask(map, key) {
    if (!map.meta.n_moved) return [];
    if (map.farKey === key) return map.far.galaxies;
    const far = await M.askJson(map, "far", M.address(map, "far"));
    if (!far) return [];
    map.farKey = key;
    map.far = { n: far.n, galaxies: far.far };
    return map.far.galaxies;
  }

  // Centre the next one and inspect it.
  function next(map) {
    const { galaxies } = map.far;
    if (!map.meta?.n_moved || !galaxies.length) {
      M.noteMap(map, "No galaxy that is shown lies outside this map.");
      return;
    }
    map.farShown = ((map.farShown ?? -1) + 1) % galaxies.length;
    const [row, x, y] = galaxies[map.farShown];
    M.noteMap(map, `${map.farShown + 1} of ${map.far.n} far outside, the farthest first`);
    M.centre(map, x, y);
    M.inspect(row);
  }

  // The one under a place of the frame: { row, x, y, distance } in pixels, or null.
  function farAt(map, view, px, py, reach) {
    let found = null;
    for (const [row, x, y] of map.sheet?.data.far ?? []) {
      const [left, top] = M.toPixels(view, x, y);
      const distance = Math.hypot(left - px, top - py);
      if (distance <= (found?.distance ?? reach)) found = { row, x, y, distance };
    }
    return found;
  }

  M.add({ askFar: ask, nextFar: next, farAt });
})();
