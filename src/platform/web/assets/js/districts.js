// Districts on a map: all of them (a click opens one), a file's areas in their states, or one outline to draw.
// Drawing writes GeoJSON into a text field, which is the form's and works without all this.
import { EMPTY } from "./basemap.js";
import { frame, settingsOf } from "./frame.js";

const REACH = 12; // pixels from a corner or a line that count as on it
const STEP = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const LEAST = 3;

const rounded = (point) => point.map((each) => Number(each.toFixed(6)));
const featureOf = (geometry, properties = {}) => ({ type: "Feature", properties, geometry });
const collected = (features) => ({ type: "FeatureCollection", features });
const pointsOf = (geometry) => (geometry?.coordinates ?? []).flat(geometry?.type === "MultiPolygon" ? 2 : 1);

function boundsOf(points) {
  const [xs, ys] = [points.map((c) => c[0]), points.map((c) => c[1])];
  let box = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < xs.length; i += 1) box = [Math.min(box[0], xs[i]), Math.min(box[1], ys[i]), Math.max(box[2], xs[i]), Math.max(box[3], ys[i])];
  return points.length ? [box.slice(0, 2), box.slice(2)] : null;
}

export async function start(place) {
  const settings = settingsOf(place);
  const map = await (settings.edit ? editor : settings.shapes_url ? preview : list)(place, settings);
  new ResizeObserver(() => map.resize()).observe(place.querySelector(".map"));
}

/* ── all districts: a click opens one ── */
async function list(place, settings) {
  const box = place.querySelector(".map");
  const { map } = await frame(box, settings, { locate: false, small: matchMedia("(max-width: 40em)").matches });
  map.on("mousemove", "districts", () => box.classList.add("over-pin"));
  map.on("mouseleave", "districts", () => box.classList.remove("over-pin"));
  map.on("click", "districts", ({ features: [found] }) => {
    const link = settings.links[found.properties.slug];
    if (link) location.assign(link);
  });
  return map;
}

/* ── a file, looked at ── */
async function preview(place, settings) {
  let data = EMPTY;
  let loaded = false;
  const is = (state) => ["==", ["get", "state"], state];
  const layers = (c) => ({
    sources: { shapes: { type: "geojson", data } },
    layers: [
      { id: "shapes", type: "fill", source: "shapes", paint: { "fill-color": ["case", is("refused"), c.ink, c.accent], "fill-opacity": ["case", is("refused"), 0.4, 0.14] } },
      { id: "rims", type: "line", source: "shapes", filter: is("good"), paint: { "line-color": c.accent, "line-width": 2 } },
      { id: "rims-repaired", type: "line", source: "shapes", filter: is("repaired"), paint: { "line-color": c.ink, "line-width": 2.5, "line-dasharray": [2, 1.5] } },
      { id: "rims-refused", type: "line", source: "shapes", filter: is("refused"), paint: { "line-color": c.ink, "line-width": 3 } },
      { id: "numbers", type: "symbol", source: "shapes", layout: { "text-field": ["to-string", ["get", "number"]], "text-font": ["Commissioner"], "text-size": 15 }, paint: { "text-color": c.ink, "text-halo-color": c.paper, "text-halo-width": 2 } },
    ],
  });
  const { map } = await frame(place.querySelector(".map"), settings, { layers, locate: false, settled: () => loaded });
  try {
    const answer = await fetch(settings.shapes_url);
    if (!answer.ok) throw new Error(answer.status);
    data = await answer.json();
    map.getSource("shapes")?.setData(data);
    const bounds = boundsOf(data.features.flatMap(({ geometry }) => pointsOf(geometry)));
    if (bounds) map.fitBounds(bounds, { padding: 30, animate: false });
  } catch {
    place.querySelector(".map-say").textContent = settings.strings.failed;
  }
  loaded = true;
  map.triggerRepaint();
  return map;
}

/* ── one outline, drawn ── */

/** Rings without the closing corner, polygon by polygon; null for what is no outline. */
function ringsIn(text) {
  if (!text.trim()) return [];
  try {
    let found = JSON.parse(text);
    if (found?.type === "FeatureCollection") [found] = found.features;
    if (found?.type === "Feature") found = found.geometry;
    const polygons = found.type === "Polygon" ? [found.coordinates] : found.type === "MultiPolygon" ? found.coordinates : null;
    const rings = polygons?.map((polygon) => polygon.map((ring) => ring.slice(0, -1).map(([x, y]) => [x, y])));
    return rings?.flat(2).every(([x, y]) => Number.isFinite(x) && Math.abs(y) <= 90) ? rings : null;
  } catch {
    return null;
  }
}

const closed = (ring) => [...ring, ring[0]];

function textOf(polygons) {
  const whole = polygons.map((polygon) => polygon.filter((ring) => ring.length >= LEAST).map(closed)).filter((polygon) => polygon.length);
  if (!whole.length) return "";
  return JSON.stringify(whole.length === 1 ? { type: "Polygon", coordinates: whole[0] } : { type: "MultiPolygon", coordinates: whole });
}

async function editor(place, settings) {
  const { strings } = settings;
  const field = document.getElementById(settings.edit);
  const box = place.querySelector(".map");
  const say = place.querySelector(".map-say");
  let polygons = ringsIn(field.value) ?? [];
  let active = 0; // the polygon whose outer ring takes new corners
  let chosen = null; // [polygon, ring, corner]
  place.classList.add("drawing");

  const lines = () => collected(polygons.flatMap((polygon) => polygon.filter((ring) => ring.length > 1).map((ring) => featureOf({ type: "LineString", coordinates: ring.length >= LEAST ? closed(ring) : ring }))));
  const fills = () => collected(polygons.filter(([ring]) => ring?.length >= LEAST).map((polygon) => featureOf({ type: "Polygon", coordinates: polygon.filter((ring) => ring.length >= LEAST).map(closed) })));
  const same = (a, b) => a && b && a.every((each, i) => each === b[i]);
  const corners = () => collected(polygons.flatMap((polygon, p) => polygon.flatMap((ring, r) => ring.map((at, c) => featureOf({ type: "Point", coordinates: at }, { on: same(chosen, [p, r, c]) })))));
  const layers = (c) => ({
    sources: { fill: { type: "geojson", data: fills() }, lines: { type: "geojson", data: lines() }, corners: { type: "geojson", data: corners() } },
    layers: [
      { id: "drawn", type: "fill", source: "fill", paint: { "fill-color": c.accent, "fill-opacity": 0.16 } },
      { id: "drawn-rim", type: "line", source: "lines", paint: { "line-color": c.accent, "line-width": 2.5 } },
      { id: "corners", type: "circle", source: "corners", paint: { "circle-radius": ["case", ["get", "on"], 8, 5], "circle-color": ["case", ["get", "on"], c.ink, c.accent], "circle-stroke-color": c.paper, "circle-stroke-width": 2 } },
    ],
  });
  const camera = () => {
    const bounds = boundsOf(polygons.flat(2));
    return bounds ? { bounds, fitBoundsOptions: { padding: 40, maxZoom: 15 } } : {};
  };
  const { map } = await frame(box, settings, { layers, camera, locate: false });
  const canvas = map.getCanvas();
  map.doubleClickZoom.disable(); // two quick corners are two corners

  function draw() {
    map.getSource("fill")?.setData(fills());
    map.getSource("lines")?.setData(lines());
    map.getSource("corners")?.setData(corners());
  }
  function told() {
    const count = polygons.flat().reduce((sum, ring) => sum + ring.length, 0);
    say.textContent = (count < LEAST ? strings.few : strings.corners).replace("#", count);
  }
  /** The drawing changed: it is in the field at once. */
  function write() {
    field.value = textOf(polygons);
    meant("drawn");
    draw();
    told();
  }
  /** Where the form asks which outline is meant, it is the one that was touched last. */
  function meant(what) {
    const choice = field.form?.querySelector(`[name="source"][value="${what}"]`);
    if (choice) choice.checked = true;
  }
  field.form?.querySelector('[type="file"]')?.addEventListener("change", () => meant("file"));
  function add(point) {
    polygons[active] ??= [[]];
    polygons[active][0].push(rounded(point));
    chosen = [active, 0, polygons[active][0].length - 1];
    write();
  }
  /** The chosen corner goes, or else the last one. */
  function undo() {
    const [p, r, c] = chosen ?? [active, 0, (polygons[active]?.[0]?.length ?? 0) - 1];
    const ring = polygons[p]?.[r];
    if (!ring?.length) return;
    ring.splice(c, 1);
    if (!ring.length) {
      polygons[p].splice(r, 1);
      if (!r) polygons.splice(p, 1);
    }
    const left = polygons[p]?.[r]?.length ?? 0;
    chosen = left && !r ? [p, r, c ? c - 1 : left - 1] : null;
    active = Math.min(active, Math.max(0, polygons.length - 1));
    write();
  }

  const far = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
  function cornerAt(point) {
    let best = null;
    let least = REACH;
    polygons.forEach((polygon, p) => polygon.forEach((ring, r) => ring.forEach((at, c) => {
      const distance = far(map.project(at), point);
      if (distance < least) [best, least] = [[p, r, c], distance];
    })));
    return best;
  }
  /** The side that a point lies on: [polygon, ring, place for a new corner]. */
  function sideAt(point) {
    let best = null;
    let least = REACH;
    polygons.forEach((polygon, p) => polygon.forEach((ring, r) => {
      if (ring.length < LEAST) return;
      ring.forEach((from, c) => {
        const [a, b] = [map.project(from), map.project(ring[(c + 1) % ring.length])];
        const length = far(a, b) ** 2;
        const t = length ? Math.max(0, Math.min(1, ((point.x - a.x) * (b.x - a.x) + (point.y - a.y) * (b.y - a.y)) / length)) : 0;
        const distance = far({ x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) }, point);
        if (distance < least) [best, least] = [[p, r, c + 1], distance];
      });
    }));
    return best;
  }

  /* a corner under the pointer is dragged, the map elsewhere */
  let dragged = null;
  let moved = false;
  function take(event) {
    if (event.originalEvent.touches?.length > 1) return;
    dragged = cornerAt(event.point);
    moved = false;
    if (dragged) event.preventDefault();
  }
  function drag(event) {
    if (!dragged) return box.classList.toggle("over-pin", Boolean(cornerAt(event.point)));
    moved = true;
    chosen = dragged;
    const [p, r, c] = dragged;
    polygons[p][r][c] = rounded(event.lngLat.toArray());
    draw();
  }
  function drop() {
    if (dragged && moved) write();
    dragged = null;
  }
  map.on("mousedown", take);
  map.on("touchstart", take);
  map.on("mousemove", drag);
  map.on("touchmove", drag);
  map.on("mouseup", drop);
  map.on("touchend", drop);
  addEventListener("mouseup", drop); // let go outside of the map
  map.on("click", (event) => {
    if (moved) { moved = false; return; }
    const corner = cornerAt(event.point);
    if (corner) {
      chosen = corner;
      if (!corner[1]) [active] = corner;
      return draw();
    }
    const side = sideAt(event.point);
    if (!side) return add(event.lngLat.toArray());
    const [p, r, c] = side;
    polygons[p][r].splice(c, 0, rounded(event.lngLat.toArray()));
    chosen = side;
    write();
  });

  /* keys: arrows move the map, with Alt the chosen corner; Enter puts a corner in the middle; Backspace takes one away */
  const middle = () => add(map.getCenter().toArray());
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Backspace" || event.key === "Delete") undo();
    else if (event.key === "Enter") middle();
    else if (event.altKey && chosen && STEP[event.key]) {
      const [p, r, c] = chosen;
      const at = map.project(polygons[p][r][c]);
      polygons[p][r][c] = rounded(map.unproject([at.x + STEP[event.key][0] * 5, at.y + STEP[event.key][1] * 5]).toArray());
      write();
    } else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true });
  place.querySelector("[data-add]")?.addEventListener("click", middle);
  place.querySelector("[data-undo]")?.addEventListener("click", undo);
  place.querySelector("[data-clear]")?.addEventListener("click", () => {
    [polygons, active, chosen] = [[], 0, null];
    write();
    say.textContent = strings.cleared;
  });
  field.addEventListener("input", () => {
    const found = ringsIn(field.value);
    if (!found) { say.textContent = strings.broken; return; }
    [polygons, active, chosen] = [found, 0, null];
    meant("drawn");
    draw();
    told();
    const bounds = boundsOf(polygons.flat(2));
    if (bounds) map.fitBounds(bounds, { padding: 40, maxZoom: 15, animate: false });
  });
  if (polygons.length) told();
  return map;
}
