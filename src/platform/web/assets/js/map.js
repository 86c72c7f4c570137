// The map of the home page, and the small one beside an appeal.
import { EMPTY } from "./basemap.js";
import { frame, settingsOf } from "./frame.js";
import { makeRoom } from "./room.js";
import { PIXELS, answered, plate, ring, waiting } from "./marks.js";

const PINS = {
  id: "pins", type: "symbol", source: "appeals", filter: ["!", ["has", "count"]],
  layout: {
    "icon-image": ["get", "icon"], "icon-anchor": ["match", ["get", "state"], "answered", "center", "bottom"],
    "icon-allow-overlap": true, "symbol-z-order": "viewport-y", "icon-padding": 0,
  },
};
const RINGS = {
  id: "rings", type: "symbol", source: "appeals", filter: ["has", "count"],
  layout: {
    "icon-image": ["get", "icon"], "icon-allow-overlap": true, "icon-padding": 0,
    "icon-offset": ["case", ["has", "offset"], ["array", "number", 2, ["get", "offset"]], ["literal", [0, 0]]],
  },
};

const escaped = (text) => String(text ?? "").replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

export async function start(place) {
  const settings = settingsOf(place);
  return settings.point ? small(place, settings) : city(place, settings);
}

/* ── home ── */
async function city(place, settings) {
  const { strings } = settings;
  let config = settings.map;
  let data = EMPTY;
  const box = place.querySelector(".map");
  const say = place.querySelector(".map-say");
  const digits = new Intl.NumberFormat(document.documentElement.lang);

  function dress(map, colours) {
    const put = (name, draw) => { if (!map.hasImage(name)) map.addImage(name, draw(), PIXELS); };
    put("waiting", () => waiting(colours));
    put("answered", () => answered(colours));
    for (const { properties: p } of data.features) {
      if (p.count) {
        const loose = p.kind === "district";
        p.icon = `ring-${p.count}-${p.waiting}${loose ? "-loose" : ""}`;
        put(p.icon, () => (loose ? plate : ring)(colours, p.count, p.waiting, digits.format(p.count)));
      } else p.icon = p.state === "answered" ? "answered" : "waiting";
    }
    makeRoom(map, data.features);
    map.getSource("appeals")?.setData(data);
  }

  const layers = () => ({ sources: { appeals: { type: "geojson", data } }, layers: [PINS, RINGS] });
  let colours;
  let loaded = false;
  const { map } = await frame(box, settings, { layers, settled: () => loaded, ready: (ready, now) => { colours = now; dress(ready, now); } });

  let running;
  async function load() {
    running?.abort();
    running = new AbortController();
    loaded = false;
    const bounds = map.getBounds();
    const [dx, dy] = [(bounds.getEast() - bounds.getWest()) * 0.15, (bounds.getNorth() - bounds.getSouth()) * 0.15];
    const address = new URL(config.data_url, location.href);
    address.searchParams.set("bbox", [bounds.getWest() - dx, bounds.getSouth() - dy, bounds.getEast() + dx, bounds.getNorth() + dy].map((n) => n.toFixed(5)).join());
    address.searchParams.set("zoom", String(Math.round(map.getZoom() * 2) / 2));
    try {
      const answer = await fetch(address, { signal: running.signal });
      if (!answer.ok) throw new Error(answer.status);
      data = await answer.json();
      loaded = true;
      dress(map, colours);
      say.textContent = data.features.length || map.getZoom() > 12 ? "" : strings.nothing;
    } catch (problem) {
      if (problem.name === "AbortError") return;
      loaded = true;
      say.textContent = strings.failed;
      map.triggerRepaint();
    }
  }
  let timer;
  const soon = () => { clearTimeout(timer); timer = setTimeout(load, 120); };
  map.on("moveend", soon);
  addEventListener("filters", ({ detail }) => { config = detail; close(); soon(); });
  addEventListener("online", soon);
  new ResizeObserver(() => map.resize()).observe(box);
  soon();

  /* clicks */
  let panel;
  function close() { panel?.remove(); panel = null; }
  function open(html) {
    close();
    panel = Object.assign(document.createElement("section"), { className: "pin-panel", tabIndex: -1, innerHTML: html });
    panel.setAttribute("aria-label", strings.panel);
    const button = Object.assign(document.createElement("button"), { type: "button", className: "close", innerHTML: '<svg viewBox="0 0 18 18" aria-hidden="true"><path d="m4 4 10 10M14 4 4 14"/></svg>' });
    button.setAttribute("aria-label", strings.close);
    button.addEventListener("click", () => { close(); map.getCanvas().focus({ preventScroll: true }); });
    panel.addEventListener("keydown", (event) => { if (event.key === "Escape") button.click(); });
    panel.append(button);
    place.append(panel);
    panel.focus({ preventScroll: true });
  }
  const appeal = async (number) => {
    const answer = await fetch(`/api/v1/appeals/${encodeURIComponent(number)}`, { headers: { "Accept-Language": document.documentElement.lang } });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  };
  const answeredOne = (found) => found.state === "answered" || found.status === "answered";
  /** Several at one spot, which no zoom tells apart: their titles. */
  async function tellAll(numbers) {
    open(`<p class="meta">${escaped(strings.loading)}</p>`);
    const mine = panel;
    const found = (await Promise.allSettled(numbers.slice(0, 12).map(appeal))).flatMap((each) => each.value ?? []);
    if (mine !== panel) return;
    open(found.length
      ? `<h3>${escaped(strings.here)}</h3><ul class="appeals compact">${found.map((each) => `<li class="appeal-item"><svg class="mark" role="img" aria-label="${escaped(answeredOne(each) ? strings.answered : strings.waiting)}"><use href="#mark-${answeredOne(each) ? "answered" : "waiting"}"/></svg><h4><a href="${escaped(each.url)}">${escaped(each.title)}</a></h4></li>`).join("")}</ul>`
      : `<p>${escaped(strings.failed)}</p>`);
  }
  async function tell(number) {
    open(`<p class="meta">${escaped(strings.loading)}</p>`);
    const mine = panel;
    try {
      const found = await appeal(number);
      if (mine !== panel) return;
      const named = (thing) => escaped(thing?.name ?? thing ?? "");
      const isAnswered = answeredOne(found);
      open(`<p class="tag ${isAnswered ? "answered" : "waiting"}"><svg class="mark" aria-hidden="true"><use href="#mark-${isAnswered ? "answered" : "waiting"}"/></svg>${escaped(isAnswered ? strings.answered : strings.waiting)}</p>
        <h3><a href="${escaped(found.url)}">${escaped(found.title)}</a></h3>
        <p class="meta dots">${[named(found.category), named(found.district)].filter(Boolean).map((text) => `<span>${text}</span>`).join("")}</p>
        ${found.answer_short ? `<p class="short-answer"><b>${escaped(strings.in_short)}</b> ${escaped(found.answer_short)}</p>` : ""}`);
    } catch {
      if (mine === panel) open(`<p>${escaped(strings.failed)}</p>`);
    }
  }
  function hit(point) {
    const reach = [[point.x - 8, point.y - 8], [point.x + 8, point.y + 8]];
    const found = map.queryRenderedFeatures(reach, { layers: ["rings", "pins"] });
    return found[0];
  }
  map.on("mousemove", (event) => box.classList.toggle("over-pin", Boolean(hit(event.point))));
  map.on("click", (event) => {
    const found = hit(event.point);
    if (!found) return close();
    const p = found.properties;
    if (p.kind === "district") {
      const here = new URL(location.href);
      here.searchParams.set("district", p.district);
      return open(`<h3>${escaped(p.name ?? "")}</h3><p>${escaped(strings.loose)}</p><p><a href="${escaped(here.pathname + here.search)}">${escaped(strings.show_district)}</a></p>`);
    }
    if (!p.count) return tell(p.number);
    const numbers = typeof p.numbers === "string" ? JSON.parse(p.numbers) : p.numbers;
    if (numbers?.length) return tellAll(numbers);
    const expand = typeof p.expand === "string" ? JSON.parse(p.expand) : p.expand;
    const before = map.getZoom();
    const view = expand && map.cameraForBounds([[expand[0], expand[1]], [expand[2], expand[3]]], { padding: 70, maxZoom: 17 });
    map.easeTo(view && view.zoom > before + 0.4 ? view : { center: found.geometry.coordinates, zoom: Math.min(before + 2, 18) });
  });
}

/* ── beside an appeal ── */
const circle = ([lon, lat], metres) => {
  const points = Array.from({ length: 49 }, (_, i) => {
    const angle = (i / 48) * 2 * Math.PI;
    return [lon + (Math.cos(angle) * metres) / (111320 * Math.cos((lat * Math.PI) / 180)), lat + (Math.sin(angle) * metres) / 111320];
  });
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [points] } };
};

function boundsOf(feature) {
  const all = feature.geometry.coordinates.flat(feature.geometry.type === "MultiPolygon" ? 2 : 1);
  const [xs, ys] = [all.map((c) => c[0]), all.map((c) => c[1])];
  return [[Math.min(...xs), Math.min(...ys)], [Math.max(...xs), Math.max(...ys)]];
}

async function small(place, settings) {
  const { lon, lat, precision, status, district } = settings.point;
  const known = lon !== null && lon !== undefined && precision !== "district";
  const layers = (c) => known
    ? {
        sources: { around: { type: "geojson", data: precision === "near" ? circle([lon, lat], 100) : EMPTY }, here: { type: "geojson", data: { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [lon, lat] } } } },
        layers: [
          { id: "around", type: "fill", source: "around", paint: { "fill-color": c.accent, "fill-opacity": 0.16 } },
          { id: "around-rim", type: "line", source: "around", paint: { "line-color": c.accent, "line-width": 1.5, "line-dasharray": [3, 2] } },
          { id: "here", type: "symbol", source: "here", layout: { "icon-image": "here", "icon-anchor": status === "answered" ? "center" : "bottom", "icon-allow-overlap": true, "icon-ignore-placement": true } },
        ],
      }
    : {
        sources: {},
        layers: [
          { id: "chosen", type: "fill", source: "outlines", filter: ["==", ["get", "slug"], district ?? ""], paint: { "fill-color": c.accent, "fill-opacity": 0.16 } },
          { id: "chosen-rim", type: "line", source: "outlines", filter: ["==", ["get", "slug"], district ?? ""], paint: { "line-color": c.accent, "line-width": 2 } },
        ],
      };
  const camera = (outlines) => {
    if (known) return { center: [lon, lat], zoom: settings.map.basemap ? 14.5 : settings.map.zoom - 0.3 };
    const feature = outlines?.features.find((each) => each.properties.slug === district);
    return feature && { bounds: boundsOf(feature), fitBoundsOptions: { padding: 24 } };
  };
  const { map } = await frame(place.querySelector(".map"), settings, {
    layers, camera, small: true, locate: false,
    ready: (map, c) => { if (known && !map.hasImage("here")) map.addImage("here", status === "answered" ? answered(c, true) : waiting(c, true), PIXELS); },
  });
  new ResizeObserver(() => map.resize()).observe(place);
}
