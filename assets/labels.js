// Labels of the inspected galaxy: a score from 0 to 5 and tags, kept on the server as they are given.
// Acts go one after the other, and what is shown is what the server has answered.
"use strict";

(() => {
  const PLACE = "galaxy-labels", MORE = "galaxy-labelled", SAID = "galaxy-labels-said", BODY = "inspector-body", LABELS = "labels", QUERY = "query";
  const USER = "morphospace-user"; // in the browser's storage
  const SCORES = [0, 1, 2, 3, 4, 5];
  const NO_ANSWER = "The server does not answer: this was not kept. Try again.";

  const SAID_MS = 2500;

  const state = { row: null, checkpoint: null, told: null };
  let acts = Promise.resolve();
  let going = null; // the promise of the row that the last key leads to, until it is inspected
  let begun = false; // whether the page has been told whose labels

  const place = () => document.getElementById(PLACE);
  const more = () => document.getElementById(MORE);
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

  // One act after the other, however fast keys are pressed.
  function act(address, record, done, tell = say) {
    acts = acts.then(async () => {
      try {
        const at = await address;
        if (at === null) return;
        const told = await post(at, { user: user(), ...record() });
        done(told, at);
        setProps(LABELS, { data: { user: user(), version: told.version } });
      } catch (error) {
        tell(error.message, true);
      }
    });
    return acts;
  }

  // Label a galaxy: that of `row`, which may be the promise of one that is on its way.
  function label(row, record, said) {
    let of = null, come = null; // as it stands when the galaxy is known: the list may move on
    const reaching = Promise.resolve(row).then((found) => {
      of = found;
      come = reached(found);
      return found;
    });
    act(reaching, () => ({ ...record, reached: come }), (told) => {
      if (state.row === of) show(told);
      say(said);
    });
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
    return act(which, () => ({}), ({ said, row }) => {
      const what = which === "undo" ? "undone" : "back";
      tell(said ? `${what}: ${said}` : `There is nothing of ${user()}'s to ${which}.`);
      if (row !== null && row !== state.row) setProps(QUERY, { data: row });
      else if (state.row !== null) load(state.row);
    }, tell);
  }

  // ---- what is shown -----------------------------------------------------------------------------

  // Over the picture, so that nothing moves; what was refused stays until the next act.
  let saying = null;
  function say(said, isRefused = false) {
    const line = document.getElementById(SAID);
    clearTimeout(saying);
    line.textContent = said;
    line.classList.toggle("refused", isRefused);
    if (said && !isRefused) saying = setTimeout(() => say(""), SAID_MS);
  }

  function show(told) {
    state.told = told;
    draw();
  }

  function scores() {
    const { score } = state.told;
    const buttons = SCORES.map((value) => element("button", {
      type: "button", className: "score", textContent: value, data: { score: value },
      title: `Score ${value} (key ${value})${value === score ? "; again takes it back" : ""}`,
      aria: { pressed: String(value === score), label: `Score ${value}` },
    }));
    const group = element("div", { className: "scores", title: "How interesting, from 0 to 5", aria: { label: "How interesting, from 0 to 5" } }, ...buttons);
    group.setAttribute("role", "group");
    return group;
  }

  function acting(which, sign, title) {
    const aria = { label: which === "undo" ? "Undo your last label" : "Redo your last label" };
    return element("button", { type: "button", className: "small-button", textContent: sign, data: { act: which }, title, aria });
  }

  function newTag() {
    const { tags: own, known_tags: known } = state.told;
    const options = element("datalist", { id: "known-tags" }, ...known.filter((tag) => !own.includes(tag))
      .map((tag) => element("option", { value: tag })));
    const field = element("input", {
      type: "text", className: "new-tag", placeholder: "add a tag", maxLength: 40, autocomplete: "off",
      title: "A tag of your own, such as merger; Enter keeps it", aria: { label: "Add a tag" },
    });
    field.setAttribute("list", options.id);
    return [field, options];
  }

  function tags() {
    const chips = state.told.tags.map((tag) => element("button", {
      type: "button", className: "tag", textContent: `${tag} ×`, data: { tag },
      title: `Take the tag '${tag}' back`, aria: { label: `Take the tag ${tag} back` },
    }));
    return chips.length ? [element("div", { className: "tags" }, ...chips)] : [];
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

  function naming() {
    const name = element("input", {
      type: "text", className: "user", value: state.told.user, maxLength: 40, size: Math.max(4, state.told.user.length),
      autocomplete: "off", title: "Your name: labels are kept by user", aria: { label: "Your name, under which labels are kept" },
    });
    return element("label", { className: "faint" }, "labelled as ", name);
  }

  function draw() {
    if (!place()) return;
    if (state.row === null || !state.told) {
      place().replaceChildren();
      more().replaceChildren();
      return;
    }
    const active = document.activeElement;
    const isTyping = place().contains(active) && active.matches(".new-tag");
    const typed = isTyping ? active.value : "";
    const focused = place().contains(active) ? active.dataset.score : undefined;
    place().replaceChildren(
      scores(), acting("undo", "↶", "Undo your last label (u)"), acting("redo", "↷", "Take the undoing back (Shift+U)"), ...newTag(),
    );
    more().replaceChildren(...tags(), ...others(), naming(), ...history());
    const field = place().querySelector(".new-tag");
    if (isTyping) { field.value = typed; field.focus(); }
    else if (focused !== undefined) place().querySelector(`[data-score="${focused}"]`)?.focus();
  }

  // ---- acts of the user --------------------------------------------------------------------------

  // The button of the score that is given takes it back.
  function turnScore(value) {
    if (state.told.score === value) label(state.row, { score: null }, "score taken back");
    else label(state.row, { score: value }, `score ${value} kept`);
  }

  // A key is of the galaxy that the keys before it lead to, shown or not yet; again, it keeps the score.
  function keyScore(value) {
    if (going === null && (state.row === null || state.told?.score === value)) return state.row !== null;
    const aimed = going === null ? state.row : going.then((row) => row ?? state.row);
    label(aimed, { score: value }, `score ${value} kept`);
    return true;
  }

  function lead(row) {
    const to = Promise.resolve(row);
    going = to;
    to.then((found) => { if (going === to && (found === null || found === state.row)) going = null; });
  }

  // Another galaxy is inspected: that which the last key leads to, one on the way there, or a chosen one.
  function arrive() {
    const to = going;
    if (to === null) return;
    const { row } = state;
    to.then((found) => { if (going === to && found === row) going = null; });
  }

  // Where a hand points, no key leads any more.
  document.addEventListener("click", ({ isTrusted }) => { if (isTrusted) going = null; }, { capture: true });

  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.(`:is(#${PLACE}, #${MORE}) button`);
    if (!button) return;
    if (button.dataset.score) turnScore(Number(button.dataset.score));
    else if (button.dataset.tag) label(state.row, { tag: button.dataset.tag, on: false }, `tag '${button.dataset.tag}' taken back`);
    else if (button.dataset.act) turnBack(button.dataset.act);
  });

  document.addEventListener("keydown", ({ key, target }) => {
    if (key === "Escape" && target.closest?.(`:is(#${PLACE}, #${MORE})`)) target.blur(); // digits are scores again
  });

  document.addEventListener("change", ({ target }) => {
    if (!target.closest?.(`:is(#${PLACE}, #${MORE})`)) return;
    const text = target.value.trim();
    if (target.matches(".new-tag") && text) {
      target.value = "";
      label(state.row, { tag: text }, `tag '${text}' kept`);
    } else if (target.matches(".user")) {
      try { localStorage.setItem(USER, text || "me"); } catch { /* it holds for as long as the page does not */ }
      setProps(LABELS, { data: { user: user(), version: "" } });
      if (state.row !== null) load(state.row);
    }
  });

  // Brought in on the shelf, or of another user.
  document.addEventListener("morphospace:labelled", () => { if (state.row !== null) load(state.row); });

  const group = "Labels", view = "galaxies";
  const entries = SCORES.map((value) => ({
    key: String(value), does: "score the galaxy, 0 to 5: how interesting", group, view,
    run: () => keyScore(value),
  }));
  (window.morphospace_keys ||= []).push(
    ...entries,
    { key: "u", does: "undo your last label", group, view, run() { turnBack("undo"); } },
    { key: "u", shift: true, does: "redo it", group, view, run() { turnBack("redo"); } },
  );

  window.morphospace_labels = {
    lead, many, undo: (tell) => turnBack("undo", tell), redo: (tell) => turnBack("redo", tell),
  };
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_labels: {
      follow(row, checkpoint) {
        const isNew = row !== state.row;
        Object.assign(state, { row: Number.isInteger(row) ? row : null, checkpoint });
        if (!begun) setProps(LABELS, { data: { user: user(), version: "" } });
        begun = true;
        if (!isNew) return window.dash_clientside.no_update;
        arrive();
        state.told = null;
        draw();
        if (state.row !== null) load(state.row);
        return window.dash_clientside.no_update;
      },
    },
  });
})();
