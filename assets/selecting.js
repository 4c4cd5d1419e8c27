// The selection's record: what changes it, and its history. A record is changed here and checked
// on the server; one that is refused is taken back. See data/selection.py for its form.
"use strict";

(() => {
  const IDS = { selection: "selection", words: "selection-words" };
  const MAX_HISTORY = 100;
  const EMPTY = { steps: [] };

  let past = [EMPTY]; // records, oldest first
  let at = 0; // the one that is selected
  let keepsTold = false; // what was refused stays told when the record before comes back

  const now = () => past[at];
  const set = (record) => window.dash_clientside.set_props(IDS.selection, { data: record });
  const tell = (said) => window.dash_clientside.set_props("selection-told", { children: said });
  const isEmpty = (record) => !record?.steps?.length && !record?.cuts?.length;

  // The same text for records that select the same because they differ in form alone.
  function textOf(record) {
    if (isEmpty(record)) return "";
    const { cuts, ...rest } = record;
    return JSON.stringify(cuts?.length ? { ...rest, steps: rest.steps ?? [], cuts } : rest);
  }

  // ---- history -----------------------------------------------------------------------------------

  function remember(record) {
    if (textOf(record) === textOf(now())) return;
    past = [...past.slice(0, at + 1), record].slice(-MAX_HISTORY - 1);
    at = past.length - 1;
    if (keepsTold) tell("");
    keepsTold = false;
  }

  function go(by) {
    const to = at + by;
    if (to < 0 || to >= past.length) return false;
    at = to;
    tell("");
    keepsTold = false;
    set(now());
    return true;
  }

  const undo = () => go(-1);
  const redo = () => go(1);

  function takeBack() {
    if (at === 0) return;
    past.splice(at, 1);
    at -= 1;
    set(now());
  }

  // ---- changes -----------------------------------------------------------------------------------

  const stepOf = (cut) => {
    const { column, checkpoint, values, min, max } = cut;
    const at = checkpoint ? { checkpoint } : {};
    const what = values ? { kind: "category", values } : { kind: "range", min, max };
    return { op: "intersect", column, ...what, ...at };
  };

  // Steps that select what steps and cuts do: what is inverted or grown is what is seen selected.
  function folded(record) {
    const cuts = record.cuts ?? [];
    const steps = record.steps ?? [];
    const start = steps.length || !cuts.length ? steps : [{ op: "set", kind: "all" }];
    return [...start, ...cuts.map(stepOf)];
  }

  // Galaxies clicked one after the other are one step: a record has at most 1,000 of them.
  function joined(steps, given) {
    const last = steps.at(-1);
    const isOne = given.kind === "rows" && last.kind === "rows"
      && (given.op === last.op || (given.op === "add" && last.op === "set"));
    if (!isOne) return [...steps, given];
    const rows = [...new Set([...last.rows, ...given.rows])];
    return [...steps.slice(0, -1), { ...last, rows }];
  }

  // One more step: of a lasso, a click, a legend. Cuts stay, they hold of whatever is selected.
  function step(given) {
    const record = now();
    const steps = record.steps ?? [];
    if (given.op === "set") return set({ ...record, steps: [given] });
    if (steps.length) return set({ ...record, steps: joined(steps, given) });
    if (given.op === "add" && record.cuts?.length) return set({ steps: [...folded(record), given] });
    if (given.op === "add" || (given.op === "intersect" && !record.cuts?.length)) {
      return set({ ...record, steps: [{ ...given, op: "set" }] });
    }
    return set({ ...record, steps: [{ op: "set", kind: "all" }, given] }); // of all, or all in the cuts
  }

  // A column of labels is the same at any version of them: a new cut takes the place of an older one.
  const unpinned = (column) => String(column).replace(/@\d+\.[0-9a-f]{8}$/, "@now");
  const sameColumn = (a, b) => unpinned(a.column) === unpinned(b.column) && (a.checkpoint ?? null) === (b.checkpoint ?? null);
  const isCut = (cut) => cut.values !== undefined || (cut.min ?? null) !== null || (cut.max ?? null) !== null;

  // A cut in the place of the one on its column; without ends or values, that one is taken away.
  function cut(given) {
    const record = now();
    const cuts = record.cuts ?? [];
    const place = cuts.findIndex((other) => sameColumn(other, given));
    const kept = isCut(given) ? [given] : [];
    const next = place < 0 ? [...cuts, ...kept] : [...cuts.slice(0, place), ...kept, ...cuts.slice(place + 1)];
    const { cuts: _, ...rest } = record;
    set(next.length ? { ...rest, steps: record.steps ?? [], cuts: next } : { ...rest, steps: record.steps ?? [] });
  }

  function invert() {
    const steps = folded(now());
    if (steps.at(-1)?.op === "invert") return set({ steps: steps.slice(0, -1) });
    return set({ steps: steps.length ? [...steps, { op: "invert" }] : [{ op: "set", kind: "all" }] });
  }

  function grow(k, checkpoint) {
    if (isEmpty(now())) return tell("Nothing is selected, so there is nothing to grow.");
    if (!Number.isInteger(k)) return tell("Say by how many neighbors to grow.");
    return set({ steps: [...folded(now()), { op: "add", kind: "neighbors", checkpoint, k }] });
  }

  function inView(op, checkpoint) {
    const view = window.morphospace_map?.view?.("map");
    if (!view) return tell("The map is not drawn yet.");
    const [x0, x1, y0, y1] = Array.isArray(view) ? view : [view.x0, view.x1, view.y0, view.y1];
    return step({ op, kind: "box", checkpoint, x: [x0, x1], y: [y0, y1] });
  }

  function ofClass(op, checkpoint, column, value) {
    if (value === null || value === undefined) return tell("Choose a class first.");
    return step({ op, kind: "category", column, value: JSON.parse(value), checkpoint });
  }

  const clear = () => !isEmpty(now()) && (set(EMPTY), true);

  // ---- the page ----------------------------------------------------------------------------------

  const isDialog = (target) => target?.closest?.("[role=dialog], [role=menu], [role=listbox]");

  function escape(event) {
    if (isDialog(event?.target)) return false;
    return Boolean(window.morphospace_brush?.clear()) || clear();
  }

  const key = (key, does, run, more = {}) => ({
    key, does, run, shift: false, ctrl: false, view: "galaxies", group: "Selection", ...more,
  });
  (window.morphospace_keys ||= []).push(
    key("z", "undo the last change of the selection", () => undo(), { ctrl: true }),
    key("z", "redo it", () => redo(), { ctrl: true, shift: true }),
    key("i", "invert the selection", () => { invert(); }),
    key("Escape", "clear the brushed range, then the selection", escape, { order: 30 }),
  );

  document.addEventListener("click", (event) => {
    const chip = event.target.closest?.("[data-uncut]");
    if (chip) {
      const [column, checkpoint] = JSON.parse(chip.dataset.uncut);
      cut({ column, ...(checkpoint ? { checkpoint } : {}) });
    }
    const further = event.target.closest?.(".selection-leakage [data-step]");
    if (further && !isEmpty(now())) set({ steps: [...folded(now()), JSON.parse(further.dataset.step)] });
    const words = document.getElementById(IDS.words);
    const isOpen = words?.getAttribute("aria-expanded") === "true";
    if (words?.contains(event.target)) words.setAttribute("aria-expanded", String(!isOpen));
    else if (isOpen) words.setAttribute("aria-expanded", "false");
  });

  window.morphospace_selecting = {
    step, cut, clear, undo, redo, invert, grow, set, sameColumn,
    record: now,
    folded: () => folded(now()),
    history: () => ({ n: past.length, at }),
  };

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_selecting: {
      changed(selection) {
        remember(selection ?? EMPTY);
        return [at === 0, at === past.length - 1, isEmpty(now()), isEmpty(now())];
      },
      refused(said) {
        if (said) {
          keepsTold = true;
          takeBack();
          return said;
        }
        return keepsTold ? window.dash_clientside.no_update : "";
      },
      press(...pressed) {
        const { no_update, callback_context } = window.dash_clientside;
        const button = callback_context.triggered[0]?.prop_id.split(".")[0];
        const [how, checkpoint, column, value, k] = pressed.slice(-5);
        const does = {
          undo, redo, invert,
          "invert-selection": invert,
          "clear-selection": clear,
          "select-in-view": () => inView(how, checkpoint),
          "select-class": () => ofClass(how, checkpoint, column, value),
          grow: () => grow(k, checkpoint),
        };
        if (callback_context.triggered[0]?.value) does[button]?.();
        return no_update;
      },
      pasted(given, how) {
        if (given) step({ op: how, ...given });
        return window.dash_clientside.no_update;
      },
    },
  });
})();
