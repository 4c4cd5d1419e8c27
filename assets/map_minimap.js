// The whole map in a corner, with a frame around what is in view: a click there goes there, a drag
// moves along.
"use strict";

(() => {
  const M = window.morphospace_map;
  const WIDE_PX = 128, HIGH_PX = 104; // at most
  const LEAST_PX = 4; // of the frame

  function elementOf(map) {
    if (map.minimap?.element.isConnected) return map.minimap;
    const element = document.createElement("div"), picture = document.createElement("img");
    const window_ = document.createElement("div");
    element.className = "map-minimap";
    element.title = "The whole map: click or drag to go there";
    picture.alt = "The whole map";
    picture.draggable = false;
    window_.className = "map-window";
    element.append(picture, window_);
    map.frame.append(element);
    map.minimap = { element, picture, window: window_, key: null };
    listen(map);
    return map.minimap;
  }

  // Put the picture of this look of the map into it; nothing where it is switched off.
  async function show(map) {
    if (!M.state.minimap || !M.state.paint) { if (map.minimap) map.minimap.element.hidden = true; return; }
    const minimap = elementOf(map);
    const home = M.homeOf(map);
    const scale = Math.min(WIDE_PX / (home.x1 - home.x0), HIGH_PX / (home.y1 - home.y0));
    minimap.element.style.width = `${(home.x1 - home.x0) * scale}px`;
    minimap.element.style.height = `${(home.y1 - home.y0) * scale}px`;
    minimap.element.hidden = false;
    move(map);
    const key = M.keyOf(map);
    if (key === minimap.key) return;
    minimap.key = key;
    const next = new Image();
    next.src = M.address(map, "overview", { width: 2 * WIDE_PX, height: 2 * HIGH_PX });
    await next.decode().catch(() => {});
    if (minimap.key === key) minimap.picture.src = next.src;
  }

  function move(map) {
    const minimap = map.minimap;
    if (!minimap || minimap.element.hidden || !M.isShown(map)) return;
    const view = M.viewOf(map), home = M.homeOf(map);
    const wide = home.x1 - home.x0, high = home.y1 - home.y0;
    const share = (value) => Math.min(Math.max(value, 0), 1);
    const left = share((view.x0 - home.x0) / wide), right = share((view.x1 - home.x0) / wide);
    const top = share((home.y1 - view.y1) / high), bottom = share((home.y1 - view.y0) / high);
    Object.assign(minimap.window.style, {
      left: `${100 * left}%`, top: `${100 * top}%`,
      width: `max(${100 * (right - left)}%, ${LEAST_PX}px)`,
      height: `max(${100 * (bottom - top)}%, ${LEAST_PX}px)`,
    });
    minimap.element.classList.toggle("whole", map.isHome);
  }

  function listen(map) {
    const { element } = map.minimap;
    const go = (event) => {
      const box = element.getBoundingClientRect(), home = M.homeOf(map);
      const right = (event.clientX - box.left) / box.width, down = (event.clientY - box.top) / box.height;
      M.centre(map, home.x0 + right * (home.x1 - home.x0), home.y1 - down * (home.y1 - home.y0));
    };
    let isDragged = false, frame = 0;
    element.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      isDragged = true;
      element.setPointerCapture?.(event.pointerId);
      event.preventDefault();
      go(event);
    });
    element.addEventListener("pointermove", (event) => {
      if (!isDragged) return;
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => go(event));
    });
    for (const end of ["pointerup", "pointercancel"]) {
      element.addEventListener(end, () => { isDragged = false; });
    }
  }

  M.add({ showMinimap: show, moveMinimap: move });
})();
