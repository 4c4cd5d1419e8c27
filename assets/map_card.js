// The card beside the pointer: picture and a few facts of the galaxy under it, after a short rest.
"use strict";

(() => {
  const M = window.morphospace_map;
  const DELAY_MS = 120;
  const PICTURE_PX = 96; // as in map.css
  const AWAY_PX = 20; // from the pointer
  const card = { element: null, timer: null, row: null };

  function show(row, checkpoint, place) {
    card.place = place;
    if (row === card.row) return;
    hide();
    card.row = row;
    card.timer = setTimeout(async () => {
      const [known, color] = await Promise.all([M.facts(row, checkpoint), M.colorOf(row, checkpoint)]);
      if (known && card.row === row) fill(known, color);
    }, DELAY_MS);
  }

  function hide() {
    clearTimeout(card.timer);
    card.row = null;
    card.element?.classList.remove("shown");
  }

  function fill(known, color) {
    if (!card.element?.isConnected) {
      card.element = document.createElement("div");
      card.element.className = "hover-card";
      card.element.setAttribute("role", "tooltip");
      document.body.append(card.element);
    }
    const lines = document.createElement("dl");
    const isNew = color && !known.summary.some(([name]) => name === color[0]);
    for (const [name, value] of isNew ? [...known.summary, color] : known.summary) {
      const term = document.createElement("dt"), text = document.createElement("dd");
      term.textContent = name;
      text.textContent = value;
      lines.append(term, text);
    }
    if (known.moved) {
      const far = document.createElement("dt");
      far.textContent = "far away: drawn at the edge of the map";
      lines.append(far);
    }
    card.element.replaceChildren(...(known.has_cutout ? [pictureOf(known.row)] : []), lines);
    card.element.dataset.cardRow = known.row;
    card.element.classList.add("shown");
    put(card.place);
  }

  function pictureOf(row) {
    const picture = document.createElement("img");
    picture.src = M.cutoutAddress(row, PICTURE_PX);
    picture.alt = "";
    return picture;
  }

  // Beside the pointer, on the side where there is room.
  function put({ x, y }) {
    const box = card.element.getBoundingClientRect();
    const left = x + AWAY_PX + box.width > window.innerWidth ? x - AWAY_PX - box.width : x + AWAY_PX;
    const top = y + AWAY_PX + box.height > window.innerHeight ? y - AWAY_PX - box.height : y + AWAY_PX;
    card.element.style.left = `${Math.max(left, 4)}px`;
    card.element.style.top = `${Math.max(top, 4)}px`;
  }

  M.add({ showCard: show, hideCard: hide });
})();
