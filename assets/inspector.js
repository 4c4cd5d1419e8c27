// The galaxy that is inspected: what is known of its picture, which picture to ask for, the way to
// the next and the previous one. Pictures and facts come from plain cached routes.
"use strict";

(() => {
  const IDS = {
    body: "inspector-body", place: "inspector-place", previous: "inspector-previous", next: "inspector-next",
    zoom: "inspector-zoom", stretch: "inspector-stretch", channel: "inspector-channel",
    crosshair: "inspector-crosshair", query: "query", selection: "selection",
  };
  const ZOOMS = ["fit", "0.5", "1", "2", "3", "4", "6", "8", "12", "16"];
  const NAMES = { rgb: "RGB", r: "red", g: "green", b: "blue" };
  const MAX_KNOWN = 500;

  const state = { row: null, selection: "", stretch: "asinh", channel: "rgb", crosshair: false, request: 0 };
  const known = new Map(); // address -> promise of its JSON
  // Steps are taken one after the other, however fast the key repeats: each from where the last one
  // led, `head`, which the page's store tells only some time later. `issued` are rows on their way.
  let walk = Promise.resolve();
  let head = null;
  let issued = [];
  let offered = ""; // channels and stretches that the lists hold

  const element = (name) => document.getElementById(IDS[name]);
  const setProps = (id, props) => window.dash_clientside.set_props(id, props);
  const base = () => `/collections/${element("body").dataset.digest}/cutouts`;
  const isRow = (row) => Number.isInteger(row) && row >= 0 && row < Number(element("body").dataset.rows);
  const hasCutouts = () => element("body").dataset.cutouts === "yes";

  // ---- plain routes ------------------------------------------------------------------------------

  // { ok, ...JSON } or { ok: false, said }; what was refused is asked again the next time.
  function ask(address) {
    if (!known.has(address)) {
      if (known.size > MAX_KNOWN) known.clear();
      const answer = fetch(address).then(async (reply) => {
        if (reply.ok) return { ok: true, ...(await reply.json()) };
        return { ok: false, said: await reply.text() };
      }).catch(() => ({ ok: false, said: "The server does not answer." }));
      known.set(address, answer);
      answer.then((told) => { if (!told.ok || told.damage) known.delete(address); });
    }
    return known.get(address);
  }

  const factsOf = (row) => ask(`${base()}/${row}/facts`);

  function placeOf(row, selection) {
    return ask(`${base()}/place?${new URLSearchParams({ row: row ?? "", selection })}`);
  }

  function pictureOf(facts) {
    const { row, channels = [], stretches = [] } = facts;
    const asked = new URLSearchParams();
    if (stretches.length) asked.set("stretch", stretches.includes(state.stretch) ? state.stretch : "asinh");
    if (channels.includes(state.channel) && state.channel !== "rgb") asked.set("channel", state.channel);
    const query = asked.toString();
    return `${base()}/${row}${query ? `?${query}` : ""}`;
  }

  // ---- the picture -------------------------------------------------------------------------------

  async function draw() {
    const { row } = state;
    const request = ++state.request;
    const body = element("body");
    body.toggleAttribute("data-inspected", row !== null);
    window.morphospace_viewer.listen();
    if (row === null || !hasCutouts()) {
      window.morphospace_viewer.clear();
      return note(row === null ? "" : "This collection has no cutouts.");
    }
    const facts = await factsOf(row);
    if (request !== state.request) return;
    if (!facts.ok) {
      window.morphospace_viewer.clear();
      return note(facts.said);
    }
    offer(facts);
    const damage = damageOf(facts);
    note(damage || noteOf(facts));
    const isShown = await window.morphospace_viewer.show(pictureOf(facts), { ...facts, damage });
    if (!isShown && request === state.request) note("The picture cannot be had from the server.");
  }

  // Why there is a placeholder instead of a picture, "" where there is a picture.
  function damageOf(facts) {
    if (facts.damage) return facts.damage;
    if (facts.undefined_share === 1) return "No pixel of this cutout has a value.";
    const isBlank = facts.blank.includes(state.channel);
    return isBlank ? `No pixel of the band ${state.channel} has a value.` : "";
  }

  function noteOf(facts) {
    const share = facts.undefined_share;
    const undefinedText = share > 0 ? `${(100 * share).toPrecision(2)} % of the pixels are undefined: black. ` : "";
    return undefinedText + (facts.stretches.length ? "" : "The stretch was fixed when the collection was built.");
  }

  function note(text) {
    const place = element("body").querySelector(".viewer-note");
    if (place.textContent !== text) place.textContent = text;
    place.title = text;
  }

  // The lists offer what there is of this cutout.
  function offer(facts) {
    const now = JSON.stringify([facts.channels, facts.stretches]);
    if (now === offered || facts.damage) return;
    offered = now;
    const isFits = facts.stretches.length > 0;
    const label = (value) => (isFits && value !== "rgb" ? value : NAMES[value]);
    const channels = facts.channels.map((value) => ({ value, label: label(value) }));
    setProps(IDS.channel, { data: channels });
    if (!facts.channels.includes(state.channel)) setProps(IDS.channel, { value: facts.channels[0] });
    const stretches = isFits ? facts.stretches : ["linear", "asinh", "zscale"];
    setProps(IDS.stretch, {
      data: stretches.map((value) => ({ value, label: isFits ? value : "as built" })), disabled: !isFits,
    });
  }

  // ---- the way to others -------------------------------------------------------------------------

  async function tellPlace() {
    const { row, selection } = state;
    const told = await placeOf(row, selection);
    if (row !== state.row || selection !== state.selection) return;
    const text = element("place");
    const count = told.ok ? told.n.toLocaleString("en-US") : "";
    const among = told.is_selection ? `${count} selected` : `${count}`;
    if (!told.ok || row === null) text.textContent = "";
    else if (told.place === null) text.textContent = `not one of ${among}`;
    else text.textContent = `${told.place.toLocaleString("en-US")} of ${among}`;
    for (const way of ["previous", "next"]) element(way).disabled = !told.ok || told[way] === null;
    for (const near of [told.next, told.previous]) if (told.ok && near !== null && hasCutouts()) prepare(near);
  }

  // What the next press of a key will want: its facts, then its picture, into the browser's cache.
  async function prepare(row) {
    const facts = await factsOf(row);
    if (facts.ok && !facts.damage) new Image().src = pictureOf(facts);
  }

  function step(way) {
    walk = walk.then(async () => {
      const told = await placeOf(head, state.selection);
      const row = told.ok ? told[way] : null;
      if (row === null) return null;
      head = row;
      issued.push(row);
      setProps(IDS.query, { data: row });
      return row;
    });
    window.morphospace_labels.lead(walk);
  }

  // ---- the page ----------------------------------------------------------------------------------

  function follow(row, selected, zoom, stretch, channel, brightness, crosshair) {
    Object.assign(state, {
      row: isRow(row) ? row : null, selection: selected?.id ?? "",
      stretch: stretch ?? "asinh", channel: channel ?? "rgb", crosshair: Boolean(crosshair),
    });
    const at = issued.indexOf(state.row);
    if (at < 0) head = state.row; // chosen otherwise: the way goes on from there
    issued = at < 0 ? [] : issued.slice(at + 1);
    window.morphospace_viewer.set({ zoom: zoom ?? "fit", brightness: brightness ?? 1, crosshair: state.crosshair });
    draw();
    tellPlace();
    return window.dash_clientside.no_update;
  }

  function select(rows, checkpoint, op = "set") {
    const chosen = { op, checkpoint, kind: "rows", rows };
    if (window.morphospace_selecting?.step) window.morphospace_selecting.step(chosen);
    else setProps(IDS.selection, { data: { steps: [chosen] } });
  }

  async function copy(button) {
    const text = button.dataset.copy;
    const isCopied = await (navigator.clipboard?.writeText(text).then(() => true, () => false) ?? false)
      || copiedByHand(text);
    const sign = button.dataset.sign ??= button.textContent;
    button.textContent = isCopied ? "✓" : "✗";
    button.title = isCopied ? "Copied" : "The browser does not let a page copy";
    setTimeout(() => { button.textContent = sign; }, 1500);
  }

  // Browsers give no clipboard to pages that are not served over HTTPS or from this machine.
  function copiedByHand(text) {
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    const isCopied = document.execCommand("copy");
    field.remove();
    return isCopied;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (!button) return;
    if (button.id === IDS.next) step("next");
    if (button.id === IDS.previous) step("previous");
    if (button.dataset.copy !== undefined) copy(button);
    if (button.dataset.select) select(button.dataset.select.split(",").map(Number), button.dataset.checkpoint, button.dataset.op);
  });

  const group = "Galaxy", view = "galaxies";
  (window.morphospace_keys ||= []).push(
    { key: ".", does: "next galaxy, of the selection or of all", group, view, run: () => step("next") },
    { key: ",", does: "previous galaxy", group, view, run: () => step("previous") },
    {
      key: "x", does: "cross-hair on or off", group, view,
      run: () => setProps(IDS.crosshair, { checked: !state.crosshair }),
    },
  );

  window.morphospace_inspector_zooms = () => ZOOMS;
  window.dash_clientside = Object.assign({}, window.dash_clientside, { morphospace_inspector: { follow } });
})();
