// One galaxy, lit up wherever it is shown. Whatever has `data-row` tells the page when the pointer
// or the focus is on it; whoever is told lights up what it shows of that galaxy: here, every
// element with that row; on the maps, a ring (map_marks.js).
"use strict";

(() => {
  const EVENT = "morphospace:point";
  let mine = null; // what was told last from here, and not by a map since

  const rowOf = (element) => {
    const galaxy = element?.closest?.("[data-row]");
    const number = galaxy ? Number(galaxy.dataset.row) : NaN;
    return Number.isInteger(number) ? number : null;
  };

  function tell(next) {
    if (next === mine) return;
    mine = next;
    document.dispatchEvent(new CustomEvent(EVENT, { detail: { row: next, from: "galaxy" } }));
  }

  document.addEventListener("pointerover", (event) => tell(rowOf(event.target)));
  document.addEventListener("focusin", (event) => {
    if (event.target.matches?.(":focus-visible")) tell(rowOf(event.target));
  });
  document.addEventListener("focusout", () => tell(null));
  document.documentElement.addEventListener("pointerleave", () => tell(null));

  document.addEventListener(EVENT, ({ detail }) => {
    if (detail.from !== "galaxy") mine = null;
    for (const lit of document.querySelectorAll("[data-row].pointed")) {
      if (Number(lit.dataset.row) !== detail.row) lit.classList.remove("pointed");
    }
    if (detail.row === null) return;
    for (const lit of document.querySelectorAll(`[data-row="${detail.row}"]`)) lit.classList.add("pointed");
  });
})();
