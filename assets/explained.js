// One line on what a control does, for whoever rests on it with the pointer or reaches it by
// keyboard: the text of the nearest [data-explained] (dashboard/panels/parts.py).
"use strict";

(() => {
  const DELAY_MS = 400;
  const GAP_PX = 6, MARGIN_PX = 8;
  const shown = { box: null, of: null, timer: null };

  const explainedAt = (target) => target?.closest?.("[data-explained]") ?? null;

  function boxOf() {
    if (!shown.box?.isConnected) {
      shown.box = Object.assign(document.createElement("div"), { className: "explanation", id: "explanation" });
      shown.box.setAttribute("role", "tooltip");
      document.body.appendChild(shown.box);
    }
    return shown.box;
  }

  function show(explained, target) {
    const control = explained.firstElementChild;
    if (!control?.isConnected) return;
    const box = boxOf();
    box.textContent = explained.dataset.explained;
    box.classList.add("shown");
    const of = control.getBoundingClientRect(), own = box.getBoundingClientRect();
    const middle = of.left + of.width / 2 - own.width / 2;
    const left = Math.max(MARGIN_PX, Math.min(middle, window.innerWidth - own.width - MARGIN_PX));
    const above = of.top - own.height - GAP_PX;
    box.style.left = `${left}px`;
    box.style.top = `${above >= MARGIN_PX ? above : of.bottom + GAP_PX}px`;
    target.setAttribute("aria-describedby", box.id);
    shown.target = target;
  }

  function hide() {
    clearTimeout(shown.timer);
    shown.box?.classList.remove("shown");
    if (shown.target?.getAttribute("aria-describedby") === "explanation") {
      shown.target.removeAttribute("aria-describedby");
    }
    Object.assign(shown, { of: null, target: null });
  }

  function over(event) {
    const explained = explainedAt(event.target);
    if (explained === shown.of) return;
    hide();
    if (!explained || event.buttons || event.pointerType === "touch") return;
    shown.of = explained;
    shown.timer = setTimeout(show, DELAY_MS, explained, event.target);
  }

  document.addEventListener("pointerover", over);
  document.addEventListener("focusin", (event) => {
    if (event.target.matches?.(":focus-visible")) over(event);
  });
  for (const end of ["pointerdown", "focusout", "keydown", "wheel"]) document.addEventListener(end, hide, { capture: true, passive: true });
  document.documentElement.addEventListener("pointerleave", hide);
})();
