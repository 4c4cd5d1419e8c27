// How the panels share the window: splitters, maximised and hidden panels, the parts of a phone.
// All of it is one record, kept in this browser and in links, and told to shell.css by attributes
// and variables of <html>: they are there before the page is drawn.
"use strict";

(() => {
  const KEPT = "morphospace-page";
  const PANELS = ["map", "correlation", "inspector", "shelf"];
  const FIRST = { sizes: {}, hidden: [], maximised: null, phone: "map" };
  const LEAST = 10, MOST = 90, STEP = 2; // percent
  const root = document.documentElement;
  const same = () => window.dash_clientside.no_update;
  let state = remembered();
  let hovered = null; // the panel under the pointer

  // ---- the record ------------------------------------------------------------------------------

  // Of what a user or a link gives, only what is one of our words, in its range.
  function checked(given) {
    const sizes = {};
    for (const [name, size] of Object.entries(given?.sizes ?? {})) {
      if (["right", "shelf", "inspector"].includes(name) && Number.isFinite(size)) sizes[name] = within(size);
    }
    const hidden = PANELS.filter((name) => Array.isArray(given?.hidden) && given.hidden.includes(name));
    const isPanel = PANELS.includes(given?.maximised) || /^(lab|training)-[a-z]{1,20}$/.test(given?.maximised ?? "");
    const maximised = isPanel ? given.maximised : null;
    const phone = ["map", "correlation", "shelf"].includes(given?.phone) ? given.phone : "map";
    return { sizes, hidden: hidden.length < PANELS.length ? hidden : [], maximised, phone };
  }

  function within(percent) { return Math.min(Math.max(percent, LEAST), MOST); }

  function remembered() {
    let kept = null;
    try { kept = JSON.parse(window.localStorage.getItem(KEPT)); } catch { /* none, or not ours */ }
    return checked(kept);
  }

  function change(some) {
    const hidden = state.hidden.join();
    state = checked({ ...state, ...some });
    try { window.localStorage.setItem(KEPT, JSON.stringify(state)); } catch { /* not kept, then */ }
    apply();
    if (state.hidden.join() !== hidden) tellMenu();
  }

  // ---- what is told to the page ------------------------------------------------------------------

  function apply() {
    for (const name of ["right", "shelf", "inspector"]) {
      if (state.sizes[name] === undefined) root.style.removeProperty(`--${name}`);
      else root.style.setProperty(`--${name}`, state.sizes[name]);
    }
    root.dataset.hidden = state.hidden.join(" ");
    root.dataset.phone = state.phone;
    if (state.maximised) root.dataset.maximised = state.maximised;
    else delete root.dataset.maximised;
    mark();
    resized();
  }

  // What needs the elements themselves: they may come later than the record.
  function mark() {
    for (const panel of document.querySelectorAll("[data-panel]")) {
      const isMaximised = panel.dataset.panel === state.maximised;
      panel.classList.toggle("maximised", isMaximised);
      const button = panel.querySelector(".panel-button.maximise");
      button?.setAttribute("aria-pressed", String(isMaximised));
    }
    for (const splitter of document.querySelectorAll("[data-splitter]")) {
      splitter.setAttribute("aria-valuenow", Math.round(sizeOf(splitter)));
    }
    for (const button of document.querySelectorAll("[data-phone]")) {
      if (button !== root) button.setAttribute("aria-current", String(button.dataset.phone === state.phone));
    }
  }

  const sizeOf = (splitter) => state.sizes[splitter.dataset.splitter] ?? Number(splitter.dataset.start);

  // Graphs look at their size anew: at once and when the browser has laid out the panels.
  let isDue = false;
  function resized() {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => { isDue = false; window.dispatchEvent(new Event("resize")); });
  }

  function tellMenu() {
    const shown = PANELS.filter((name) => !state.hidden.includes(name));
    window.dash_clientside?.set_props?.("panels-shown", { value: shown });
  }

  // ---- splitters -----------------------------------------------------------------------------------

  let dragged = null;

  function sizeAt(splitter, event) {
    const box = splitter.parentElement.getBoundingClientRect();
    const share = splitter.dataset.splitter === "right"
      ? (box.right - event.clientX) / box.width : (box.bottom - event.clientY) / box.height;
    return within(100 * share);
  }

  document.addEventListener("pointerdown", (event) => {
    const splitter = event.target.closest?.("[data-splitter]");
    if (!splitter || event.button !== 0) return;
    dragged = splitter;
    splitter.classList.add("dragged");
    root.classList.add("splitting");
    splitter.setPointerCapture?.(event.pointerId);
  });
  document.addEventListener("pointermove", (event) => {
    if (dragged) change({ sizes: { ...state.sizes, [dragged.dataset.splitter]: sizeAt(dragged, event) } });
  });
  function drop() {
    dragged?.classList.remove("dragged");
    root.classList.remove("splitting");
    dragged = null;
  }
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", drop);
  document.addEventListener("dblclick", (event) => {
    const name = event.target.closest?.("[data-splitter]")?.dataset.splitter;
    if (!name) return;
    const { [name]: _, ...rest } = state.sizes;
    change({ sizes: rest });
  });
  document.addEventListener("keydown", (event) => {
    const splitter = event.target.closest?.("[data-splitter]");
    const isAcross = splitter?.dataset.splitter === "right";
    const [more, less] = isAcross ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
    const to = splitter && { [more]: sizeOf(splitter) + STEP, [less]: sizeOf(splitter) - STEP, Home: LEAST, End: MOST }[event.key];
    if (to === undefined || to === null) return;
    event.preventDefault();
    event.stopPropagation();
    change({ sizes: { ...state.sizes, [splitter.dataset.splitter]: within(to) } });
  }, true);

  // ---- maximised, hidden, and a phone's parts -------------------------------------------------------

  const maximise = (name) => change({ maximised: state.maximised === name ? null : name });
  const hide = (name) => change({ hidden: [...state.hidden, name], maximised: null });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".panel-button[data-action]");
    if (button) {
      const name = button.closest("[data-panel]").dataset.panel;
      if (button.dataset.action === "hide") hide(name);
      else maximise(name);
    }
    const part = event.target.closest?.(".phone-bar [data-phone]");
    if (part) change({ phone: part.dataset.phone, maximised: null });
  });

  document.addEventListener("pointerover", (event) => {
    hovered = event.target.closest?.("[data-panel]") ?? null;
  });

  // A panel on the shelf is the shelf.
  function panelMeant() {
    const meant = document.activeElement?.closest?.("[data-panel]") ?? hovered;
    return (meant?.closest(".panel-shelf") ?? meant)?.dataset.panel ?? null;
  }
  const viewOf = (panel) => ["lab", "training"].find((view) => panel?.startsWith(`${view}-`)) ?? "galaxies";
  const isSeen = () => root.dataset.view === viewOf(state.maximised);

  (window.morphospace_keys ||= []).push(
    {
      key: "m", does: "maximise the panel under the pointer, or bring it back", group: "Page",
      run() { const name = (isSeen() && state.maximised) || panelMeant(); if (name) maximise(name); },
    },
    {
      key: "Escape", does: "bring a maximised panel back", group: "Page", order: 10,
      run() { if (!state.maximised || !isSeen()) return false; maximise(state.maximised); return true; },
    },
  );
  (window.morphospace_states ||= []).push({
    name: "page",
    get: () => state,
    set(value) { change(checked(value)); },
  });

  apply();
  document.addEventListener("morphospace:first-shown", mark);
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_shell: {
      ready() { mark(); tellMenu(); resized(); return same(); },
      reset(clicks) { if (clicks) change({ ...FIRST, phone: state.phone }); return same(); },
      shown(names) {
        const hidden = PANELS.filter((name) => !(names ?? PANELS).includes(name));
        if (hidden.join() !== state.hidden.join()) change({ hidden });
        return same();
      },
    },
  });
})();
