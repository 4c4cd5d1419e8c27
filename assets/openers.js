// Buttons that open something say so. The library of the controls tells a box around each button
// whether it is open; screen readers want to hear it of the button.
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

  new MutationObserver(look).observe(document.documentElement, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["aria-expanded"],
  });
})();
