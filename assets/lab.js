// What the structure lab asks the server. A moving slider asks for more pictures than can be made:
// one question at a time is on its way, and the next is the newest.
"use strict";

(() => {
  const THROTTLE_MS = 80;
  const LOST_MS = 5000; // an answer that takes longer does not come any more
  const PREFIX = "lab-"; // of the ids of what is asked
  const ASKED = "lab-asked";
  const page = document.documentElement;
  const same = () => window.dash_clientside.no_update;
  const isLab = () => page.dataset.view === "lab";

  // ---- what is asked ---------------------------------------------------------------------------

  const state = { wanted: null, sent: null, sentAt: 0, isWaiting: false, timer: null };

  function ask() {
    const values = {};
    for (const { id, value } of window.dash_clientside.callback_context.inputs_list) {
      if (id.startsWith(PREFIX)) values[id.slice(PREFIX.length)] = value ?? 0;
    }
    page.dataset.lab = values.source;
    state.wanted = values;
    tellAll();
    sendSoon();
    return same();
  }

  function tellAll() {
    if (state.wanted) document.querySelectorAll("[data-lab-value]").forEach(tell);
  }

  function tell(text) {
    const { labValue, decimals, unit } = text.dataset;
    const shown = Number(state.wanted[labValue]).toLocaleString("en-US", {
      minimumFractionDigits: Number(decimals), maximumFractionDigits: Number(decimals),
    });
    text.textContent = shown + unit;
  }

  function sendSoon() {
    if (!isLab() || !state.wanted || state.wanted === state.sent) return;
    const now = performance.now();
    const wait = state.isWaiting ? state.sentAt + LOST_MS - now : state.sentAt + THROTTLE_MS - now;
    clearTimeout(state.timer);
    state.timer = setTimeout(send, Math.max(0, wait));
  }

  function send() {
    Object.assign(state, { sent: state.wanted, sentAt: performance.now(), isWaiting: true });
    window.dash_clientside.set_props(ASKED, { data: state.wanted });
  }

  function answered() {
    state.isWaiting = false;
    sendSoon();
    return same();
  }

  document.addEventListener("morphospace:view", sendSoon);
  document.addEventListener("morphospace:first-shown", tellAll);

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_lab: {
      ask,
      answered,
    },
  });
})();
