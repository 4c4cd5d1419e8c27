// Slow work behind the page: asks the server how far a job is, fills its bar, and tells Dash when
// there is a new result. The work itself: dashboard/jobs.py.
"use strict";

(() => {
  const POLL_MS = 250;
  const MAX_FAILURES = 20; // answers that fail in a row: the server is gone
  const watched = new Map(); // bar's element id -> { name, store, key, version, ... }

  // Not randomUUID, which only pages of https and of this very machine have.
  function newPageId() {
    const numbers = window.crypto.getRandomValues(new Uint8Array(12));
    return Array.from(numbers, (number) => number.toString(16).padStart(2, "0")).join("");
  }
  const PAGE_ID = newPageId();

  const address = (name, action = "") => `/jobs/${encodeURIComponent(name)}${action}`;

  // ---- the bar -------------------------------------------------------------------------------

  function fill(bar, name, status) {
    const element = document.getElementById(bar);
    if (!element) return;
    let progress = element.querySelector("progress");
    if (!progress) {
      element.classList.add("job");
      progress = Object.assign(document.createElement("progress"), { max: 1 });
      const message = Object.assign(document.createElement("span"), { className: "job-message" });
      message.setAttribute("role", "status");
      const cancel = Object.assign(document.createElement("button"), {
        type: "button", className: "job-cancel", textContent: "Cancel",
        title: "Stop this; what has been measured so far stays",
      });
      cancel.addEventListener("click", () => stop(bar));
      element.replaceChildren(progress, message, cancel);
    }
    element.hidden = false;
    element.dataset.job = name;
    element.dataset.state = status.error ? "error"
      : !status.done ? "running" : status.cancelled ? "cancelled" : "done";
    progress.value = status.fraction;
    progress.hidden = Boolean(status.error);
    progress.setAttribute("aria-label", status.message || "progress");
    element.querySelector(".job-message").textContent = status.error ?? (status.message || "starting");
    element.querySelector(".job-cancel").hidden = status.done;
  }

  function hide(bar) {
    const element = document.getElementById(bar);
    if (element) element.hidden = true;
  }

  // ---- asking --------------------------------------------------------------------------------

  function tell(watch, version, done) {
    watch.version = version;
    window.dash_clientside.set_props(watch.store, { data: { name: watch.name, version, done } });
  }

  async function ask(bar) {
    const watch = watched.get(bar);
    if (!watch) return;
    const reply = await fetch(address(watch.name), { cache: "no-store" }).catch(() => null);
    if (watched.get(bar) !== watch) return; // another job was watched meanwhile
    if (reply?.status === 404) { // dropped by the server, or the server was started anew
      unwatch(bar);
      hide(bar);
      return;
    }
    const status = reply?.ok ? await reply.json().catch(() => null) : null;
    if (watched.get(bar) !== watch) return;
    watch.failures = status ? 0 : watch.failures + 1;
    if (!status && watch.failures >= MAX_FAILURES) {
      unwatch(bar);
      fill(bar, watch.name, { fraction: 0, done: true, error: "The server does not answer." });
      return;
    }
    if (status) {
      fill(bar, watch.name, status);
      if (status.key !== watch.key) Object.assign(watch, { key: status.key, version: 0 });
      if (status.done) watched.delete(bar);
      if (status.done || status.version !== watch.version) tell(watch, status.version, status.done);
      if (status.done) return;
    }
    watch.timer = setTimeout(() => ask(bar), POLL_MS);
  }

  // Follow a job in the element `bar`, and put what changes into the store: the job's name, the
  // version of its result, and whether it is done. A bar follows one job at a time.
  function watch(name, bar, store) {
    if (watched.get(bar)?.name === name) return; // a newer job of the name is told by its key
    unwatch(bar);
    if (!name) { hide(bar); return; }
    watched.set(bar, { name, store, key: null, version: 0, failures: 0, timer: null });
    ask(bar);
  }

  function unwatch(bar) {
    clearTimeout(watched.get(bar)?.timer);
    watched.delete(bar);
  }

  function stop(bar) {
    const name = watched.get(bar)?.name;
    if (name) fetch(address(name, "/cancel"), { method: "POST" }).catch(() => null);
  }

  window.morphospace_jobs = { watch, unwatch, stop, pageId: PAGE_ID };
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_jobs: {
      pageId: () => PAGE_ID,
      follow(job, bar, store) {
        watch(job?.name, bar, store);
        return window.dash_clientside.no_update;
      },
    },
  });
})();
