// The list of named selections: every button asks the server by one store, see
// dashboard/panels/selecting_named.py.
"use strict";

(() => {
  let n_asked = 0;
  let name = ""; // in the field, when it was last saved

  // The number makes each record new: the same may be asked for twice.
  function ask(record) {
    n_asked += 1;
    window.dash_clientside.set_props("named-asked", { data: { ...record, at: n_asked } });
  }

  const newName = (line) => line?.querySelector(".named-new-name input")?.value ?? "";

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-named]");
    if (!button) return;
    const { named, file } = button.dataset;
    const given = named === "rename" ? newName(button.closest(".named-line")) : name;
    ask({ do: named, file, name: given });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    if (event.target.id === "named-name") document.getElementById("named-save")?.click();
    if (event.target.matches?.(".named-new-name input")) {
      event.target.closest(".named-line")?.querySelector("[data-named=rename]")?.click();
    }
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_named: {
      press(_open, _save, _combine, given, first, operation, second) {
        const { no_update, callback_context } = window.dash_clientside;
        const { prop_id, value } = callback_context.triggered[0] ?? {};
        if (!value) return no_update;
        if (prop_id === "named-open.n_clicks") ask({ do: "list" });
        if (prop_id === "named-combine.n_clicks") ask({ do: "combine", first, operation, second });
        if (prop_id === "named-save.n_clicks") {
          name = document.getElementById("named-name")?.value ?? given ?? "";
          ask({ do: "save", name });
        }
        return no_update;
      },
    },
  });
})();
