// Columns of labels among those to choose from, as the labels are: dashboard/panels/label_choices.py.
"use strict";

(() => {
  const CALM_MS = 1000; // what is colored by labels is drawn no more often
  const CALM = "labels-calm";
  const CHOICES = ["color", "histogram-columns", "gallery-sort", "examples-column"]; // as the panel has them
  const OF_SCORES = "examples-column"; // its columns have classes
  const GROUP = "Labels", NOW = "@now";

  const same = () => window.dash_clientside.no_update;
  const set = (id, properties) => window.dash_clientside.set_props(id, properties);
  const text = (value) => JSON.stringify(value ?? null);

  const waiting = { labels: null, timer: null, since: -Infinity };

  // The first change at once, those that follow it within a second together.
  function calm(labels) {
    if (!labels) return same();
    waiting.labels = labels;
    if (waiting.timer !== null) return same();
    const left = waiting.since + CALM_MS - performance.now();
    if (left <= 0) {
      waiting.since = performance.now();
      return labels;
    }
    waiting.timer = setTimeout(() => {
      Object.assign(waiting, { timer: null, since: performance.now() });
      set(CALM, { data: waiting.labels });
    }, left);
    return same();
  }

  // Groups of options with that of labels in its place; a list without groups has them at its end.
  function withLabels(options, items) {
    if (!options.some((one) => one?.items)) {
      return [...options.filter((one) => !String(one.value ?? one).endsWith(NOW)), ...items];
    }
    const others = options.filter(({ group }) => group !== GROUP);
    const before = others.findIndex(({ group }) => group === "Other" || group === "Order");
    const place = before < 0 ? others.length : before;
    const group = items.length ? [{ group: GROUP, items }] : [];
    return [...others.slice(0, place), ...group, ...others.slice(place)];
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_label_columns: {
      calm,
      offer(now, ...choices) {
        if (!now) return;
        CHOICES.forEach((id, place) => {
          const options = choices[place] ?? [];
          const columns = id === OF_SCORES ? now.columns.filter(({ isScore }) => isScore) : now.columns;
          const next = withLabels(options, columns.map(({ value, label }) => ({ value, label })));
          if (text(next) !== text(options)) set(id, { data: next });
        });
      },
    },
  });
})();
