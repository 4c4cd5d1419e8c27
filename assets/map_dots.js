// Dots, drawn into an array of pixels: fifty thousand in the time a canvas takes for a few
// thousand circles. A dot is a mask of coverages, one for each of 4 x 4 places within a pixel.
"use strict";

(() => {
  const M = window.morphospace_map;
  const STEPS = 4;
  const ALPHA = 0.85, ALPHA_OVER_RASTER = 0.4;
  const DIMMED = 0.15, FADED = 0.7; // alpha of what is not selected, and how much of its color goes
  const SELECTED = 1, MOVED = 2; // flags of a point
  const TRIANGLE_PX = 5;

  // Diameter in pixels of the screen: smaller where there are more.
  const dotSize = (n) => Math.min(Math.max(9 - 1.25 * Math.log10(Math.max(n, 1)), 2), 7);

  // ---- masks -----------------------------------------------------------------------------------

  // Of each place within a pixel: how far each pixel it touches is from the dot's own, in an image
  // `width` pixels wide, and how much of that pixel is covered, 0 to 255.
  function masksOf(radius, width) {
    const reach = Math.ceil(radius + 1);
    const masks = [];
    for (let place = 0; place < STEPS * STEPS; place += 1) {
      const cx = (place % STEPS + 0.5) / STEPS, cy = (Math.floor(place / STEPS) + 0.5) / STEPS;
      const steps = [], covered = [];
      for (let j = -reach; j <= reach; j += 1) {
        for (let i = -reach; i <= reach; i += 1) {
          const distance = Math.hypot(i + 0.5 - cx, j + 0.5 - cy);
          const share = Math.min(Math.max(radius + 0.5 - distance, 0), 1);
          if (share > 0.02) { steps.push(4 * (j * width + i)); covered.push(255 * share); }
        }
      }
      masks.push({ steps: Int32Array.from(steps), covered: Float32Array.from(covered) });
    }
    return { masks, reach };
  }

  // Put a color over what is there: colors are not multiplied by their alpha in an image.
  function paint(pixels, at, mask, color, alpha) {
    const { steps, covered } = mask;
    for (let k = 0; k < steps.length; k += 1) {
      const p = at + steps[k];
      const a = covered[k] * alpha;
      const below = pixels[p + 3];
      if (below === 0) {
        pixels[p] = color[0]; pixels[p + 1] = color[1]; pixels[p + 2] = color[2]; pixels[p + 3] = a;
        continue;
      }
      const both = a + below * (1 - a / 255), share = a / both;
      pixels[p] += (color[0] - pixels[p]) * share;
      pixels[p + 1] += (color[1] - pixels[p + 1]) * share;
      pixels[p + 2] += (color[2] - pixels[p + 2]) * share;
      pixels[p + 3] = both;
    }
  }

  // ---- colors ----------------------------------------------------------------------------------

  function colorsOf(palette) {
    const colors = [], faded = [];
    for (let k = 0; k < palette.length; k += 3) {
      const color = [palette[k], palette[k + 1], palette[k + 2]];
      const grey = 0.3 * color[0] + 0.59 * color[1] + 0.11 * color[2];
      colors.push(color);
      faded.push(color.map((part) => grey + (part - grey) * (1 - FADED)));
    }
    return { colors, faded };
  }

  // ---- drawing ---------------------------------------------------------------------------------

  // The dots of `data` on a canvas that shows `view` with `ratio` pixels to one of the screen.
  // Those moved to the edge are not among them: they have marks of their own.
  function drawDots(canvas, data, view, { ratio, isSelected, isOverRaster, nInView }) {
    const width = Math.round(view.width * ratio), height = Math.round(view.height * ratio);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, width, height);
    const size = dotSize(nInView);
    const passes = isSelected
      ? [[0, size, DIMMED, true], [SELECTED, size + 1, ALPHA, false]]
      : [[null, size, isOverRaster ? ALPHA_OVER_RASTER : ALPHA, false]];
    const border = Math.ceil((size + 1) * ratio / 2 + 2); // so that no dot needs to be cut
    const wide = width + 2 * border;
    const image = new ImageData(wide, height + 2 * border);
    const { colors, faded } = colorsOf(data.palette);
    for (const [wanted, diameter, alpha, isFaded] of passes) {
      const brush = { ...masksOf((diameter * ratio) / 2, wide), alpha, colors: isFaded ? faded : colors };
      drawPass(image.data, data, view, brush, { wanted, width, height, border, wide });
    }
    context.putImageData(image, -border, -border);
    drawFar(context, data, view, { ratio, isSelected, colors, faded });
  }

  function drawPass(pixels, data, view, brush, { wanted, width, height, border, wide }) {
    const { x, y, group, flags, n } = data;
    const { masks, alpha, colors } = brush;
    const scaleX = width / (view.x1 - view.x0), scaleY = height / (view.y1 - view.y0);
    for (let i = 0; i < n; i += 1) {
      if (flags[i] & MOVED || (wanted !== null && (flags[i] & SELECTED) !== wanted)) continue;
      const px = (x[i] - view.x0) * scaleX, py = (view.y1 - y[i]) * scaleY;
      if (!(px >= 0 && px < width && py >= 0 && py < height)) continue;
      const left = px | 0, top = py | 0;
      const place = ((py - top) * STEPS | 0) * STEPS + ((px - left) * STEPS | 0);
      paint(pixels, 4 * ((top + border) * wide + left + border), masks[place], colors[group[i]], alpha);
    }
  }

  // A triangle for each galaxy that lies farther out than the map reaches, pointing there.
  function drawFar(context, data, view, { ratio, isSelected, colors, faded }) {
    const x = (view.home.x0 + view.home.x1) / 2, y = (view.home.y0 + view.home.y1) / 2;
    const far = data.far ?? [];
    for (const [, fx, fy, group, selected] of far) {
      const [px, py] = M.toPixels({ ...view, left: 0, top: 0 }, fx, fy);
      if (px < -9 || py < -9 || px > view.width + 9 || py > view.height + 9) continue;
      const isDimmed = isSelected && !selected;
      const [r, g, b] = (isDimmed ? faded : colors)[group] ?? [128, 128, 128];
      context.save();
      context.scale(ratio, ratio);
      context.translate(px, py);
      context.rotate(Math.atan2(y - fy, fx - x));
      context.globalAlpha = isDimmed ? 2 * DIMMED : 1;
      context.fillStyle = `rgb(${r}, ${g}, ${b})`;
      context.beginPath();
      context.moveTo(TRIANGLE_PX * 1.3, 0);
      context.lineTo(-TRIANGLE_PX * 0.8, TRIANGLE_PX);
      context.lineTo(-TRIANGLE_PX * 0.8, -TRIANGLE_PX);
      context.closePath();
      context.fill();
      context.restore();
    }
  }

  M.add({ drawDots, dotSize, SELECTED, MOVED });
})();
