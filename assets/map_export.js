// The view as a file for print: an SVG that the server writes, or a PNG of it made here.
"use strict";

(() => {
  const M = window.morphospace_map;
  const DPI = 300;
  const MM_PER_INCH = 25.4;
  // The chunk pHYs of a PNG: 11,811 pixels a metre, which is 300 dpi, and its checksum.
  const RESOLUTION = [
    0, 0, 0, 9, 0x70, 0x48, 0x59, 0x73, 0, 0, 0x2e, 0x23, 0, 0, 0x2e, 0x23, 1, 0x78, 0xa5, 0x3f, 0x76,
  ];
  const AFTER_HEADER = 33; // bytes of signature and first chunk

  function tell(text) {
    window.dash_clientside.set_props("map-export-told", { children: text });
  }

  // kind: "svg" or "png"; isLight: on a white ground whatever the page's theme is
  async function exportMaps(kind, isLight) {
    tell("Drawing …");
    try {
      for (const map of M.shown()) await exportMap(map, kind, isLight);
      tell("");
    } catch (error) {
      tell(error instanceof TypeError ? "The server does not answer." : error.message);
    }
  }

  async function exportMap(map, kind, isLight) {
    const view = M.viewOf(map);
    const more = {
      ...M.ends(view), width: Math.round(view.width), height: Math.round(view.height),
      cutouts: M.state.cutouts ? M.cutoutSize(map) : 0,
    };
    if (isLight) more.theme = "light";
    const reply = await M.ask(map, "export", M.address(map, "export.svg", more));
    if (!reply) return;
    const text = await reply.text();
    const name = reply.headers.get("Content-Disposition")?.match(/filename="?([^";]+)/)?.[1] ?? "map.svg";
    if (kind === "svg") save(new Blob([text], { type: "image/svg+xml" }), name);
    else save(await pngOf(text), name.replace(/\.svg$/, ".png"));
  }

  async function pngOf(text) {
    const drawn = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    const pixels = (side) => Math.round((parseFloat(drawn.getAttribute(side)) / MM_PER_INCH) * DPI);
    const picture = new Image();
    picture.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
    await picture.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: pixels("width"), height: pixels("height") });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(picture.src);
    const bytes = await new Promise((done) => canvas.toBlob(done, "image/png"));
    if (!bytes) throw new Error("The picture is too large for this browser; save it as SVG.");
    return new Blob([bytes.slice(0, AFTER_HEADER), new Uint8Array(RESOLUTION), bytes.slice(AFTER_HEADER)], { type: "image/png" });
  }

  function save(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  M.add({ exportMaps });
})();
