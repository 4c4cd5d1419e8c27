// The gallery in the browser: how many thumbnails fit into its box, turning pages, moving by arrows,
// Ctrl-click, and which galaxy is the inspected one. What is shown comes from the server.
"use strict";

(() => {
  const GAP = 8;
  const CAPTION = 17; // height of a caption and of the space above it, in pixels
  const LEAST = 36; // pixels: a lower box cuts its only row
  const SETTLED_MS = 120;
  const PICTURES = [64, 128, 192, 384]; // pixels that are asked for: few, or resizing loads anew
  const NAME = "gallery";
  const PLACE = "gallery-place";
  const state = { size: 96, shelf: null, query: null, told: null, page: null, checkpoint: null };
  let held = null; // place to stay at, when the list becomes another by a Ctrl-click here
  const box = { element: null, resized: null, changed: null, timer: null };
  let isTurned = false; // by a key within the gallery: the focus goes to the new page's first

  const same = () => window.dash_clientside.no_update;
  const set = (id, properties) => window.dash_clientside.set_props(id, properties);
  const grid = () => document.getElementById("gallery");
  const thumbnails = () => [...(grid()?.querySelectorAll(".thumbnail") ?? [])];
  const isShown = () => state.shelf === NAME;

  // ---- how many fit ------------------------------------------------------------------------------

  // Whole rows and columns of pictures at least as large as asked for, which then grow until they
  // fill the box; where not even one fits, it is made smaller.
  function room({ clientWidth: width, clientHeight: height }) {
    if (!width || !height) return null;
    const asked = Math.max(LEAST, Math.min(state.size, height - CAPTION, width));
    const fit = (length, each) => Math.max(1, Math.floor((length + GAP) / (each + GAP)));
    const share = (length, n) => (length - GAP * (n - 1)) / n;
    const columns = fit(width, asked), rows = fit(height, asked + CAPTION);
    const grown = Math.min(share(width, columns), share(height, rows) - CAPTION);
    return { size: Math.max(LEAST, Math.floor(grown)), columns, rows };
  }

  function measure() {
    const element = grid();
    const found = element && room(element);
    if (!found) return;
    element.style.setProperty("--size", `${found.size}px`);
    clearTimeout(box.timer);
    box.timer = setTimeout(() => tellRoom(found), SETTLED_MS);
  }

  function tellRoom({ columns, rows, size }) {
    const pixels = Math.ceil(size * window.devicePixelRatio);
    const px = PICTURES.find((each) => each >= pixels) ?? PICTURES.at(-1);
    if (box.columns === columns && box.rows === rows && box.px === px) return;
    Object.assign(box, { columns, rows, px });
    set("gallery-room", { data: { columns, rows, px } });
  }

  function watch() {
    const element = grid();
    if (!element || box.element === element) return;
    box.resized?.disconnect();
    box.changed?.disconnect();
    box.element = element;
    box.resized = new ResizeObserver(measure);
    box.resized.observe(element);
    box.changed = new MutationObserver(mark);
    box.changed.observe(element, { childList: true, subtree: true, attributeFilter: ["data-row"] });
  }

  function stay() {
    if (!held || !state.told || held.of === state.told.of) return;
    const { first } = held;
    held = null;
    if (first && first !== state.told.first) set(PLACE, { data: { first, of: state.told.of } });
  }

  // ---- what is marked ----------------------------------------------------------------------------

  // One thumbnail is reached by Tab, the others from it by arrows.
  function mark() {
    const all = thumbnails();
    if (isTurned && all.length && document.activeElement === document.body) {
      all[0].focus();
      isTurned = false;
    }
    const focused = all.indexOf(document.activeElement);
    all.forEach((element, place) => {
      element.tabIndex = place === Math.max(focused, 0) ? 0 : -1;
      const isQuery = state.query !== null && element.dataset.row === String(state.query);
      if (isQuery) element.setAttribute("aria-current", "true");
      else element.removeAttribute("aria-current");
    });
  }

  function showPages() {
    const { first, per_page: perPage, n } = state.told ?? { first: 0, per_page: 1, n: 0 };
    const last = Math.max(1, Math.ceil(n / perPage));
    const page = Math.floor(first / perPage) + 1;
    state.page = String(page);
    set("gallery-page", { value: state.page });
    const pages = document.querySelector(".gallery-pages");
    if (pages) pages.textContent = `of ${last.toLocaleString("en")}`;
    for (const [id, isEnd] of [
      ["gallery-first", page <= 1], ["gallery-previous", page <= 1],
      ["gallery-next", page >= last], ["gallery-last", page >= last],
    ]) document.getElementById(id)?.setAttribute("aria-disabled", String(isEnd));
  }

  // ---- turning pages -----------------------------------------------------------------------------

  // The place that a page begins at, or null where there is nothing to turn to.
  function placeOf(page, told) {
    if (!told || !Number.isFinite(page)) return null;
    const last = Math.max(1, Math.ceil(told.n / told.per_page));
    const first = (Math.min(Math.max(Math.round(page), 1), last) - 1) * told.per_page;
    return first === told.first ? null : { first, of: told.of };
  }

  const pageOf = (told) => Math.floor(told.first / told.per_page) + 1;

  function turnBy(step) {
    const place = state.told && placeOf(pageOf(state.told) + step, state.told);
    if (!place) return;
    isTurned ||= Boolean(grid()?.contains(document.activeElement));
    set(PLACE, { data: ahead(place) });
  }

  // The next turn begins where this one leads to, also before the server has answered.
  function ahead(place) {
    state.told = { ...state.told, first: place.first };
    return place;
  }

  // ---- keys --------------------------------------------------------------------------------------

  function steps(all) {
    const columns = all.filter((element) => element.offsetTop === all[0].offsetTop).length;
    return { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  }

  document.addEventListener("keydown", (event) => {
    const focused = event.target.closest?.("#gallery .thumbnail");
    if (!focused || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = thumbnails();
    const ends = { Home: 0, End: all.length - 1 };
    const step = steps(all)[event.key];
    if (step === undefined && !(event.key in ends)) return;
    event.preventDefault(); // these arrows are not the map's
    const next = all[step === undefined ? ends[event.key] : all.indexOf(focused) + step];
    if (!next) return;
    for (const element of all) element.tabIndex = element === next ? 0 : -1;
    next.focus();
  });

  const listed = (key, does, run) => ({ key, does, group: "Shelf", view: "galaxies", run });
  const turning = (step) => () => (isShown() ? turnBy(step) : false);
  (window.morphospace_keys ||= []).push(
    listed("PageDown", "next page of the gallery", turning(1)),
    listed("PageUp", "previous page of the gallery", turning(-1)),
  );

  // ---- Ctrl-click --------------------------------------------------------------------------------

  // A galaxy is added to the selection or taken out of it, and not inspected.
  function toggle(element) {
    const row = Number(element.dataset.row);
    const step = {
      op: element.classList.contains("chosen") ? "remove" : "add",
      checkpoint: state.checkpoint, kind: "rows", rows: [row],
    };
    held = state.told;
    // From the gallery of all, the next ones are to be added too: it stays what it is.
    if (!document.querySelector("#gallery .chosen")) set("gallery-scope", { value: "all" });
    window.morphospace_selecting.step(step);
  }

  document.addEventListener("click", (event) => {
    const element = event.target.closest?.("#gallery .thumbnail");
    if (!element || !(event.ctrlKey || event.metaKey)) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    toggle(element);
  }, true);

  // ---- the page ----------------------------------------------------------------------------------

  function look() {
    watch();
    requestAnimationFrame(() => { measure(); mark(); showPages(); });
  }
  document.addEventListener("morphospace:first-shown", look);

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_gallery: {
      follow(size, shelf, query, told, checkpoint) {
        Object.assign(state, { size, shelf, query: query ?? null, told, checkpoint });
        stay();
        look();
        return same();
      },
      turn(first, previous, next, last, page) {
        const { told } = state;
        const { triggered_id: id } = window.dash_clientside.callback_context;
        if (!told || (id === "gallery-page" && page === state.page)) return same(); // set here
        const asked = {
          "gallery-first": 1,
          "gallery-previous": pageOf(told) - 1,
          "gallery-next": pageOf(told) + 1,
          "gallery-last": Infinity,
          "gallery-page": Number.parseInt(page, 10),
        }[id];
        const place = placeOf(asked === Infinity ? told.n : asked, told);
        return place ? ahead(place) : same();
      },
    },
  });
})();
