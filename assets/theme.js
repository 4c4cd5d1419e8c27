// Dark or light: chosen before anything is drawn, so that no other ground flashes up. What was
// chosen is kept in this browser; a first visit follows what the browser asks for.
"use strict";

(() => {
  const KEPT = "morphospace-theme";
  const MANTINE = "mantine-color-scheme-value"; // where the library of the controls looks
  const root = document.documentElement;
  const isTheme = (name) => name === "dark" || name === "light";

  function kept() {
    try { return window.localStorage.getItem(KEPT); } catch { return null; }
  }

  function keep(name, key) {
    try { window.localStorage.setItem(key, name); } catch { /* it lasts as long as the page, then */ }
  }

  function mark(name) {
    root.dataset.theme = name;
    root.dataset.mantineColorScheme = name;
    keep(name, MANTINE);
  }

  const asked = () => (window.matchMedia?.("(prefers-color-scheme: light)").matches ? "light" : "dark");
  mark(isTheme(kept()) ? kept() : asked());

  function choose(name) {
    mark(name);
    keep(name, KEPT);
    window.dash_clientside.set_props("theme", { data: name });
    window.dash_clientside.set_props("provider", { forceColorScheme: name });
  }
  const toggle = () => choose(root.dataset.theme === "dark" ? "light" : "dark");

  (window.morphospace_keys ||= []).push({
    key: "t", does: "dark or light", group: "Page", run() { toggle(); },
  });
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_theme: {
      // The store is filled before what depends on it is asked for; of the usual theme nobody is told.
      first: (_id, usual) => (root.dataset.theme === usual ? window.dash_clientside.no_update : root.dataset.theme),
      toggle(clicks) { if (clicks) toggle(); return window.dash_clientside.no_update; },
    },
  });
})();
