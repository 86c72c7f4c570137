// Marks drawn at run time: a red drop with "?", a green rounded square with a check, a ring with two shares.
const RATIO = Math.min(3, Math.max(2, Math.ceil(devicePixelRatio || 1)));
export const PIXELS = { pixelRatio: RATIO };

function drawn(width, height, draw) {
  const canvas = Object.assign(document.createElement("canvas"), { width: width * RATIO, height: height * RATIO });
  const pen = canvas.getContext("2d");
  pen.scale(RATIO, RATIO);
  pen.lineCap = pen.lineJoin = "round";
  draw(pen);
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

function shadow(pen, on) {
  pen.shadowColor = on ? "rgb(0 0 0 / .35)" : "transparent";
  pen.shadowBlur = on ? 3 * RATIO : 0;
  pen.shadowOffsetY = on ? RATIO : 0;
}

/** The drop; its tip is at the bottom middle. `big` is for the one that was chosen. */
export function waiting(colours, big = false) {
  const k = big ? 1.4 : 1;
  return drawn(28 * k, 33 * k, (pen) => {
    pen.scale(k, k);
    pen.translate(2, 1.500);
    const drop = new Path2D("M12 29s9.500-9.800 9.500-17.500a9.500 9.500 0 0 0-19 0C2.500 19.200 12 29 12 29Z");
    shadow(pen, true);
    pen.strokeStyle = colours.surface; pen.lineWidth = 3;
    pen.stroke(drop);
    shadow(pen, false);
    pen.fillStyle = colours.waiting;
    pen.fill(drop);
    pen.strokeStyle = pen.fillStyle = colours.surface;
    pen.lineWidth = 2.300;
    pen.stroke(new Path2D("M9.100 9.300a2.950 2.950 0 1 1 4.450 2.550c-1 .650-1.550 1.150-1.550 2.250"));
    pen.beginPath(); pen.arc(12, 17.400, 1.450, 0, 7); pen.fill();
  });
}

/** The rounded square with a check; its middle is the place. */
export function answered(colours, big = false) {
  const k = big ? 1.4 : 1;
  return drawn(28 * k, 28 * k, (pen) => {
    pen.scale(k, k);
    const box = new Path2D();
    box.roundRect(4, 4, 20, 20, 5.500);
    shadow(pen, true);
    pen.strokeStyle = colours.surface; pen.lineWidth = 3;
    pen.stroke(box);
    shadow(pen, false);
    pen.fillStyle = colours.answered;
    pen.fill(box);
    pen.strokeStyle = colours.surface; pen.lineWidth = 2.600;
    pen.stroke(new Path2D("m9.300 14.400 3.200 3.200 6.300-6.600"));
  });
}

/** Radius of a ring in CSS pixels: it grows with the count, never under 17. */
export const ringRadius = (count) => (count < 10 ? 17 : count < 100 ? 20 : count < 1000 ? 24 : 28);

/** Appeals without an exact place, counted at their district: a small plate with the count and a bar of the two shares. */
export function plate(colours, count, waitingCount, text) {
  const [width, height] = [Math.max(34, 18 + text.length * 9), 27];
  return drawn(width + 8, height + 8, (pen) => {
    pen.translate(4, 4);
    shadow(pen, true);
    pen.fillStyle = colours.surface;
    pen.beginPath(); pen.roundRect(0, 0, width, height, 8); pen.fill();
    shadow(pen, false);
    pen.strokeStyle = colours["line-mid"]; pen.lineWidth = 1; pen.stroke();
    pen.fillStyle = colours.ink;
    pen.font = "650 13px Commissioner, system-ui, sans-serif";
    pen.textAlign = "center"; pen.textBaseline = "middle";
    pen.fillText(text, width / 2, 11);
    const bar = width - 14;
    const split = waitingCount === 0 ? 0 : waitingCount === count ? bar : Math.min(bar - 4, Math.max(4, (bar * waitingCount) / count));
    const part = (colour, from, to) => { if (to - from > 0) { pen.fillStyle = colour; pen.beginPath(); pen.roundRect(7 + from, 19, to - from, 4, 2); pen.fill(); } };
    part(colours.waiting, 0, split === bar ? bar : split - 1);
    part(colours.answered, split === 0 ? 0 : split + 1, bar);
  });
}

/** Two shares and the count. */
export function ring(colours, count, waitingCount, text) {
  const r = ringRadius(count);
  const size = 2 * r + 8;
  return drawn(size, size, (pen) => {
    const middle = size / 2;
    const width = 5;
    shadow(pen, true);
    pen.fillStyle = colours.surface;
    pen.beginPath(); pen.arc(middle, middle, r, 0, 7); pen.fill();
    shadow(pen, false);
    const share = waitingCount / count;
    const from = -Math.PI / 2;
    const gap = share > 0 && share < 1 ? 0.09 : 0;
    pen.lineWidth = width; pen.lineCap = "butt";
    const arc = (colour, start, end) => {
      if (end - start <= 0) return;
      pen.strokeStyle = colour;
      pen.beginPath(); pen.arc(middle, middle, r - width / 2 - 1.500, start, end); pen.stroke();
    };
    arc(colours.waiting, from + gap / 2, from + share * 2 * Math.PI - gap / 2);
    arc(colours.answered, from + share * 2 * Math.PI + gap / 2, from + 2 * Math.PI - gap / 2);
    pen.fillStyle = colours.ink;
    pen.font = `650 ${text.length > 3 ? 12.500 : 14}px Commissioner, system-ui, sans-serif`;
    pen.textAlign = "center"; pen.textBaseline = "middle";
    pen.fillText(text, middle, middle + 0.800);
  });
}
