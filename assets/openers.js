// Buttons that open something say so, and who opens it is in it. The library of the controls tells
// a box around each button whether it is open; screen readers want to hear it of the button. And it
// leaves the focus on the button where what opens was drawn before: Tab would pass by what opened,
// and Escape not close it.
"use strict";

(() => {
  const TOLD = ["aria-haspopup", "aria-expanded", "aria-controls"];
  const BOXES = "div[aria-haspopup], div[aria-expanded]";

  function tell(box) {
    if (box.getAttribute("role")) return; // it is a control itself
    const button = box.querySelector("button, [role=button]");
    if (!button) return;
    for (const name of TOLD) {
      if (!box.hasAttribute(name)) continue;
      button.setAttribute(name, box.getAttribute(name));
      box.removeAttribute(name);
    }
    if (button.getAttribute("aria-haspopup") === "dialog") enter(button);
  }

  function enter(button, patience = 30) { // frames until it is to be seen
    const opened = document.getElementById(button.getAttribute("aria-controls"));
    if (button.getAttribute("aria-expanded") !== "true" || document.activeElement !== button || !patience) return;
    if (opened?.getClientRects().length) opened.focus({ preventScroll: true });
    else requestAnimationFrame(() => enter(button, patience - 1));
  }

  function look(changes) {
    for (const { type, target, addedNodes } of changes) {
      if (type === "attributes") {
        if (target.matches(BOXES)) tell(target);
        continue;
      }
      for (const node of addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        if (node.matches(BOXES)) tell(node);
        node.querySelectorAll(BOXES).forEach(tell);
      }
    }
  }

  // Where it holds nothing that Tab could go to, Tab has left it.
  (window.morphospace_keys ||= []).push({
    key: "Escape", does: "close what is open", group: "Page", order: 1,
    run() {
      const button = document.querySelector("button[aria-haspopup=dialog][aria-expanded=true]");
      button?.click();
      button?.focus();
      return Boolean(button);
    },
  });

  new MutationObserver(look).observe(document.documentElement, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["aria-expanded"],
  });
})();
