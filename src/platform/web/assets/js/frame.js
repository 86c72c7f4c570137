// One map on a page: its frame, buttons, theme and outlines. map.js and place.js put their own things on it.
import { Map as LibreMap, AttributionControl, setWorkerUrl } from "maplibre-gl";
import { basemapOf, styleOf } from "./basemap.js";
import { onThemeChange, theme } from "./theme.js";

/* global WORKER_FILE */
setWorkerUrl(new URL(`./${WORKER_FILE}`, import.meta.url).href);

const ICONS = {
  in: "M10 4v12M4 10h12", out: "M4 10h12",
  whole: "M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4",
  me: "M10 2v3M10 15v3M2 10h3M15 10h3M10 5.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9",
};

/** The page's JSON for this map: {map: map_config, strings, …}. */
export const settingsOf = (place) => JSON.parse(document.getElementById(place.dataset.config).textContent);

class Buttons {
  constructor(entries) { this.entries = entries; }
  onAdd(map) {
    this.box = Object.assign(document.createElement("div"), { className: "maplibregl-ctrl map-buttons" });
    for (const { icon, name, act } of this.entries) {
      const button = Object.assign(document.createElement("button"), { type: "button", title: name });
      button.setAttribute("aria-label", name);
      button.innerHTML = `<svg viewBox="0 0 20 20" aria-hidden="true"><path d="${ICONS[icon]}"/></svg>`;
      button.addEventListener("click", () => act(map, button));
      this.box.append(button);
    }
    return this.box;
  }
  onRemove() { this.box.remove(); }
}

/** Zoom that shows as much of the city in this frame as the city's zoom shows in a frame of 800 px. */
const fitted = (zoom, box) => zoom + Math.max(-1.6, Math.min(0.6, Math.log2(Math.min(box.clientWidth, box.clientHeight) / 800)));

/**
 * Makes a map in `box`. `layers(colours)` gives {sources, layers} on top of outlines; `ready(map, colours)` is called when the
 * style stands, and again after the theme changed; `data-drawn` says that everything is drawn which `settled()` waits for.
 * Resolves to {map, outlines}.
 */
export async function frame(box, { map: config, strings }, { layers = () => undefined, ready = () => {}, settled = () => true, camera, small = false, locate = true, keyboard = true }) {
  let colours = theme();
  const outlinesSoon = fetch(config.outlines_url).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
  const fontSoon = document.fonts?.load?.('650 14px Commissioner', "Київ 0123").catch(() => {});
  let [base, outlines] = await Promise.all([basemapOf(config.basemap, colours).catch(() => null), outlinesSoon, fontSoon]);

  const [west, south, east, north] = config.box;
  const padX = (east - west) * 0.4;
  const padY = (north - south) * 0.4;
  const whole = () => ({ center: config.centre, zoom: fitted(config.zoom, box) });
  const map = new LibreMap({
    container: box, style: styleOf(colours, base, outlines), ...whole(), ...camera?.(outlines),
    maxBounds: [[west - padX, south - padY], [east + padX, north + padY]], minZoom: 8, maxZoom: 18,
    dragRotate: false, pitchWithRotate: false, maxPitch: 0, renderWorldCopies: false, attributionControl: false, fadeDuration: 0,
    cooperativeGestures: small, keyboard, locale: {
      "Map.Title": strings.title, "CooperativeGesturesHandler.WindowsHelpText": strings.wheel, "CooperativeGesturesHandler.MacHelpText": strings.wheel,
      "CooperativeGesturesHandler.MobileHelpText": strings.fingers,
    },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard?.disableRotation?.();
  map.addControl(new Buttons([
    { icon: "in", name: strings.zoom_in, act: () => map.zoomIn() },
    { icon: "out", name: strings.zoom_out, act: () => map.zoomOut() },
    ...(small ? [] : [{ icon: "whole", name: strings.whole, act: () => map.easeTo(whole()) }]),
    ...(locate && navigator.geolocation ? [{ icon: "me", name: strings.locate, act: () => navigator.geolocation.getCurrentPosition(
      ({ coords }) => map.easeTo({ center: [coords.longitude, coords.latitude], zoom: Math.max(map.getZoom(), 14.5) }), () => { const say = box.parentElement?.querySelector(".map-say"); if (say) say.textContent = strings.not_located; }, { timeout: 8000 }) }] : []),
  ]), "top-right");
  if (config.basemap?.attribution) map.addControl(new AttributionControl({ compact: false, customAttribution: config.basemap.attribution }));

  /** Pictures first, then the layers that show them. */
  const dress = () => {
    ready(map, colours);
    const { sources = {}, layers: more = [] } = layers(colours) ?? {};
    for (const [id, source] of Object.entries(sources)) if (!map.getSource(id)) map.addSource(id, source);
    for (const layer of more) if (!map.getLayer(layer.id)) map.addLayer(layer);
  };
  const restyle = () => {
    map.once("style.load", dress);
    map.setStyle(styleOf(colours, base, outlines), { diff: false });
  };
  map.on("idle", () => box.toggleAttribute("data-drawn", settled()));
  map.on("error", (event) => console.warn(event.error?.message ?? event)); // a tile that can't be had leaves the outlines to be seen
  onThemeChange(async () => {
    colours = theme();
    base = base && (await basemapOf(config.basemap, colours).catch(() => null));
    restyle();
  });
  await new Promise((done) => map.once("style.load", done)); // not "load": that waits for every tile of the basemap
  box.closest("[data-module]")?.querySelector(".map-wait")?.remove();
  dress();
  return { map, outlines };
}
