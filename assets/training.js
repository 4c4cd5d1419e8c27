// The view of the training: a point of the multiples, a name in the table, or a key opens a checkpoint.
"use strict";

(() => {
  const TABLE = ".view-training .training-table [data-checkpoint]";
  const open = (name) => window.dash_clientside.set_props("checkpoint", { value: name });

  // The checkpoint before or after the current one, as the table lists them.
  function step(by) {
    const listed = [...document.querySelectorAll(TABLE)];
    const place = listed.findIndex((button) => button.getAttribute("aria-current") === "true");
    const next = listed[place + by];
    if (place >= 0 && next) open(next.dataset.checkpoint);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".view-training :is([data-checkpoint], [data-step])");
    if (button?.dataset.checkpoint) open(button.dataset.checkpoint);
    else if (button) step(Number(button.dataset.step));
  });

  (window.morphospace_keys ||= []).push(
    { key: "[", does: "previous checkpoint", group: "Training", view: "training", run() { step(-1); } },
    { key: "]", does: "next checkpoint", group: "Training", view: "training", run() { step(1); } },
  );

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_training: {
      clicked(point) {
        const name = point?.points?.[0]?.customdata?.[0];
        if (name) open(name);
        return window.dash_clientside.no_update;
      },
    },
  });
})();
