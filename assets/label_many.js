// Labels for many galaxies at once: a score or a tag, asked again before it is given, one act that
// Undo takes back whole. A panel tells which galaxies by { record, n, whose, reached }.
"use strict";

(() => {
  const SCORES = [0, 1, 2, 3, 4, 5];
  const MAX_TAG = 40; // characters
  const offered = new Map(); // id of the place -> { of, asked, said, isRefused, isOpen }

  function element(tag, properties = {}, ...children) {
    const { data = {}, label, role, ...rest } = properties;
    const made = Object.assign(document.createElement(tag), rest);
    Object.assign(made.dataset, data);
    if (label) made.setAttribute("aria-label", label);
    if (role) made.setAttribute("role", role);
    made.append(...children);
    return made;
  }

  const button = (text, does, more = {}) => element("button", {
    type: "button", className: "small-button", textContent: text, data: { many: does }, ...more,
  });

  // ---- what is shown -----------------------------------------------------------------------------

  const wordsOf = ({ score, tag }) => (score === undefined ? `Tag “${tag}”` : `Score ${score}`);

  function choices({ of }) {
    const scores = SCORES.map((value) => button(String(value), "score", {
      data: { many: "score", value }, label: `Score ${value} for ${of.whose}`,
    }));
    const field = element("input", {
      type: "text", className: "many-tag", placeholder: "or a tag", maxLength: MAX_TAG, autocomplete: "off",
      label: `Tag for ${of.whose}`,
    });
    return element(
      "div", { className: "many-line" },
      element("span", { className: "faint", textContent: "score" }), ...scores, field, button("Tag", "tag"),
    );
  }

  function question({ of, asked }) {
    return element(
      "div", { className: "many-line" },
      element("span", { textContent: `${wordsOf(asked)} for ${of.whose}?` }),
      button(`Label ${of.n.toLocaleString("en-US")}`, "give"), button("Leave it", "leave"),
    );
  }

  function draw(id) {
    const place = document.getElementById(id);
    const state = offered.get(id);
    if (!place) return;
    if (!state?.of) { place.replaceChildren(); return; }
    const summary = element("summary", { textContent: `Label ${state.of.whose}` });
    const said = element("div", { className: state.isRefused ? "many-said refused" : "many-said", role: "status" });
    said.append(state.said);
    if (state.canUndo) said.append(" ", button("Undo", "undo", { title: "Take the whole act back (u)" }));
    const inner = state.asked ? question(state) : choices(state);
    const details = element("details", { open: state.isOpen }, summary, inner, said);
    details.addEventListener("toggle", () => { state.isOpen = details.open; });
    place.replaceChildren(details);
  }

  function change(id, more) {
    Object.assign(offered.get(id), more);
    draw(id);
  }

  // Where a button is redrawn, the keyboard goes on from what has come in its place.
  const focus = (id, selector) => document.getElementById(id)?.querySelector(selector)?.focus();

  // ---- acts of the user --------------------------------------------------------------------------

  const ask = (id, asked) => {
    change(id, { asked, said: "", isRefused: false, canUndo: false });
    focus(id, "[data-many=give]");
  };

  function askTag(id) {
    const tag = document.getElementById(id).querySelector(".many-tag").value.trim();
    if (tag) ask(id, { tag });
    else change(id, { said: "Write a tag first.", isRefused: true, canUndo: false });
  }

  async function give(id) {
    const { of, asked } = offered.get(id);
    change(id, { asked: null, said: "Labelling …", isRefused: false });
    let more;
    try {
      const { said, version } = await window.morphospace_labels.many({ record: of.record, reached: of.reached, ...asked });
      more = { said: `Kept: ${said}.`, canUndo: true, version };
    } catch (error) {
      more = { said: error.message, isRefused: true };
    }
    change(id, more);
    focus(id, "summary");
  }

  async function undo(id) {
    change(id, { said: "Undoing …", canUndo: false });
    await window.morphospace_labels.undo((said) => change(id, { said }));
    focus(id, "summary");
  }

  const placeOf = (target) => [...offered.keys()].find((id) => document.getElementById(id)?.contains(target));

  document.addEventListener("click", ({ target }) => {
    const pressed = target.closest?.("[data-many]");
    const id = pressed && placeOf(pressed);
    if (!id) return;
    const does = {
      score: () => ask(id, { score: Number(pressed.dataset.value) }),
      tag: () => askTag(id),
      give: () => give(id),
      leave: () => { change(id, { asked: null }); focus(id, "summary"); },
      undo: () => undo(id),
    };
    does[pressed.dataset.many]();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches?.(".many-tag")) return;
    event.preventDefault();
    askTag(placeOf(event.target));
  });

  document.addEventListener("morphospace:first-shown", () => {
    for (const id of offered.keys()) if (!document.getElementById(id)?.firstChild) draw(id);
  });
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_label_many: {
      follow(of, labels, id) {
        const before = offered.get(id);
        // Labelled elsewhere since then, Undo would take that back instead.
        if (before?.canUndo && labels?.version !== before.version) change(id, { canUndo: false });
        if (JSON.stringify(before?.of) === JSON.stringify(of)) return window.dash_clientside.no_update;
        offered.set(id, { of, asked: null, said: "", isRefused: false, canUndo: false, isOpen: before?.isOpen ?? false });
        draw(id);
        return window.dash_clientside.no_update;
      },
    },
  });
})();
