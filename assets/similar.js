// Galaxies like these: what is searched from, changed by clicks, and pictures brought to the server.
// What is found is marked on the maps.
"use strict";

(() => {
  const NAME = "similar", STORE = "similar-query", REFUSED = "similar-refused", FIND = "similar-find";
  const BODY = "inspector-body";
  const NONE = { like: [], unlike: [], upload: null };
  const state = { shelf: null, query: null, row: null };

  const setProps = (id, props) => window.dash_clientside.set_props(id, props);
  const base = () => `/collections/${document.getElementById(BODY).dataset.digest}`;
  const refuse = (said) => setProps(REFUSED, { children: said });

  function change(query) {
    refuse("");
    const isEmpty = !query || !(query.like.length || query.upload);
    setProps(STORE, { data: isEmpty ? null : query });
  }

  // ---- galaxies ----------------------------------------------------------------------------------

  const without = (rows, row) => rows.filter((each) => each !== row);

  function put(kind) {
    const { row } = state;
    if (row === null) return refuse("Inspect a galaxy first: click one anywhere.");
    const { like, unlike } = { ...NONE, ...state.query, upload: null };
    const other = { like: without(like, row), unlike: without(unlike, row) };
    other[kind] = [...other[kind], row];
    if (!other.like.length) return refuse("Nothing is searched from yet: first add a galaxy with + like.");
    return change({ ...other, upload: null });
  }

  function takeOut(text) {
    const [kind, row] = text.split(" ");
    const query = { ...NONE, ...state.query };
    change({ ...query, [kind]: without(query[kind], Number(row)) });
  }

  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-similar], [data-similar-out]");
    if (!button) return;
    if (button.dataset.similarOut) takeOut(button.dataset.similarOut);
    else if (button.dataset.similar === "clear") { setProps(FIND, { value: "" }); change(null); }
    else put(button.dataset.similar);
  });

  // ---- pictures ----------------------------------------------------------------------------------

  async function upload(file) {
    const place = document.querySelector(".similar-file");
    const most = Number(place.dataset.most);
    if (file.size > most) {
      refuse(`'${file.name}' has ${Math.round(file.size / 1e6)} MB, and at most ${most / 1e6} MB are read; cut the galaxy out of it.`);
      return;
    }
    refuse("");
    const label = place.closest("label");
    label.setAttribute("aria-busy", "true");
    try {
      const reply = await fetch(`${base()}/uploads?${new URLSearchParams({ name: file.name })}`, {
        method: "POST", headers: { "X-Morphospace": "upload" }, body: file,
      });
      if (!reply.ok) throw new Error(await reply.text());
      const { id } = await reply.json();
      change({ ...NONE, upload: id });
    } catch (error) {
      refuse(error instanceof TypeError ? "The server does not answer: the picture was not sent. Try again." : error.message);
    } finally {
      label.removeAttribute("aria-busy");
    }
  }

  function offer() {
    const place = document.querySelector(".similar-file");
    if (!place || place.firstChild) return;
    const input = Object.assign(document.createElement("input"), { type: "file", accept: place.dataset.accept });
    input.setAttribute("aria-label", "Search from a picture of your own");
    input.addEventListener("change", () => {
      if (input.files[0]) upload(input.files[0]);
      input.value = ""; // the same file may be chosen again
    });
    place.append(input);
  }

  document.addEventListener("morphospace:first-shown", offer);

  const panel = (target) => target.closest?.(".panel-similar");
  document.addEventListener("dragover", (event) => {
    if (panel(event.target) && [...event.dataTransfer.types].includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const file = panel(event.target) && event.dataTransfer.files[0];
    if (!file) return;
    event.preventDefault();
    upload(file);
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_similar: {
      follow(shelf, found, row, query) {
        Object.assign(state, { shelf, query, row: Number.isInteger(row) ? row : null });
        offer();
        const rows = shelf === NAME ? found ?? [] : [];
        document.dispatchEvent(new CustomEvent("morphospace:answers", { detail: { rows } }));
        return window.dash_clientside.no_update;
      },
    },
  });
})();
