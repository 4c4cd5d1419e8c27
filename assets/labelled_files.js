// A table of labels is brought in: sent as it is, with a bar while the server is at it, and what came of
// it, or what is wrong with it, told.
"use strict";

(() => {
  const PLACE = "label-files", TOLD = "import-told", BAR = "import-bar", DONE = "import-done";
  let underway = ""; // name of the file
  const ours = () => window.morphospace_labelled; // loaded before, by its name
  const isTicked = (id) => Boolean(document.getElementById(id)?.checked);

  async function bringIn(file) {
    const place = document.getElementById(PLACE);
    const most = Number(place.dataset.most);
    if (file.size > most) {
      ours().say(`'${file.name}' has ${Math.round(file.size / 1e6)} MB, and at most ${most / 1e6} MB are read; split it.`, true, TOLD);
      return;
    }
    if (underway) {
      ours().say(`'${underway}' is being read: wait for it, or cancel it.`, true, TOLD);
      return;
    }
    const page = window.morphospace_jobs.pageId;
    const fields = new URLSearchParams({ name: file.name, user: ours().user(), page });
    if (isTicked("import-skip")) fields.set("skip_unknown", "yes");
    if (isTicked("import-overwrite")) fields.set("overwrite", "yes");
    underway = file.name;
    place.closest("label").setAttribute("aria-busy", "true");
    ours().say(`Reading '${file.name}' …`, false, TOLD);
    try {
      const { job } = await ours().send(`import?${fields}`, { headers: { "X-Morphospace": "labels" }, body: file });
      window.morphospace_jobs.watch(job, BAR, DONE);
    } catch (error) {
      over(error.message, true);
    }
  }

  function over(said, isRefused) {
    underway = "";
    document.getElementById(PLACE).closest("label").removeAttribute("aria-busy");
    // What the command line is told of its options is a box here.
    ours().say(said.replace("--skip-unknown", "“leave out unknown”"), isRefused, TOLD);
  }

  // The bar has come to its end: it says how.
  function end() {
    const bar = document.getElementById(BAR);
    const said = bar.querySelector(".job-message").textContent, how = bar.dataset.state;
    bar.hidden = true;
    if (how === "done") {
      over(`'${underway}', ${said}.`, false);
      ours().change();
    } else over(how === "cancelled" ? `Stopped: nothing of '${underway}' was brought in.` : said, true);
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
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    morphospace_labelled_files: {
      end(done) {
        if (done?.done && underway) end();
        return window.dash_clientside.no_update;
      },
    },
  });
})();
