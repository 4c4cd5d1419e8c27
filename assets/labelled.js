// The panel of labels on the shelf: what selects by labels, whose they are, undo, and one label for
// all of a selection. Labels of one galaxy are in labels.js, files in labelled_files.js.
"use strict";

(() => {
  const BODY = "inspector-body", LABELS = "labels", TOLD = "labelled-told", ASKED = "many-asked";
  const USER = "morphospace-user"; // in the browser's storage, as labels.js has it
  const CHANGED = "morphospace:labelled"; // tells labels.js that labels are others now
  const NO_ANSWER = "The server does not answer: nothing was brought in. Try again.";
  const state = { user: "me", checkpoint: null, selected: null, digest: null };

  const same = () => window.dash_clientside.no_update;
  const setProps = (id, props) => window.dash_clientside.set_props(id, props);
  const whole = (number) => number.toLocaleString("en");
  const base = () => `/collections/${document.getElementById(BODY).dataset.digest}/labels`;

  function say(said, isRefused = false, place = TOLD) {
    const line = document.getElementById(place);
    if (!line) return;
    line.textContent = said;
    line.classList.toggle("refused", isRefused);
  }

  // ---- the server --------------------------------------------------------------------------------

  async function send(address, options) {
    const reply = await fetch(`${base()}/${address}`, { method: "POST", ...options }).catch(() => null);
    if (reply === null) throw new Error(NO_ANSWER);
    const isSentence = reply.headers.get("Content-Type")?.startsWith("text/plain");
    if (!reply.ok) throw new Error(isSentence ? await reply.text() : `The server refuses (${reply.status}).`);
    const told = await reply.json();
    setProps(LABELS, { data: { user: state.user, version: told.version } });
    document.dispatchEvent(new CustomEvent(CHANGED));
    return told;
  }

  // ---- one label for all of the selection ----------------------------------------------------------

  // What is asked for, as the route takes it, and in words; null where the tag is missing.
  function given(what, tag) {
    const name = (tag ?? "").trim();
    const [kind, score] = what.split(" ");
    if (kind === "score") {
      return score ? { record: { score: Number(score) }, words: `score ${score}` } : { record: { score: null }, words: "no score" };
    }
    if (!name) return null;
    const on = kind === "tag";
    return { record: { tag: name, on }, words: on ? `the tag “${name}”` : `no tag “${name}”` };
  }

  function button(text, act) {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "small-button", textContent: text });
    made.addEventListener("click", act);
    return made;
  }

  function ask(what, tag) {
    const place = document.getElementById(ASKED);
    const { id, n } = state.selected ?? {};
    const asked = given(what, tag);
    place.classList.remove("refused");
    if (!id || !n) return say("No galaxy is selected, so there is nothing to label.", true, ASKED);
    if (!asked) return say("Write the tag first.", true, ASKED);
    const go = button(`Label ${whole(n)}`, () => labelAll(id, asked, go));
    const cancel = button("Cancel", () => {
      place.replaceChildren();
      document.getElementById("many-go")?.focus();
    });
    const question = document.createElement("p");
    question.textContent = `Give ${asked.words} to all ${whole(n)} selected, as ${state.user}?`;
    place.replaceChildren(question, go, cancel);
    go.focus();
    return undefined;
  }

  async function labelAll(id, asked, go) {
    go.disabled = true;
    const reached = { list: "selection", checkpoint: state.checkpoint };
    try {
      const { n } = await window.morphospace_labels.many({ record: id, ...asked.record, reached });
      say(`${whole(n)} have ${asked.words} of ${state.user} now; Undo takes it back.`, false, ASKED);
    } catch (error) {
      say(error.message, true, ASKED);
    }
    document.getElementById("many-go")?.focus(); // what had the focus is gone
  }

  // ---- selecting ---------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const chip = event.target.closest?.("[data-labelled-step]");
    if (!chip) return;
    const op = event.altKey ? "remove" : event.ctrlKey || event.metaKey ? "add" : "set";
    window.morphospace_selecting.step({ op, ...JSON.parse(chip.dataset.labelledStep) });
  });

  window.morphospace_labelled = { send, say, user: () => state.user };

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_labelled: {
      follow(labels, checkpoint, selected) {
        const isOther = selected?.id !== state.selected?.id;
        Object.assign(state, { user: labels?.user ?? state.user, checkpoint, selected });
        if (isOther) document.getElementById(ASKED)?.replaceChildren(); // it was asked of another one
        window.morphospace_labelled_files?.draw();
        return labels ? state.user : same();
      },
      rename(text) {
        const name = (text ?? "").trim() || "me";
        if (name === state.user) return;
        try { localStorage.setItem(USER, name); } catch { /* it holds for as long as the page does not */ }
        setProps(LABELS, { data: { user: name, version: "" } });
        document.dispatchEvent(new CustomEvent(CHANGED));
      },
      turn() {
        const { prop_id: pressed, value } = window.dash_clientside.callback_context.triggered[0] ?? {};
        if (value) window.morphospace_labels[pressed.startsWith("labelled-undo") ? "undo" : "redo"](say);
      },
      ask(clicks, what, tag) { if (clicks) ask(what, tag); },
    },
  });
})();
