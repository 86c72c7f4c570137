// Colours of the page for canvas and WebGL, as plain rgb whatever CSS function they were written with.
const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
const pen = canvas.getContext("2d", { willReadFrequently: true });
const probe = document.createElement("i");
probe.style.forcedColorAdjust = "none"; // marks keep their colours in forced-colours mode, as pictures do

const NAMES = ["paper", "surface", "ink", "ink-2", "line", "line-mid", "accent", "accent-soft", "waiting", "answered", "land", "land-line", "beyond", "water", "map-text", "road", "green"];

function resolved(name) {
  probe.style.color = `var(--${name})`;
  pen.clearRect(0, 0, 1, 1);
  pen.fillStyle = getComputedStyle(probe).color;
  pen.fillRect(0, 0, 1, 1);
  const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
  return `rgb(${r},${g},${b})`;
}

/** The tokens by name: {ink: "rgb(…)", …} and `dark`. */
export function theme() {
  document.body.append(probe);
  const found = Object.fromEntries(NAMES.map((name) => [name, resolved(name)]));
  probe.remove();
  found.dark = matchMedia("(prefers-color-scheme: dark)").matches;
  return found;
}

/** Calls back when light becomes dark or the other way round. */
export function onThemeChange(then) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", then);
}
