// Keys: each script says at load which it has; here they are listened for once, and `?` lists them.
// An entry of window.morphospace_keys: { key, shift, ctrl, alt, does, group, view, order, run(event) }.
// `key` as in event.key, letters small; `view` "galaxies", "lab" or "training", all where it is missing. Of
// several entries of one key the lowest `order` (50 where missing) is asked first; one whose run()
// returns false leaves it to the next.
"use strict";

(() => {
  const GROUPS = ["Map", "Selection", "Galaxy", "Labels", "Shelf", "Page"]; // the first in the list, in this order
  const NAMES = {
    Escape: "Esc", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", " ": "Space",
  };
  const OF_A_LIST = ["Enter", " ", "ArrowUp", "ArrowDown", "Home", "End", "Tab"];
  const keys = (window.morphospace_keys ||= []);
  const root = document.documentElement;
  let dialog = null;

  // ---- which entry is meant ----------------------------------------------------------------------

  const isLetter = (key) => key.length === 1 && key.toLowerCase() !== key.toUpperCase();

  function isMeant(entry, event) {
    const pressed = isLetter(event.key) ? event.key.toLowerCase() : event.key;
    // Shift is part of a sign such as ?, and is asked for only where it could be left out.
    const hasShift = isLetter(entry.key) || entry.shift ? Boolean(entry.shift) === event.shiftKey : true;
    return entry.key === pressed && hasShift
      && Boolean(entry.ctrl) === (event.ctrlKey || event.metaKey) && Boolean(entry.alt) === event.altKey
      && (!entry.view || entry.view === root.dataset.view);
  }

  function isTyping({ target, key }) {
    if (target.matches?.("input[type=radio], input[type=checkbox]")) return false;
    // A list that is closed keeps the focus after a choice: letters are not for it, and these are.
    if (target.matches?.("input[readonly][aria-expanded=false]")) return OF_A_LIST.includes(key);
    return Boolean(target.closest?.("input, textarea, select, [contenteditable=true], [role=combobox]"));
  }

  const isOpened = (target) => Boolean(target.closest?.("dialog, [role=dialog], [role=menu], [role=listbox]"));

  function press(event) {
    if (event.defaultPrevented || event.isComposing || isTyping(event) || isOpened(event.target)) return;
    const meant = keys.filter((entry) => isMeant(entry, event));
    meant.sort((a, b) => (a.order ?? 50) - (b.order ?? 50));
    for (const entry of meant) {
      if (entry.run(event) === false) continue;
      if (event.key.length === 1 && entry.key !== " ") event.preventDefault(); // Firefox searches at /
      return;
    }
  }
  document.addEventListener("keydown", press);

  // ---- the list ------------------------------------------------------------------------------------

  function combination(entry) {
    const name = NAMES[entry.key] ?? (isLetter(entry.key) ? entry.key.toUpperCase() : entry.key);
    const held = [entry.ctrl && "Ctrl", entry.alt && "Alt", entry.shift && "Shift"].filter(Boolean);
    return [...held, held.length || entry.key.length > 1 ? name : entry.key];
  }

  function element(tag, text, ...children) {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    made.append(...children);
    return made;
  }

  function line(entries) {
    const ways = entries.flatMap((entry, number) => [
      ...(number ? [" or "] : []),
      ...combination(entry).flatMap((name, place) => [...(place ? ["+"] : []), element("kbd", name)]),
    ]);
    return element("div", "", element("dt", "", ...ways), element("dd", entries[0].does));
  }

  // Entries that do the same are one line, with every key that does it.
  function listed(group) {
    const byWhat = new Map();
    for (const entry of keys.filter((entry) => (entry.group ?? "Page") === group && entry.does)) {
      byWhat.set(entry.does, [...(byWhat.get(entry.does) ?? []), entry]);
    }
    const title = element("h3", group);
    return element("section", "", title, element("dl", "", ...[...byWhat.values()].map(line)));
  }

  function show() {
    const names = [...new Set([...GROUPS, ...keys.map((entry) => entry.group ?? "Page")])]
      .filter((group) => keys.some((entry) => (entry.group ?? "Page") === group));
    if (!dialog) {
      dialog = element("dialog");
      dialog.className = "sheet keys";
      dialog.setAttribute("role", "dialog");
      dialog.setAttribute("aria-labelledby", "keys-title");
      document.body.append(dialog);
      dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    }
    const title = element("h2", "Keys");
    title.id = "keys-title";
    const close = element("button", "Close");
    close.type = "button";
    close.className = "small-button";
    close.addEventListener("click", () => dialog.close());
    const groups = element("div", "", ...names.map(listed));
    groups.className = "key-groups";
    dialog.replaceChildren(element("header", "", title, close), groups);
    if (!dialog.open) dialog.showModal();
  }

  keys.push({ key: "?", does: "this list of keys", group: "Page", run() { show(); } });
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_keys: { show(clicks) { if (clicks) show(); return window.dash_clientside.no_update; } },
  });
})();
