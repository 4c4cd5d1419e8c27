// What lies over a map: cutouts of representative galaxies, one to a cell, and rings around the
// inspected galaxy, its neighbors, and the galaxy that is pointed at anywhere on the page.
//
// A cutout is kept by its row from one view to the next and is never made another galaxy's; its
// place is of one checkpoint, and goes with that checkpoint's sheet.
"use strict";

(() => {
  const M = window.morphospace_map;
  const { state } = M;
  const LEAST_PX = 24, LARGEST = 0.13; // of a cutout: pixels, and share of a map's shorter side
  const GAP = 1.15; // cells are a little wider than cutouts

  function overOf(map) {
    if (!map.over?.isConnected) {
      map.over = document.createElement("div");
      map.over.className = "map-overlay";
      map.frame.append(map.over);
      map.marks = [];
    }
    return map.over;
  }

  // Pixels of a cutout: as chosen, and on small maps beside others no more than a part of the map.
  function sizeOf(map) {
    if (M.maps.size < 2) return state.size;
    const { clientWidth: width, clientHeight: height } = map.frame;
    return Math.min(state.size, Math.max(LEAST_PX, Math.round(Math.min(width, height) * LARGEST)));
  }

  // ---- asking --------------------------------------------------------------------------------------

  // Cutouts for a view, and the inspected galaxy with its neighbors; null where broken off.
  async function ask(map, view) {
    const [cutouts, query, answers] = await Promise.all([
      askCutouts(map, view), state.query === null ? null : M.facts(state.query, map.checkpoint), askAnswers(map),
    ]);
    return cutouts && { cutouts, query, answers };
  }

  // Places of what a search has found: [row, x, y].
  async function askAnswers(map) {
    return answered.length ? (await M.places(answered, map.checkpoint)) ?? [] : [];
  }

  async function askCutouts(map, view) {
    if (!state.cutouts) { M.breakOff(map, "cutouts"); return []; }
    const cell = sizeOf(map) * GAP;
    const where = M.address(map, "cutouts", {
      ...M.ends(view),
      columns: Math.max(1, Math.floor(view.width / cell)),
      rows: Math.max(1, Math.floor(view.height / cell)),
    });
    const reply = await M.askJson(map, "cutouts", where);
    return reply && reply.cutouts;
  }

  // ---- putting ---------------------------------------------------------------------------------------

  function put(map, { cutouts, query, answers = [] }, checkpoint) {
    if (map.sheet?.checkpoint !== checkpoint) return;
    const over = overOf(map);
    const old = new Map(map.marks.filter((mark) => mark.kind === "cutout" && mark.checkpoint === checkpoint)
      .map((mark) => [mark.row, mark]));
    const size = sizeOf(map);
    const marks = cutouts.map(([row, x, y]) => {
      const kept = old.get(row);
      if (!kept) return create("cutout", row, x, y, checkpoint, size);
      if (kept.size < size) Object.assign(kept.element, { src: M.cutoutAddress(row, size) });
      return { ...kept, x, y, size: Math.max(kept.size, size) };
    });
    for (const [row, x, y] of answers) marks.push(create("neighbor", row, x, y));
    for (const near of (answers.length ? [] : query?.neighbors) ?? []) marks.push(create("neighbor", near.row, near.x, near.y));
    if (query) marks.push(create("query", query.row, query.x, query.y));
    const pointed = map.marks.find((mark) => mark.kind === "pointed");
    if (pointed) marks.push(pointed);
    set(map, over, marks);
  }

  // Elements that stay are not taken out of the page and put back: their pictures would blink.
  function set(map, over, marks) {
    const stays = new Set(marks.map((mark) => mark.element));
    for (const element of [...over.children]) if (!stays.has(element)) element.remove();
    for (const { element } of marks) if (!element.isConnected) over.append(element);
    map.marks = marks;
    move(map);
  }

  function create(kind, row, x, y, checkpoint = null, size = state.size) {
    const element = document.createElement(kind === "cutout" ? "img" : "div");
    element.className = `map-mark ${kind}`;
    element.dataset.markRow = row;
    if (kind === "cutout") {
      element.alt = "";
      element.draggable = false;
      element.addEventListener("error", () => element.remove());
      element.src = M.cutoutAddress(row, size);
    }
    return { element, kind, row, x, y, checkpoint, size };
  }

  // A sheet of another checkpoint has come: cutouts of the one before are at wrong places.
  function dropOther(map, checkpoint) {
    const marks = map.marks.filter((mark) => mark.checkpoint === checkpoint);
    if (marks.length < map.marks.length) set(map, overOf(map), marks);
  }

  // ---- moving ----------------------------------------------------------------------------------------

  function move(map) {
    const view = M.viewOf(map);
    map.over?.style.setProperty("--cutout", `${sizeOf(map)}px`);
    for (const mark of map.marks) {
      mark.at = M.isIn(view, mark.x, mark.y) ? M.toPixels(view, mark.x, mark.y) : null;
      mark.element.style.display = mark.at ? "" : "none";
      if (mark.at) {
        mark.element.style.transform = `translate(-50%, -50%) translate(${mark.at[0]}px, ${mark.at[1]}px)`;
      }
    }
  }

  // The row of the cutout at a place of the frame, or null. The last one lies on top.
  function cutoutAt(map, px, py) {
    const half = sizeOf(map) / 2;
    const hit = map.marks.findLast((mark) => mark.kind === "cutout" && mark.at && mark.element.isConnected
      && Math.abs(mark.at[0] - px) <= half && Math.abs(mark.at[1] - py) <= half);
    return hit ? { row: hit.row, x: hit.x, y: hit.y } : null;
  }

  // ---- what a search has found -----------------------------------------------------------------------

  let answered = []; // rows; while there are some, they are marked in place of the neighbors

  document.addEventListener("morphospace:answers", ({ detail }) => {
    if (JSON.stringify(detail.rows) === JSON.stringify(answered)) return;
    answered = detail.rows;
    for (const map of M.shown()) M.refreshSoon(map);
  });

  // ---- the galaxy pointed at, anywhere -----------------------------------------------------------------

  let pointed = null; // its row

  document.addEventListener("morphospace:point", (event) => {
    pointed = event.detail.row;
    for (const map of M.shown()) point(map, pointed);
  });

  async function point(map, row) {
    const place = row === null ? null : await placeOf(map, row);
    if (row !== pointed || !M.isShown(map)) return;
    const marks = map.marks.filter((mark) => mark.kind !== "pointed");
    if (place) marks.push(create("pointed", row, place.x, place.y));
    set(map, overOf(map), marks);
  }

  // Of a galaxy that is drawn, from the dots; else from its facts.
  async function placeOf(map, row) {
    const { sheet } = map;
    const number = sheet && sheet.checkpoint === map.checkpoint ? sheet.data.row.indexOf(row) : -1;
    if (number >= 0) return { x: sheet.data.x[number], y: sheet.data.y[number] };
    return M.facts(row, map.checkpoint);
  }

  M.add({ askMarks: ask, putMarks: put, dropOtherMarks: dropOther, moveMarks: move, cutoutAt, cutoutSize: sizeOf, placeOf });
})();
