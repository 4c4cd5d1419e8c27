// A table of labels is brought in: sent as it is, and what came of it, or what is wrong with it, told.
"use strict";

(() => {
  const PLACE = "label-files", TOLD = "import-told";
  const ours = () => window.morphospace_labelled; // loaded before, by its name
  const isTicked = (id) => Boolean(document.getElementById(id)?.checked);

  async function bringIn(file) {
    const place = document.getElementById(PLACE);
    const most = Number(place.dataset.most);
    if (file.size > most) {
      ours().say(`'${file.name}' has ${Math.round(file.size / 1e6)} MB, and at most ${most / 1e6} MB are read; split it.`, true, TOLD);
      return;
    }
    const fields = new URLSearchParams({ name: file.name, user: ours().user() });
    if (isTicked("import-skip")) fields.set("skip_unknown", "yes");
    if (isTicked("import-overwrite")) fields.set("overwrite", "yes");
    const label = place.closest("label");
    label.setAttribute("aria-busy", "true");
    ours().say(`Reading '${file.name}' …`, false, TOLD);
    try {
      const { said } = await ours().send(`import?${fields}`, { headers: { "X-Morphospace": "labels" }, body: file });
      ours().say(`'${file.name}', ${said}.`, false, TOLD);
    } catch (error) {
      // What the command line is told of its options is a box here.
      ours().say(error.message.replace("--skip-unknown", "“leave out unknown”"), true, TOLD);
    } finally {
      label.removeAttribute("aria-busy");
    }
  }

  function draw() {
    const place = document.getElementById(PLACE);
    if (!place || place.firstChild) return;
    const input = Object.assign(document.createElement("input"), { type: "file", accept: ".csv,.parquet" });
    input.setAttribute("aria-label", "Bring in a table of labels");
    input.addEventListener("change", () => {
      if (input.files[0]) bringIn(input.files[0]);
      input.value = ""; // the same file may be chosen again
    });
    place.append(input);
  }

  document.addEventListener("morphospace:first-shown", draw);
  window.morphospace_labelled_files = { draw };
})();
