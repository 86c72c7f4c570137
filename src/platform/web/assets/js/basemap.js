// What lies under the marks: district outlines and water of our own, or a configured basemap beneath the outlines.
import { addProtocol } from "maplibre-gl";
import { Protocol } from "pmtiles";

const FONT = ["Commissioner"]; // no glyph server: the library draws letters itself with the page's font
const EMPTY = { type: "FeatureCollection", features: [] };
let protocolAdded = false;

const has = (kind) => ["==", ["get", "kind"], kind];
const at = (...stops) => ["interpolate", ["exponential", 1.5], ["zoom"], ...stops];

/** Layers for a PMTiles file with the Protomaps schema. */
function vectorLayers(c) {
  const layer = (id, type, source, rest) => ({ id: `base-${id}`, type, source: "base", "source-layer": source, ...rest });
  const road = (id, kinds, width, min = 0) => layer(id, "line", "roads", {
    minzoom: min, filter: ["in", ["get", "kind"], ["literal", kinds]], layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": c.road, "line-width": width },
  });
  return [
    layer("earth", "fill", "earth", { paint: { "fill-color": c.land } }),
    layer("green", "fill", "landuse", { filter: ["in", ["get", "kind"], ["literal", ["park", "forest", "wood", "grass", "nature_reserve", "cemetery", "meadow", "scrub"]]], paint: { "fill-color": c.green } }),
    layer("water", "fill", "water", { filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": c.water } }),
    layer("buildings", "fill", "buildings", { minzoom: 14, paint: { "fill-color": c["land-line"], "fill-opacity": 0.35 } }),
    road("paths", ["path"], at(14, 0.5, 18, 3), 14),
    road("minor", ["minor_road", "other"], at(12, 0.5, 18, 10), 12),
    road("major", ["major_road", "medium_road"], at(9, 0.7, 18, 16)),
    road("highways", ["highway"], at(8, 1, 18, 20)),
    layer("street-names", "symbol", "roads", {
      minzoom: 14, layout: { "symbol-placement": "line", "text-field": ["coalesce", ["get", "name:uk"], ["get", "name"], ""], "text-font": FONT, "text-size": 12 },
      paint: { "text-color": c["map-text"], "text-halo-color": c.land, "text-halo-width": 1.5 },
    }),
  ];
}

/** Sources and layers of the configured basemap, or nothing. A basemap that can't be had is no error: the outlines carry the map. */
export async function basemapOf(base, c) {
  if (!base) return null;
  const address = (url) => decodeURI(new URL(url, location.href).href);
  if (base.kind === "pmtiles") {
    if (!protocolAdded) addProtocol("pmtiles", new Protocol().tile);
    protocolAdded = true;
    return { sources: { base: { type: "vector", url: `pmtiles://${address(base.url)}` } }, layers: vectorLayers(c) };
  }
  if (base.kind === "raster") {
    const paint = c.dark ? { "raster-brightness-max": 0.55, "raster-saturation": -0.6, "raster-contrast": 0.1 } : { "raster-saturation": -0.35 };
    return { sources: { base: { type: "raster", tiles: [address(base.url)], tileSize: 256, maxzoom: 19 } }, layers: [{ id: "base", type: "raster", source: "base", paint }] };
  }
  const answer = await fetch(base.url, { signal: AbortSignal.timeout(6000) }).catch(() => null);
  return answer?.ok ? answer.json() : null;
}

/** The whole style: basemap, outlines and the names of districts. */
export function styleOf(c, base, outlines) {
  const features = outlines?.features ?? [];
  const isWater = (feature) => feature.properties?.kind === "water";
  const labels = features.filter((feature) => feature.properties?.label).map((feature) => ({
    type: "Feature", geometry: { type: "Point", coordinates: feature.properties.label },
    properties: { name: feature.properties.name ?? "", water: isWater(feature) },
  }));
  const bare = !base;
  return {
    version: 8,
    ...(base?.glyphs && { glyphs: base.glyphs }), ...(base?.sprite && { sprite: base.sprite }),
    sources: {
      ...base?.sources,
      outlines: { type: "geojson", data: { type: "FeatureCollection", features }, tolerance: 0.2 },
      labels: { type: "geojson", data: { type: "FeatureCollection", features: labels } },
    },
    layers: [
      { id: "beyond", type: "background", paint: { "background-color": c.beyond } },
      { id: "districts", type: "fill", source: "outlines", filter: ["!", has("water")], paint: { "fill-color": c.land } },
      { id: "water", type: "fill", source: "outlines", filter: has("water"), paint: { "fill-color": c.water } },
      // A basemap lies over them: where its tiles can't be had, the outlines are still there.
      ...(base?.layers ?? []).filter((layer) => layer.type !== "background"),
      { id: "borders", type: "line", source: "outlines", filter: ["!", has("water")], layout: { "line-join": "round" }, paint: { "line-color": c["land-line"], "line-width": at(9, 1, 14, 2.5), ...(bare ? {} : { "line-dasharray": [3, 2] }) } },
      ...(bare ? [{ id: "water-over-borders", type: "fill", source: "outlines", filter: has("water"), paint: { "fill-color": c.water, "fill-opacity": 0.8 } }] : []),
      {
        id: "names", type: "symbol", source: "labels", maxzoom: 15,
        layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": at(9, 12, 13, 16), "text-max-width": 9, "text-letter-spacing": 0.01, "text-padding": 0, "text-variable-anchor": ["center", "bottom", "top", "left", "right", "bottom-left", "bottom-right", "top-left", "top-right"], "text-radial-offset": 1.95, "text-justify": "auto" },
        paint: { "text-color": c["map-text"], "text-halo-color": bare ? c.land : c.surface, "text-halo-width": 1.6, "text-opacity": 0.92 },
      },
    ],
  };
}

export { EMPTY };
