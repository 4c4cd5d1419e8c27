// The tour of a first visit: five steps, a card beside each part of the page that is told of.
// Shown once in a browser, never where a link was opened, and again by its button in the header.
"use strict";

(() => {
  const KEPT = "morphospace-tour";
  const GAP = 12, RIM = 4; // pixels between card and part, and around the part
  let card = null, light = null, number = -1, before = null;

  const steps = () => [...document.querySelectorAll(".tour-steps > [data-at]")]
    .filter((step) => partOf(step)); // on a phone, or with hidden panels, some are not there

  function partOf(step) {
    return [...document.querySelectorAll(step.dataset.at)].find((part) => part.getClientRects().length);
  }

  function isOver() {
    try { return window.localStorage.getItem(KEPT) !== null; } catch { return true; }
  }
  function end() { try { window.localStorage.setItem(KEPT, "done"); } catch { /* not kept, then */ } }

  function button(text, run) {
    const made = Object.assign(document.createElement("button"), {
      type: "button", className: "small-button", textContent: text,
    });
    made.addEventListener("click", run);
    return made;
  }

  function build() {
    light = Object.assign(document.createElement("div"), { className: "tour-light" });
    card = Object.assign(document.createElement("div"), { className: "tour-card" });
    card.setAttribute("role", "dialog");
    card.setAttribute("aria-labelledby", "tour-title");
    card.setAttribute("aria-describedby", "tour-text");
    card.addEventListener("keydown", (event) => {
      const to = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (to) show(number + to);
      else if (event.key === "Escape") close();
      else return;
      event.stopPropagation();
    });
    document.body.append(light, card);
    window.addEventListener("resize", place);
  }

  function show(wanted) {
    const all = steps();
    if (wanted >= all.length) return close();
    if (!card) build();
    number = Math.max(wanted, 0);
    const [title, text] = all[number].children;
    const heading = Object.assign(title.cloneNode(true), { id: "tour-title" });
    const words = Object.assign(text.cloneNode(true), { id: "tour-text" });
    const count = Object.assign(document.createElement("span"), {
      className: "faint", textContent: `${number + 1} of ${all.length}`,
    });
    const foot = document.createElement("footer");
    const isLast = number === all.length - 1;
    const next = button(isLast ? "Done" : "Next", () => show(number + 1));
    foot.append(count, ...(isLast ? [] : [button("Skip", close)]), ...(number ? [button("Back", () => show(number - 1))] : []), next);
    card.replaceChildren(heading, words, foot);
    card.hidden = light.hidden = false;
    place();
    next.focus();
  }

  // Beside the part where there is room: right, left, below, above; over it where there is none.
  function place() {
    if (!card || card.hidden) return;
    const part = partOf(steps()[number] ?? { dataset: { at: "body" } });
    if (!part) return close();
    const box = part.getBoundingClientRect();
    Object.assign(light.style, {
      left: `${box.left - RIM}px`, top: `${box.top - RIM}px`,
      width: `${box.width + 2 * RIM}px`, height: `${box.height + 2 * RIM}px`,
    });
    const { offsetWidth: width, offsetHeight: height } = card;
    const { innerWidth, innerHeight } = window;
    const inX = (x) => Math.min(Math.max(x, GAP), innerWidth - width - GAP);
    const inY = (y) => Math.min(Math.max(y, GAP), innerHeight - height - GAP);
    let at;
    if (box.right + GAP + width < innerWidth) at = [box.right + GAP, inY(box.top)];
    else if (box.left - GAP - width > 0) at = [box.left - GAP - width, inY(box.top)];
    else if (box.bottom + GAP + height < innerHeight) at = [inX(box.left), box.bottom + GAP];
    else if (box.top - GAP - height > 0) at = [inX(box.left), box.top - GAP - height];
    else at = [inX(box.left + (box.width - width) / 2), inY(box.top + (box.height - height) / 2)];
    Object.assign(card.style, { left: `${at[0]}px`, top: `${at[1]}px` });
  }

  function start() {
    end(); // seen once, however far
    before = document.activeElement;
    show(0);
  }

  function close() {
    if (!card || card.hidden) return;
    card.hidden = light.hidden = true;
    before?.focus?.();
  }

  const isFirstVisit = () => !isOver() && document.documentElement.dataset.view === "galaxies"
    && !new URLSearchParams(window.location.search).has("view");

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_tour: {
      first() { if (isFirstVisit()) requestAnimationFrame(start); return window.dash_clientside.no_update; },
      again(clicks) { if (clicks) start(); return window.dash_clientside.no_update; },
    },
  });
})();
