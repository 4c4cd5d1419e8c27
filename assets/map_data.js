// What the maps ask the server for: plain routes with addresses that can be cached for ever.
// Of each kind of question the newest alone is answered; older ones are broken off.
"use strict";

(() => {
  const M = window.morphospace_map;
  const { state } = M;
  const MAGIC = 0x4d53;
  const DIGITS = 7; // of a view's ends: finer is not seen, and makes every address another
  const MAX_FACTS = 2000;
  const SIZES = [32, 48, 64, 96, 128, 192, 256]; // see dashboard/cutout_pictures.py
  const kept = new Map(); // address -> promise of facts

  const base = () => `/collections/${state.digest}`;
  // A cutout no larger than it is shown, of the sizes that the server makes; as stored beyond them.
  function cutoutAddress(row, px) {
    const wanted = px * (window.devicePixelRatio || 1);
    const size = SIZES.find((side) => side >= wanted);
    return `${base()}/cutouts/${row}${size ? `?size=${size}` : ""}`;
  }

  // Everything that decides what a picture of a map shows, but the view.
  function look(map) {
    return {
      checkpoint: map.checkpoint, paint: state.paint, selection: state.selected,
      hidden: state.hidden, theme: state.theme,
    };
  }
  const keyOf = (map) => JSON.stringify(Object.values(look(map)));

  const ends = ({ x0, x1, y0, y1 }) => Object.fromEntries(
    Object.entries({ x0, x1, y0, y1 }).map(([name, end]) => [name, Number(end.toPrecision(DIGITS))]),
  );

  function address(map, what, more = {}) {
    const asked = new URLSearchParams({ ...look(map), ...more });
    return `${base()}/map/${what}?${asked}`;
  }

  // The reply to the newest question of its kind on a map; null where it was broken off.
  async function ask(map, kind, where) {
    map.aborts[kind]?.abort();
    const abort = new AbortController();
    map.aborts[kind] = abort;
    try {
      const reply = await fetch(where, { signal: abort.signal });
      if (!reply.ok) throw new Error(sentence(await reply.text()));
      return reply;
    } catch (error) {
      if (error.name === "AbortError") return null;
      throw error;
    }
  }

  // Flask's pages of errors: the sentence in them, without the tags.
  function sentence(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    return (page.querySelector("p") ?? page.body).textContent.trim().slice(0, 300);
  }

  const breakOff = (map, kind) => { map.aborts[kind]?.abort(); delete map.aborts[kind]; };

  async function askJson(map, kind, where) {
    const reply = await ask(map, kind, where);
    try {
      return reply && (await reply.json());
    } catch (error) {
      if (error.name === "AbortError") return null;
      throw error;
    }
  }

  // ---- dots ------------------------------------------------------------------------------------

  // See dashboard/routes_map.py for the order of the bytes.
  function decode(buffer) {
    const [magic, n, nInView, isEvery, nGroups] = new Int32Array(buffer, 0, 8);
    if (magic !== MAGIC) throw new Error("The server sent something that is no list of galaxies.");
    const padded = (bytes) => Math.ceil(bytes / 4) * 4;
    let at = 32;
    const take = (Kind, length) => {
      const part = new Kind(buffer, at, length);
      at += padded(part.byteLength);
      return part;
    };
    return {
      n, nInView, isEvery: Boolean(isEvery),
      x: take(Float32Array, n), y: take(Float32Array, n), row: take(Int32Array, n),
      group: take(Uint8Array, n), flags: take(Uint8Array, n), palette: take(Uint8Array, 3 * nGroups),
    };
  }

  async function askPoints(map, view) {
    const reply = await ask(map, "points", address(map, "points", ends(view)));
    if (!reply) return null;
    try {
      return decode(await reply.arrayBuffer());
    } catch (error) {
      if (error.name === "AbortError") return null;
      throw error;
    }
  }

  // ---- the raster, decoded: a picture that is put on the page is there at once -------------------

  async function askRaster(map, view, width, height) {
    const where = address(map, "raster", { ...ends(view), width, height });
    const reply = await ask(map, "raster", where);
    if (!reply) return null;
    try {
      const picture = new Image();
      picture.src = URL.createObjectURL(await reply.blob());
      await picture.decode();
      return picture;
    } catch (error) {
      if (error.name === "AbortError") return null;
      throw error;
    }
  }

  // ---- facts of galaxies -------------------------------------------------------------------------

  function facts(row, checkpoint) {
    const where = `${base()}/galaxies/${row}?checkpoint=${encodeURIComponent(checkpoint)}`;
    if (!kept.has(where)) {
      if (kept.size > MAX_FACTS) kept.clear();
      const answer = fetch(where).then((reply) => (reply.ok ? reply.json() : Promise.reject(reply)));
      kept.set(where, answer.catch(() => { kept.delete(where); return null; }));
    }
    return kept.get(where);
  }

  // What the color of a galaxy means, [column, class], as users call it now; null where it is of no class.
  function colorOf(row, checkpoint) {
    const asked = new URLSearchParams({ checkpoint, paint: state.paint ?? "" });
    return fetch(`${base()}/galaxies/${row}/color?${asked}`).then((reply) => (reply.ok ? reply.json() : null), () => null);
  }

  // [row, x, y] of galaxies on the map of a checkpoint; null where that cannot be had.
  function places(rows, checkpoint) {
    const where = `${base()}/places?${new URLSearchParams({ checkpoint, rows: rows.join(",") })}`;
    if (!kept.has(where)) {
      if (kept.size > MAX_FACTS) kept.clear();
      const answer = fetch(where).then((reply) => (reply.ok ? reply.json() : Promise.reject(reply)));
      kept.set(where, answer.then((told) => told.places).catch(() => { kept.delete(where); return null; }));
    }
    return kept.get(where);
  }

  M.add({ address, ask, askJson, askPoints, askRaster, breakOff, colorOf, cutoutAddress, ends, facts, keyOf, places });
})();
