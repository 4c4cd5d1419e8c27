// The panel of labels on the shelf: what selects by labels, whose they are, undo. Labels of a galaxy
// are in labels.js, those of all of a selection in label_many.js, files in labelled_files.js.
"use strict";

(() => {
  const BODY = "inspector-body", LABELS = "labels", TOLD = "labelled-told", MANY = "labelled-many";
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
    return reply.json();
  }

  // Labels are others now: whoever shows some asks for them anew.
  function change() {
    setProps(LABELS, { data: { user: state.user, version: "" } });
    document.dispatchEvent(new CustomEvent(CHANGED));
  }

  // ---- one label for all of the selection: assets/label_many.js ------------------------------------

  function offerMany(labels) {
    const { id, n } = state.selected ?? {};
    const reached = { list: "selection", checkpoint: state.checkpoint };
    const of = id && n ? { record: id, n, whose: `the ${whole(n)} selected`, reached } : null;
    window.dash_clientside.morphospace_label_many.follow(of, labels, MANY);
  }

  // ---- selecting ---------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const chip = event.target.closest?.("[data-labelled-step]");
    if (!chip) return;
    const op = event.altKey ? "remove" : event.ctrlKey || event.metaKey ? "add" : "set";
    window.morphospace_selecting.step({ op, ...JSON.parse(chip.dataset.labelledStep) });
  });

  window.morphospace_labelled = { change, send, say, user: () => state.user };

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_labelled: {
      follow(labels, checkpoint, selected) {
        Object.assign(state, { user: labels?.user ?? state.user, checkpoint, selected });
        offerMany(labels);
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
    },
  });
})();
