// Labels of the inspected galaxy: a score from 0 to 5 and tags, kept on the server as they are given.
// Acts go one after the other, and what is shown is what the server has answered.
"use strict";

(() => {
  const PLACE = "galaxy-labels", BODY = "inspector-body", LABELS = "labels", QUERY = "query";
  const USER = "morphospace-user"; // in the browser's storage
  const SCORES = [0, 1, 2, 3, 4, 5];
  const NO_ANSWER = "The server does not answer: this was not kept. Try again.";

  const state = { row: null, checkpoint: null, told: null, said: "", isRefused: false };
  let acts = Promise.resolve();
  let begun = false; // whether the page has been told whose labels

  const place = () => document.getElementById(PLACE);
  const base = () => `/collections/${document.getElementById(BODY).dataset.digest}/labels`;
  const setProps = (id, props) => window.dash_clientside.set_props(id, props);

  function user() {
    try { return localStorage.getItem(USER) || "me"; } catch { return "me"; }
  }

  function element(tag, properties = {}, ...children) {
    const { data = {}, aria = {}, ...rest } = properties;
    const made = Object.assign(document.createElement(tag), rest);
    Object.assign(made.dataset, data);
    for (const [name, value] of Object.entries(aria)) made.setAttribute(`aria-${name}`, value);
    made.append(...children);
    return made;
  }

  // ---- the server --------------------------------------------------------------------------------

  async function answer(request) {
    const reply = await request.catch(() => null);
    if (reply === null) throw new Error(NO_ANSWER);
    if (!reply.ok) throw new Error(await reply.text());
    return reply.json();
  }

  const post = (address, record) => answer(fetch(`${base()}/${address}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(record),
  }));

  async function load(row) {
    try {
      const told = await answer(fetch(`${base()}/${row}?${new URLSearchParams({ user: user() })}`));
      if (state.row === row) show(told);
    } catch (error) {
      if (state.row === row) say(error.message, true);
    }
  }

  // One act after the other, however fast keys are pressed: each is of the galaxy that was shown.
  function act(address, record, done) {
    acts = acts.then(async () => {
      try {
        const told = await post(address, { user: user(), ...record });
        done(told);
        setProps(LABELS, { data: { user: user(), version: told.version } });
      } catch (error) {
        say(error.message, true);
      }
    });
    return acts;
  }

  function label(record, said) {
    const { row } = state;
    if (row === null) return false;
    act(row, { ...record, reached: reached(row) }, (told) => {
      if (state.row === row) show(told, said);
    });
    return true;
  }

  // How the galaxy was come by: its place in the list of candidates, where it is shown there.
  function reached(row) {
    const shown = document.querySelector(`#anomalies [data-row="${row}"][data-place]`);
    const list = document.getElementById("anomaly-ranking")?.value;
    const at = { checkpoint: state.checkpoint };
    return shown && list ? { ...at, list, rank: Number(shown.dataset.place) } : at;
  }

  // One act for many galaxies, asked as POST .../labels/many is: record, score or tag, reached.
  // Gives what the server has answered, or throws its sentence.
  function many(asked) {
    const done = acts.then(async () => {
      const told = await post("many", { user: user(), ...asked });
      setProps(LABELS, { data: { user: user(), version: told.version } });
      if (state.row !== null) load(state.row);
      return told;
    });
    acts = done.catch(() => null);
    return done;
  }

  function turnBack(which, tell = say) {
    return act(which, {}, ({ said, row }) => {
      const isNothing = !said;
      const what = which === "undo" ? "undone" : "back";
      tell(isNothing ? `There is nothing of ${user()}'s to ${which}.` : `${what}: ${said}`);
      if (row !== null && row !== state.row) setProps(QUERY, { data: row });
      else if (state.row !== null) load(state.row);
    });
  }

  // ---- what is shown -----------------------------------------------------------------------------

  function say(said, isRefused = false) {
    Object.assign(state, { said, isRefused });
    const line = place()?.querySelector(".labels-said");
    if (!line) return;
    line.textContent = said;
    line.classList.toggle("refused", isRefused);
  }

  function show(told, said = state.said) {
    state.told = told;
    draw();
    say(said);
  }

  function scores() {
    const { score } = state.told;
    const buttons = SCORES.map((value) => element("button", {
      type: "button", className: "score", textContent: value, data: { score: value },
      title: `Score ${value} (key ${value})${value === score ? "; again takes it back" : ""}`,
      aria: { pressed: String(value === score), label: `Score ${value}` },
    }));
    const name = element("span", { className: "faint", textContent: "how interesting" });
    const group = element("div", { className: "scores", aria: { label: "How interesting, from 0 to 5" } }, name, ...buttons);
    group.setAttribute("role", "group");
    return group;
  }

  function tags() {
    const { tags: own, known_tags: known } = state.told;
    const chips = own.map((tag) => element("button", {
      type: "button", className: "tag", textContent: `${tag} ×`, data: { tag },
      title: `Take the tag '${tag}' back`, aria: { label: `Take the tag ${tag} back` },
    }));
    const options = element("datalist", { id: "known-tags" }, ...known.filter((tag) => !own.includes(tag))
      .map((tag) => element("option", { value: tag })));
    const field = element("input", {
      type: "text", className: "new-tag", placeholder: "add a tag", maxLength: 40, autocomplete: "off",
      aria: { label: "Add a tag" },
    });
    field.setAttribute("list", options.id);
    return element("div", { className: "tags" }, ...chips, field, options);
  }

  function others() {
    const lines = state.told.others.map(({ user: name, score, tags: given }) => {
      const said = [score === null ? [] : [`score ${score}`], given].flat();
      return said.length ? `${name}: ${said.join(", ")}` : "";
    }).filter(Boolean);
    return lines.length ? [element("p", { className: "faint", textContent: lines.join(" · ") })] : [];
  }

  function history() {
    const { history: lines, n_events: n } = state.told;
    if (!n) return [];
    const isOpen = Boolean(place().querySelector("details")?.open);
    const name = element("summary", { textContent: n > lines.length ? `history, the last ${lines.length} of ${n}` : `history (${n})` });
    const list = element("ol", {}, ...lines.map((text) => element("li", { textContent: text })));
    return [element("details", { open: isOpen }, name, list)];
  }

  function draw() {
    const box = place();
    if (!box) return;
    if (state.row === null || !state.told) {
      box.replaceChildren();
      return;
    }
    const isTyping = box.contains(document.activeElement) && document.activeElement.matches(".new-tag");
    const focused = document.activeElement?.dataset?.score;
    const as = element("label", { className: "faint as-user" }, "as ", element("input", {
      type: "text", className: "user", value: state.told.user, maxLength: 40, size: Math.max(3, state.told.user.length),
      autocomplete: "off", title: "Your name: labels are kept by user", aria: { label: "Your name, under which labels are kept" },
    }));
    const undo = element("button", {
      type: "button", className: "small-button", textContent: "Undo", data: { act: "undo" }, title: "Undo your last label (u)",
    });
    const redo = element("button", {
      type: "button", className: "small-button", textContent: "Redo", data: { act: "redo" }, title: "Take the undoing back (Shift+U)",
    });
    const said = element("span", { className: "labels-said" });
    said.setAttribute("role", "status");
    box.replaceChildren(
      element("div", { className: "labels-line" }, scores(), as, undo, redo, said), tags(), ...others(), ...history(),
    );
    if (isTyping) box.querySelector(".new-tag").focus();
    else if (focused !== undefined && focused !== "") box.querySelector(`[data-score="${focused}"]`)?.focus();
  }

  // ---- acts of the user --------------------------------------------------------------------------

  function score(value) {
    if (!state.told || state.row === null) return false;
    const isBack = state.told.score === value;
    return label({ score: isBack ? null : value }, isBack ? "score taken back" : `score ${value} kept`);
  }

  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.(`#${PLACE} button`);
    if (!button) return;
    if (button.dataset.score) score(Number(button.dataset.score));
    else if (button.dataset.tag) label({ tag: button.dataset.tag, on: false }, `tag '${button.dataset.tag}' taken back`);
    else if (button.dataset.act) turnBack(button.dataset.act);
  });

  document.addEventListener("change", ({ target }) => {
    if (!target.closest?.(`#${PLACE}`)) return;
    const text = target.value.trim();
    if (target.matches(".new-tag") && text) {
      target.value = "";
      label({ tag: text }, `tag '${text}' kept`);
    } else if (target.matches(".user")) {
      try { localStorage.setItem(USER, text || "me"); } catch { /* it holds for as long as the page does not */ }
      setProps(LABELS, { data: { user: user(), version: "" } });
      if (state.row !== null) load(state.row);
    }
  });

  // Changed on the shelf: undone, of a whole selection, brought in, or of another user.
  document.addEventListener("morphospace:labelled", () => { if (state.row !== null) load(state.row); });

  const group = "Labels", view = "galaxies";
  const entries = SCORES.map((value) => ({
    key: String(value), does: "score the galaxy, 0 to 5: how interesting", group, view,
    // Pressed again, a key keeps the score: only the button takes it back.
    run: () => state.row !== null && (state.told?.score === value || score(value)),
  }));
  (window.morphospace_keys ||= []).push(
    ...entries,
    { key: "u", does: "undo your last label", group, view, run() { turnBack("undo"); } },
    { key: "u", shift: true, does: "redo it", group, view, run() { turnBack("redo"); } },
  );

  window.morphospace_labels = { many, undo: (tell) => turnBack("undo", tell) };
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_labels: {
      follow(row, checkpoint) {
        const isNew = row !== state.row;
        Object.assign(state, { row: Number.isInteger(row) ? row : null, checkpoint });
        if (!begun) setProps(LABELS, { data: { user: user(), version: "" } });
        begun = true;
        if (!isNew) return window.dash_clientside.no_update;
        state.told = null;
        state.said = "";
        draw();
        if (state.row !== null) load(state.row);
        return window.dash_clientside.no_update;
      },
    },
  });
})();
