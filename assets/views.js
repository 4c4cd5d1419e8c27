// The views of the page, one shown at a time: which one is told to styles by `data-view` of <html>,
// and to scripts by the event "morphospace:view".
"use strict";

(() => {
  const VIEWS = { "/lab": "lab", "/training": "training" }; // any other address: the galaxies
  const TITLES = { lab: "Structure lab · Morphospace", training: "Training · Morphospace" };
  const root = document.documentElement;

  const viewOf = (pathname) => VIEWS[pathname] ?? "galaxies";
  root.dataset.view = viewOf(window.location.pathname); // before anything is drawn: no other flashes up

  let title = null; // of the galaxies' view
  let visits = 0; // to the training: what it measures may have changed meanwhile

  function show(pathname, ...links) {
    const view = root.dataset.view = viewOf(pathname);
    if (view !== "galaxies") window.morphospace_first_shown.draw(`view-${view}`);
    if (view === "training") window.dash_clientside.set_props("training-visit", { data: visits += 1 });
    title = title ?? document.title;
    document.title = TITLES[view] ?? title;
    for (const id of links) {
      const link = document.getElementById(id);
      if (link && viewOf(link.getAttribute("href")) === view) link.setAttribute("aria-current", "page");
      else link?.removeAttribute("aria-current");
    }
    // Graphs that were hidden have the size of nothing until they are told to look again.
    requestAnimationFrame(() => window.dispatchEvent(new Event("resize")));
    document.dispatchEvent(new CustomEvent("morphospace:view", { detail: view }));
    return window.dash_clientside.no_update;
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, { morphospace_views: { show } });
})();
