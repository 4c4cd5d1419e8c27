// Notes what a page asks for and when, for benchmarks.page: put into it before its own scripts.
"use strict";

window.benchmark = (() => {
  const requests = [];
  let began = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      // What the browser had kept says again how long the server took for it once.
      const isSent = entry.transferSize > 0;
      const app = isSent && (entry.serverTiming ?? []).find(({ name }) => name === "app");
      requests.push({
        path: new URL(entry.name).pathname, start: entry.startTime, replied: entry.responseStart,
        end: entry.responseEnd, bytes: entry.transferSize, server: app ? app.duration : null,
      });
    }
  }).observe({ type: "resource", buffered: true });

  // What is on its way: dash and our scripts ask by fetch, pictures by elements.
  const pending = new Set();
  let last = 0;
  const fetched = window.fetch;
  window.fetch = (...asked) => {
    const where = String(asked[0]?.url ?? asked[0]);
    if (new URL(where, window.location).pathname.startsWith("/jobs/")) return fetched(...asked); // polls
    const mark = {};
    pending.add(mark);
    return fetched(...asked).finally(() => { pending.delete(mark); last = performance.now(); });
  };

  // The clock of an action starts with the event that the user makes.
  const start = () => { began = performance.now(); };
  const startAt = (kind) => document.addEventListener(kind, start, { capture: true, once: true });

  const nextFrame = () => new Promise((next) => { requestAnimationFrame(next); });
  const painted = () => new Promise((done) => { setTimeout(() => done(performance.now()), 0); });

  // Milliseconds from the start until `isDone` holds as a frame begins, and that frame is painted.
  async function until(isDone, limit) {
    do {
      if (performance.now() - began > limit) return null;
      await nextFrame();
    } while (!isDone());
    return (await painted()) - began;
  }

  // plotly's own end of a stroke, the same on any page with a plot of it.
  function watchStrokes(plot) {
    plot.on("plotly_selected", () => { own.released += 1; });
  }

  const isQuiet = (ms) => pending.size === 0 && performance.now() - last > ms;
  const since = () => ({ began, requests: requests.filter(({ start: at }) => at >= began) });

  const own = { start, startAt, until, isQuiet, since, requests, watchStrokes, released: 0 };
  return own;
})();
