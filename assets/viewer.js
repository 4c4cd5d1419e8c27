// The picture of the inspected galaxy on its stage: zoom, pan, cross-hair, scale bar. The old picture
// stays until the new one is decoded; one that cannot be is taken away, never left for another's.
"use strict";

(() => {
  const FIT = "fit";
  const SMOOTH_UP_TO = 2; // beyond, a pixel is a square
  const BAR_SHARE = 0.4; // of the picture's width, at most
  const PAN_PX = 24;
  const stageId = "inspector-stage";

  const shown = { address: null, facts: null, width: 0, height: 0, scale: 1, x: 0, y: 0, request: 0 };
  const settings = { zoom: FIT, brightness: 1, crosshair: false };

  const stage = () => document.getElementById(stageId);
  const part = (selector) => stage()?.querySelector(selector);
  const clamp = (value, limit) => Math.max(-limit, Math.min(limit, value));

  // ---- which picture ---------------------------------------------------------------------------

  // Whether the picture can be had; true also where another one was asked for meanwhile.
  async function show(address, facts) {
    if (address === shown.address) {
      shown.request += 1; // one that is still on its way is not wanted any more
      shown.facts = facts;
      stage().removeAttribute("aria-busy");
      place();
      return true;
    }
    const request = ++shown.request;
    stage()?.setAttribute("aria-busy", "true");
    const next = new Image();
    next.src = address;
    const isThere = await next.decode().then(() => true, () => false);
    if (request !== shown.request) return true;
    if (!isThere) {
      clear();
      return false;
    }
    const isAnother = facts.row !== shown.facts?.row;
    if (isAnother) Object.assign(shown, { x: 0, y: 0 });
    Object.assign(shown, { address, facts, width: next.naturalWidth, height: next.naturalHeight });
    const picture = part("img");
    picture.src = address;
    picture.alt = `Cutout of ${facts.object_id}`;
    picture.dataset.shownRow = facts.row;
    stage().removeAttribute("aria-busy");
    place();
    return true;
  }

  function clear() {
    shown.request += 1;
    Object.assign(shown, { address: null, facts: null, width: 0, height: 0 });
    const picture = part("img");
    if (!picture) return;
    picture.removeAttribute("src");
    picture.alt = "";
    delete picture.dataset.shownRow;
    stage().removeAttribute("aria-busy");
    place();
  }

  // ---- where it is on the stage ----------------------------------------------------------------

  function fitScale() {
    const box = stage();
    return Math.min(box.clientWidth / shown.width, box.clientHeight / shown.height);
  }

  function place() {
    const box = stage(), picture = part("img");
    if (!box || !picture) return;
    const isThere = shown.address !== null && box.clientWidth > 0;
    picture.style.visibility = isThere ? "" : "hidden";
    if (isThere) {
      const scale = settings.zoom === FIT ? fitScale() : Number(settings.zoom);
      const width = shown.width * scale, height = shown.height * scale;
      const x = clamp(shown.x, Math.max(0, (width - box.clientWidth) / 2));
      const y = clamp(shown.y, Math.max(0, (height - box.clientHeight) / 2));
      Object.assign(shown, { scale, x, y });
      picture.style.width = `${width}px`;
      picture.style.height = `${height}px`;
      picture.style.transform = `translate(-50%, -50%) translate(${x}px, ${y}px)`;
      picture.style.imageRendering = scale > SMOOTH_UP_TO ? "pixelated" : "auto";
      picture.style.filter = settings.brightness === 1 ? "" : `brightness(${settings.brightness})`;
    }
    placeCrosshair(isThere);
    placeBar(isThere);
  }

  function placeCrosshair(isThere) {
    const cross = part(".cross-hair");
    cross.hidden = !(isThere && settings.crosshair && !shown.facts.damage);
    cross.style.transform = `translate(${shown.x}px, ${shown.y}px)`;
  }

  // A bar of 1, 2 or 5 times a power of ten of arcseconds.
  function placeBar(isThere) {
    const bar = part(".scale-bar"), line = part(".scale-line"), text = part(".scale-bar span");
    bar.hidden = !isThere || Boolean(shown.facts.damage);
    if (bar.hidden) return;
    const { width_arcsec: arcsec, kpc_per_arcsec: kpc, cosmology, scale_source: source } = shown.facts;
    line.hidden = !arcsec;
    if (!arcsec) {
      text.textContent = "pixel scale unknown";
      bar.title = "Neither the catalog (pxscale), nor a FITS header, nor the build has told it.";
      delete bar.dataset.arcsec;
      return;
    }
    const perPx = arcsec / (shown.width * shown.scale);
    const most = BAR_SHARE * Math.min(stage().clientWidth, shown.width * shown.scale) * perPx;
    const power = 10 ** Math.floor(Math.log10(most));
    const length = [5, 2, 1].find((times) => times * power <= most) * power;
    line.style.width = `${length / perPx}px`;
    bar.dataset.arcsec = length;
    const rounded = Number(length.toPrecision(1));
    text.textContent = kpc ? `${rounded}″ = ${(kpc * length).toPrecision(3)} kpc` : `${rounded}″`;
    bar.title = `Pixel scale: ${source}.`
      + (kpc ? ` Proper kiloparsecs at its redshift, ${cosmology}.` : " Its redshift is unknown.");
    if (kpc) text.textContent += ` (${cosmology})`;
  }

  // ---- zoom and pan ------------------------------------------------------------------------------

  function set(changed) {
    Object.assign(settings, changed);
    place();
  }

  // The next step of the ladder, with the point at (px, py) from the middle of the stage held.
  function zoom(direction, px = 0, py = 0) {
    if (!shown.address) return;
    const steps = window.morphospace_inspector_zooms();
    const fit = fitScale();
    const ladder = steps.filter((step) => step !== FIT).map(Number);
    const beyond = ladder.filter((step) => (direction > 0 ? step > shown.scale * 1.001 : step < shown.scale * 0.999));
    const next = direction > 0 ? Math.min(...beyond) : Math.max(...beyond);
    const isPast = direction < 0 && shown.scale > fit && !(next > fit); // zooming out ends at the fit
    if (!Number.isFinite(next) && !isPast) return;
    const value = isPast ? FIT : String(next);
    const scale = isPast ? fit : next;
    shown.x = px - (px - shown.x) * (scale / shown.scale);
    shown.y = py - (py - shown.y) * (scale / shown.scale);
    set({ zoom: value });
    window.dash_clientside.set_props("inspector-zoom", { value });
  }

  function pan(dx, dy) {
    shown.x += dx;
    shown.y += dy;
    place();
  }

  const onKey = {
    "+": () => zoom(1), "=": () => zoom(1), "-": () => zoom(-1),
    0: () => window.dash_clientside.set_props("inspector-zoom", { value: FIT }),
    ArrowLeft: () => pan(PAN_PX, 0), ArrowRight: () => pan(-PAN_PX, 0),
    ArrowUp: () => pan(0, PAN_PX), ArrowDown: () => pan(0, -PAN_PX),
  };

  function listen(box) {
    if (box.dataset.listened) return;
    box.dataset.listened = "yes";
    new ResizeObserver(place).observe(box);
    box.addEventListener("wheel", (event) => {
      event.preventDefault();
      const { left, top, width, height } = box.getBoundingClientRect();
      zoom(event.deltaY < 0 ? 1 : -1, event.clientX - left - width / 2, event.clientY - top - height / 2);
    }, { passive: false });
    box.addEventListener("pointerdown", (event) => {
      if (event.button === 0) box.setPointerCapture(event.pointerId);
    });
    box.addEventListener("pointermove", (event) => {
      if (box.hasPointerCapture(event.pointerId)) pan(event.movementX, event.movementY);
    });
    box.addEventListener("dblclick", onKey[0]);
    box.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !onKey[event.key]) return;
      event.preventDefault();
      event.stopPropagation(); // the same keys move the map
      onKey[event.key]();
    });
  }

  window.morphospace_viewer = { show, clear, set, listen: () => stage() && listen(stage()) };
})();
