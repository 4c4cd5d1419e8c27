// Keeping a map's pictures up to the view: after a short rest they are made anew, from what is here
// already where that is every galaxy, else from the server. The newest request wins.
"use strict";

(() => {
  const M = window.morphospace_map;
  const REST_MS = 90;
  const NOTE_MS = 4000;
  const MAX_PX = 2048; // of a raster's side

  function refreshSoon(map) {
    if (!map.checkpoint) return;
    map.frame.dataset.state = "loading";
    clearTimeout(map.rest);
    map.rest = setTimeout(() => refresh(map), REST_MS);
  }

  async function refresh(map) {
    if (!M.isShown(map) || !M.state.paint) return;
    const turn = (map.turn = (map.turn ?? 0) + 1);
    const isNewest = () => turn === map.turn;
    map.frame.dataset.state = "loading";
    try {
      const view = M.viewOf(map), checkpoint = map.checkpoint;
      const marks = M.askMarks(map, view); // on its way beside the picture
      marks.catch(() => {}); // told below, where the picture has not been refused before
      await picture(map, view, isNewest);
      const found = await marks;
      if (!isNewest()) return;
      if (found) M.putMarks(map, found, checkpoint);
      tell(map, "");
    } catch (error) {
      if (!isNewest()) return;
      tell(map, error instanceof TypeError ? "The server does not answer." : error.message);
    }
  }

  // ---- the picture -------------------------------------------------------------------------------

  // Whether the dots that are here are every galaxy of this view, in these colors.
  function isHere(map, key, view) {
    const { sheet } = map;
    if (!sheet || sheet.key !== key || !sheet.data.isEvery) return false;
    return M.contains(sheet.asked, view) || M.contains(sheet.asked, M.homeOf(map));
  }

  async function picture(map, view, isNewest) {
    const key = M.keyOf(map), checkpoint = map.checkpoint, isSelected = M.state.selected !== "";
    if (isHere(map, key, view)) {
      M.breakOff(map, "points");
      M.breakOff(map, "raster");
      if (!M.isSame(map.sheet.drawn, view)) M.drawSheet(map, map.sheet, view);
      M.moveSheet(map);
      M.sayInView(map);
      return;
    }
    const mayNeed = map.meta.n > map.meta.max_points;
    const isLikely = mayNeed && map.sheet !== null && !map.sheet.data.isEvery;
    const first = isLikely || (mayNeed && !map.sheet) ? raster(map, view) : null;
    first?.catch(() => {});
    const [points, far] = await Promise.all([M.askPoints(map, view), M.askFar(map, key)]);
    if (!points || !isNewest()) { letGo(first); return; }
    if (points.isEvery) { M.breakOff(map, "raster"); letGo(first); }
    const under = points.isEvery ? null : await (first ?? raster(map, view));
    if (!isNewest()) { letGo(under); return; }
    if (!under && !points.isEvery) return;
    const data = { ...points, far };
    M.putSheet(map, M.createSheet(map, { key, checkpoint, view, isSelected, data, raster: under }));
    M.dropOtherMarks(map, checkpoint);
    M.sayInView(map);
  }

  // Give back the memory of a raster, there or on its way, that is not needed after all.
  async function letGo(asked) {
    const picture = await Promise.resolve(asked).catch(() => null);
    if (picture) URL.revokeObjectURL(picture.src);
  }

  function raster(map, view) {
    const ratio = Math.min(window.devicePixelRatio || 1, MAX_PX / Math.max(view.width, view.height));
    return M.askRaster(map, view, Math.round(view.width * ratio), Math.round(view.height * ratio));
  }

  // ---- what is said --------------------------------------------------------------------------------

  function tell(map, text) {
    const told = map.frame.querySelector(".map-told");
    told.textContent = text;
    told.hidden = text === "";
    map.frame.dataset.state = text === "" ? "drawn" : "refused";
  }

  // Something to know that takes nothing away: gone after a while.
  function note(map, text) {
    const told = map.frame.querySelector(".map-told");
    told.textContent = text;
    told.hidden = false;
    clearTimeout(map.noted);
    map.noted = setTimeout(() => { if (told.textContent === text) told.hidden = true; }, NOTE_MS);
  }

  const number = (n) => n.toLocaleString("en-US");

  // How much of the collection is in view, and how much of that is drawn.
  function sayInView(map) {
    const { sheet, meta } = map;
    const isHidden = M.state.hidden !== "";
    const inView = `${number(sheet.nInView)} of ${number(meta.n)} in view`;
    const left = isHidden ? ", without the hidden groups" : "";
    const drawn = sheet.data.isEvery
      ? "every galaxy in view drawn"
      : `${number(sheet.data.n)} of ${number(sheet.nInView)} drawn as dots, the picture shows all`;
    const text = `${inView}${left} · ${drawn}`;
    const words = map.frame.querySelector(".map-in-view");
    if (words.textContent !== text) {
      const more = Object.assign(document.createElement("span"), { className: "map-drawn", textContent: ` · ${drawn}` });
      words.replaceChildren(`${inView}${left}`, more);
    }
    words.dataset.n = sheet.nInView;
    sheet.canvas.setAttribute("aria-label", `Map of the galaxies, ${text}`);
    map.frame.dataset.view = Object.values(sheet.drawn).slice(0, 4).join(" ");
    M.moveMinimap(map);
  }

  M.add({ refreshSoon, sayInView, tellMap: tell, noteMap: note });
})();
