// Which columns the table shows, in which order and how wide: as the user left them, or a link says.
"use strict";

(() => {
  const PICTURE = ":picture";
  let grid = null;
  let asked = { chosen: null, columns: null };
  let ofLabels = []; // {value, label, told} of each column that there is of labels
  let isOurs = false; // the grid is being told, and is not to tell back

  const set = (id, properties) => window.dash_clientside.set_props(id, properties);
  const stateOf = () => grid.getColumnState().filter(({ colId }) => colId !== PICTURE);
  const layoutOf = () => stateOf().map(({ colId, width }) => ({ key: colId, width }));

  // Names that are not columns here are of another collection: passed over.
  function apply() {
    if (!grid) return;
    const known = stateOf();
    const names = new Set(known.map(({ colId }) => colId));
    const kept = (asked.columns ?? []).filter(({ key }) => names.has(key));
    const placed = new Set(kept.map(({ key }) => key));
    const order = [
      ...kept.map(({ key, width }) => ({ colId: key, width })),
      ...all().filter((key) => !placed.has(key)).map((colId) => ({ colId })),
    ];
    const chosen = asked.chosen && new Set(asked.chosen);
    for (const column of order) {
      if (chosen) column.hide = !chosen.has(column.colId);
      if (!column.width) column.width = widthOf(column.colId);
    }
    isOurs = true;
    grid.applyColumnState({ state: [{ colId: PICTURE }, ...order], applyOrder: true });
    isOurs = false;
  }

  // Columns of labels that the grid has not: as its other numbers, worked out where they are shown.
  function addLabels() {
    const defs = grid?.getColumnDefs() ?? [];
    const known = new Set(defs.map(({ colId }) => colId));
    const usual = defs.find(({ filter }) => filter === "agNumberColumnFilter");
    const added = ofLabels.filter(({ value }) => !known.has(value)).map(({ value, label, told }) => ({
      ...usual, colId: value, field: value, headerName: label, headerTooltip: told,
      hide: true, width: 110, sort: null, sortIndex: null, context: { isOnDemand: true },
    }));
    if (!usual || !added.length) return;
    isOurs = true;
    grid.setGridOption("columnDefs", [...defs, ...added]);
    isOurs = false;
    apply();
  }

  const widthOf = (key) => grid.getColumnDef(key)?.width ?? 110;
  const all = () => grid.getColumnDefs().map(({ colId }) => colId).filter((key) => key !== PICTURE);

  function tell({ finished = true, source }) {
    if (isOurs || !finished || source === "api") return;
    const columns = layoutOf();
    if (JSON.stringify(columns) === JSON.stringify(asked.columns)) return;
    asked.columns = columns;
    set("table-columns", { data: columns });
  }

  // Columns that the server works out because they are shown.
  const isOnDemand = (key) => Boolean(grid.getColumnDef(key)?.context?.isOnDemand);
  const onDemand = () => (grid ? stateOf().filter(({ colId, hide }) => !hide && isOnDemand(colId)) : [])
    .map(({ colId }) => colId).sort();

  window.morphospace_table_columns = {
    onDemand,
    usual: () => all().filter((key) => !isOnDemand(key)),
    listen(drawn) {
      grid = drawn;
      addLabels();
      apply();
      for (const event of ["columnMoved", "columnResized"]) grid.addEventListener(event, tell);
    },
    offer(columns) {
      ofLabels = columns ?? ofLabels;
      addLabels();
    },
    ask(chosen, columns) {
      const next = { chosen: chosen ?? null, columns: columns ?? null };
      if (JSON.stringify(next) === JSON.stringify(asked)) return;
      asked = next;
      apply();
    },
  };
})();
