// Links to a view. The whole state of the page is gathered, posted, and named by a short id; an
// address with that id brings it back. What belongs to it: dashboard/view_state.py, and the scripts
// that push { name, get(), set(value) } to window.morphospace_states.
"use strict";

(() => {
  const QUIET_MS = 250; // without a callback on its way: all that follows what was set has been set
  const PATIENCE_MS = 20_000;
  const wanted = new URLSearchParams(window.location.search).get("view");
  const states = (window.morphospace_states ||= []);
  const root = document.documentElement;
  const same = () => window.dash_clientside.no_update;

  // ---- making one ----------------------------------------------------------------------------------

  function gathered() {
    const held = {};
    for (const { id, property, value } of window.dash_clientside.callback_context.states_list) {
      held[`${id}.${property}`] = value ?? null;
    }
    const scripts = {};
    for (const { name, get } of states) scripts[name] = get() ?? null;
    return { held, scripts };
  }

  async function keep(view) {
    const reply = await fetch("/views", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(view),
    }).catch(() => null);
    if (!reply?.ok) return tell(await reason(reply, "there is no link"), true);
    const { id } = await reply.json();
    const address = new URL(window.location.href);
    address.search = `?view=${id}`;
    window.history.replaceState(window.history.state, "", address);
    offer(address.href, await copied(address.href));
  }

  // Our own refusals are a sentence; whatever else answers is not shown to anyone.
  async function reason(reply, consequence) {
    if (!reply) return `The server does not answer: ${consequence}.`;
    const isSentence = reply.headers.get("Content-Type")?.startsWith("text/plain");
    return isSentence ? reply.text() : `The server refuses (${reply.status}): ${consequence}.`;
  }

  // Browsers refuse where the page is not served by https or this very machine.
  async function copied(text) {
    try { await window.navigator.clipboard.writeText(text); return true; } catch { return false; }
  }

  function offer(address, isCopied) {
    const field = Object.assign(document.createElement("input"), { value: address, readOnly: true });
    field.setAttribute("aria-label", "Address of this view");
    field.addEventListener("focus", () => field.select());
    tell(isCopied ? "The link to this view was copied:" : "Copy the link to this view:", false, field);
    if (!isCopied) field.focus();
  }

  // ---- bringing one back ---------------------------------------------------------------------------

  // Callbacks on their way are counted where a link is opened, and only there.
  const asked = { pending: 0, last: 0 };
  function countCallbacks() {
    const fetched = window.fetch;
    window.fetch = (...request) => {
      const isCallback = String(request[0]?.url ?? request[0]).includes("_dash-update-component");
      if (isCallback) Object.assign(asked, { pending: asked.pending + 1, last: performance.now() });
      return fetched(...request).finally(() => {
        if (isCallback) Object.assign(asked, { pending: asked.pending - 1, last: performance.now() });
      });
    };
  }
  if (wanted !== null) countCallbacks();

  function quiet() {
    const since = performance.now();
    asked.last = since;
    return new Promise((resolve) => {
      const look = () => {
        const now = performance.now();
        if ((!asked.pending && now - asked.last > QUIET_MS) || now - since > PATIENCE_MS) resolve();
        else setTimeout(look, 50);
      };
      look();
    });
  }

  const now = {}; // what is set late, as it is
  const isSame = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

  async function bringBack(late) {
    root.dataset.linked = "restoring";
    const reply = await fetch(`/views/${encodeURIComponent(wanted)}`, { cache: "no-store" }).catch(() => null);
    if (!reply?.ok) {
      root.dataset.linked = "refused";
      return tell(await reason(reply, "the view is not restored"), true);
    }
    const { held, scripts, changed } = await reply.json();
    await quiet(); // the page as it opens, first: its answers would come over ours
    window.dash_clientside.set_props("view", { data: held });
    const give = (isMeant) => {
      for (const { name, set } of states) if (name in scripts && isMeant(name)) set(scripts[name]);
    };
    give((name) => name === "page"); // the panels first: what a map shows depends on its size
    await quiet();
    give((name) => name !== "page");
    for (const name of late.filter((name) => name in held)) {
      if (isSame(now[name], held[name])) continue;
      const [id, property] = name.split(".");
      window.dash_clientside.set_props(id, { [property]: held[name] });
      await quiet();
    }
    give((name) => name === "map"); // again: what came meanwhile may have moved it
    root.dataset.linked = "restored";
    if (changed.length) tell(changed.join(" "), true);
  }

  // ---- what is told ----------------------------------------------------------------------------------

  function tell(sentence, isWarning, ...more) {
    const place = document.getElementById("view-told");
    if (!place) return;
    const text = document.createElement("p");
    text.textContent = sentence;
    const close = Object.assign(document.createElement("button"), {
      type: "button", className: "panel-button close", title: "Dismiss",
    });
    close.setAttribute("aria-label", "Dismiss");
    const dismiss = () => place.replaceChildren();
    close.addEventListener("click", dismiss);
    place.onkeydown = (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      dismiss();
    };
    place.classList.toggle("warning", isWarning);
    place.replaceChildren(text, ...more, close);
  }

  (window.morphospace_keys ||= []).push({
    key: "l", does: "a link to this view", group: "Page",
    run() { document.getElementById("link")?.click(); },
  });
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_links: {
      make(clicks) { if (clicks) keep(gathered()); return same(); },
      // Once, when the page is there: what is in the address later is of a user going back.
      open(late) { if (wanted !== null && !root.dataset.linked) bringBack(late); return same(); },
      late() {
        for (const { id, property, value } of window.dash_clientside.callback_context.inputs_list) {
          now[`${id}.${property}`] = value;
        }
        return same();
      },
      // The parts of a view into their components, all at once.
      restore(held) {
        return window.dash_clientside.callback_context.outputs_list.map(({ id, property }) => {
          const name = `${id}.${property.split("@")[0]}`;
          return held && name in held ? held[name] : same();
        });
      },
    },
  });
})();
