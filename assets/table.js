// The table in the browser: its rows come from a plain route as it scrolls. What it is sorted and
// filtered by is kept in a store, and what is in the store is what it is sorted and filtered by.
"use strict";

(() => {
  const NAME = "table";
  const POINT = "morphospace:point";
  const NOW = "@now"; // ends the names of columns that follow the labels
  const state = {
    shelf: null, key: "", selection: "", checkpoint: null, digest: null, asked: null, labels: "",
  };
  let grid = null; // the grid's interface, when it has been drawn
  let begun = false;

  const same = () => window.dash_clientside.no_update;
  const set = (id, properties) => window.dash_clientside.set_props(id, properties);
  const isShown = () => state.shelf === NAME;
  const text = (value) => JSON.stringify(value ?? null);

  // ---- cells -------------------------------------------------------------------------------------

  const create = (...parts) => window.React.createElement(...parts);
  window.dashAgGridComponentFunctions = Object.assign(window.dashAgGridComponentFunctions ?? {}, {
    MorphospacePicture: ({ data, address }) => (data
      ? create("img", { src: `${address}${data.row}?size=64`, alt: "", loading: "lazy", draggable: false, width: 26, height: 26 })
      : null),
    MorphospaceValue: ({ data, value }) => {
      if (!data) return null;
      return value === null || value === undefined ? create("span", { className: "faint" }, "unknown") : value;
    },
  });

  // ---- rows --------------------------------------------------------------------------------------

  const sortOf = (model) => model.map(({ colId, sort }) => [colId, sort]);

  function address(what, sort, filters, further = {}) {
    const fields = new URLSearchParams({ checkpoint: state.checkpoint, selection: state.selection, ...further });
    const onDemand = window.morphospace_table_columns.onDemand();
    if (onDemand.length) fields.set("columns", JSON.stringify(onDemand));
    if (sort.length) fields.set("sort", JSON.stringify(sort));
    if (Object.keys(filters).length) fields.set("filters", JSON.stringify(filters));
    if (state.labels && isOfLabels({ sort, filters })) fields.set("labels", state.labels);
    return `/collections/${state.digest}/${what}?${fields}`;
  }

  // Cells of labels are at the end, by their names: they come and go.
  const rowData = (ofLabels) => ([row, ...cells]) => Object.assign(
    { id: `g${row}`, row },
    ...cells.map((cell, place) => {
      const label = ofLabels[place - cells.length + ofLabels.length];
      return { [label ?? `c${place}`]: cell };
    }),
  );

  // Whether anything of a list is of the labels, so that it is another one when they change.
  const isOfLabels = ({ sort, filters }) => [
    ...window.morphospace_table_columns.onDemand(), ...sort.map(([key]) => key), ...Object.keys(filters),
  ].some((key) => key.endsWith(NOW));

  // One list: its checkpoint and selection do not change; another list is another source.
  function source() {
    const { key } = state;
    return {
      async getRows({ startRow, endRow, sortModel, filterModel, successCallback, failCallback }) {
        const asked = address("listing", sortOf(sortModel), filterModel, { start: startRow, stop: endRow });
        try {
          const reply = await fetch(asked);
          if (key !== state.key) return;
          if (!reply.ok) throw new Error(await reply.text());
          const { rows, n, ...told } = await reply.json();
          if (key !== state.key) return;
          successCallback(rows.map(rowData(told.labels)), n);
          tell(n, told);
        } catch (error) {
          if (key === state.key) refuse(error, startRow ? failCallback : () => successCallback([], 0));
        }
      },
    };
  }

  function tell(n, { n_selected: nSelected, n_galaxies: nGalaxies, filters }) {
    const whole = (number) => number.toLocaleString("en");
    const whose = state.selection ? "selected" : "galaxies";
    const counted = filters ? `${whole(n)} of ${whole(nSelected)} ${whose}: ${filters}` : `${whole(n)} ${whose}`;
    const of = state.selection && nSelected < nGalaxies && !filters ? ` of ${whole(nGalaxies)}` : "";
    set("table-caption", { children: counted + of });
    set("table-refused", { children: "" });
    if (n) grid.hideOverlay();
    else grid.showNoRowsOverlay();
  }

  function refuse(error, end) {
    const isOurs = error instanceof Error && !(error instanceof TypeError) && error.message.length < 500;
    const said = isOurs && error.message ? error.message : "The server does not answer; sort or scroll to ask again.";
    set("table-refused", { children: said });
    set("table-caption", { children: "" });
    end();
  }

  // ---- what is asked for ---------------------------------------------------------------------------

  const askedOfGrid = () => {
    const sorted = grid.getColumnState().filter(({ sort }) => sort);
    sorted.sort((one, other) => (one.sortIndex ?? 0) - (other.sortIndex ?? 0));
    return { sort: sortOf(sorted), filters: grid.getFilterModel() };
  };
  const isAsking = (asked) => Boolean(asked?.sort?.length || Object.keys(asked?.filters ?? {}).length);

  // From the grid to the store, which is in links to this view.
  function keepAsked() {
    const asked = askedOfGrid();
    if (text(asked) === text(state.asked) || (!isAsking(asked) && !isAsking(state.asked))) return;
    state.asked = asked;
    set("table-asked", { data: asked });
    offer();
  }

  // From the store to the grid: a link, a cleared filter.
  function obey() {
    const asked = { sort: state.asked?.sort ?? [], filters: state.asked?.filters ?? {} };
    const now = askedOfGrid();
    if (text(now.sort) !== text(asked.sort)) {
      const sorted = asked.sort.map(([colId, sort], sortIndex) => ({ colId, sort, sortIndex }));
      grid.applyColumnState({ state: sorted, defaultState: { sort: null, sortIndex: null } });
    }
    if (text(now.filters) !== text(asked.filters)) grid.setFilterModel(asked.filters);
    offer();
  }

  // What can be done with the list as it is.
  function offer() {
    const { sort, filters } = askedOfGrid();
    const isFiltered = Object.keys(filters).length > 0;
    set("table-cut", { disabled: !isFiltered });
    set("table-clear", { disabled: !isFiltered });
    set("table-file", { href: address("listing.csv", sort, filters) });
  }

  // ---- one galaxy ----------------------------------------------------------------------------------

  // Rules, and no classes of rows: the grid draws its rows anew whenever it scrolls.
  const marks = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, marks];
  const marked = { query: null, pointed: null };

  function mark(changed) {
    Object.assign(marked, changed);
    const rule = (row, style) => (Number.isInteger(row) ? `.table-frame .ag-row[row-id="g${row}"] { ${style} }` : "");
    marks.replaceSync([
      rule(marked.pointed, "background-color: var(--hover, var(--raised));"),
      rule(marked.query, "box-shadow: inset 3px 0 var(--selected); background-color: color-mix(in srgb, var(--selected) 14%, var(--panel));"),
    ].join("\n"));
  }

  function rowOf(element) {
    const name = element?.closest?.(".table-frame .ag-row")?.getAttribute("row-id") ?? "";
    return /^g\d+$/.test(name) ? Number(name.slice(1)) : null;
  }

  let told = null;
  function point(row) {
    if (row === told) return;
    told = row;
    document.dispatchEvent(new CustomEvent(POINT, { detail: { row, from: NAME } }));
  }

  document.addEventListener("pointerover", (event) => {
    const row = rowOf(event.target);
    if (row !== null || told !== null) point(row);
  });
  document.addEventListener("focusin", (event) => {
    const row = rowOf(event.target);
    if (row !== null && event.target.matches(":focus-visible")) point(row);
  });
  document.addEventListener(POINT, ({ detail }) => {
    if (detail.from !== NAME) told = null;
    mark({ pointed: detail.row });
  });

  const inspect = (row) => set("query", { data: row });
  document.addEventListener("click", (event) => {
    const row = rowOf(event.target);
    if (row !== null) inspect(row);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.altKey) return;
    const row = rowOf(event.target);
    if (row === null) return;
    event.preventDefault();
    inspect(row);
  });

  // ---- the page ------------------------------------------------------------------------------------

  // The component gives the grid a source of its own once that is ready: ours must come after it.
  async function drawn() {
    const found = await window.dash_ag_grid.getApiAsync(NAME);
    while (!found.getGridOption("datasource")) await new Promise((done) => { setTimeout(done, 20); });
    return found;
  }

  async function begin() {
    if (begun) return;
    begun = true;
    grid = await drawn();
    grid.setGridOption("popupParent", document.body); // a filter is higher than the shelf
    for (const event of ["sortChanged", "filterChanged"]) grid.addEventListener(event, keepAsked);
    window.morphospace_table_columns.listen(grid);
    show();
  }

  function show() {
    if (!grid || !isShown() || !state.checkpoint || !state.digest) return;
    obey();
    const shown = window.morphospace_table_columns.onDemand();
    const labels = isOfLabels(askedOfGrid()) ? state.labels : "";
    const key = [state.digest, state.checkpoint, state.selection, labels, ...shown].join("|");
    if (key === state.key) return;
    state.key = key;
    grid.setGridOption("datasource", source());
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_table: {
      follow(shelf, selected, checkpoint, query, asked, chosen, columns, labels) {
        const { id, digest } = selected ?? {};
        Object.assign(state, { shelf, selection: id ?? "", digest, checkpoint, asked });
        mark({ query: query ?? null });
        if (labels) state.labels = labels.version;
        window.morphospace_table_columns.offer(labels?.columns);
        window.morphospace_table_columns.ask(chosen, columns);
        if (isShown()) begin(); // the grid is drawn with the tab
        show();
        return same();
      },
      clear: (clicks, asked) => (clicks ? { ...asked, filters: {} } : same()),
      reset(clicks) {
        if (!clicks) return [same(), same()];
        return [window.morphospace_table_columns.usual(), []];
      },
    },
  });
})();
