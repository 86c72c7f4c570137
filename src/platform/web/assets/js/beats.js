// The map of beats: all of them, the chosen ones boldly; a click tells which it is and leads to its page.
import { EMPTY } from "./basemap.js";
import { frame, settingsOf } from "./frame.js";

const escaped = (text) => String(text ?? "").replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

export async function start(place) {
  const settings = settingsOf(place);
  const { map: config, strings, small } = settings;
  const chosen = ["in", ["get", "number"], ["literal", config.chosen]];
  const say = place.querySelector(".map-say");
  let data = EMPTY;
  let loaded = false;
  const here = config.point ? { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: config.point } } : EMPTY;
  const layers = (c) => ({
    sources: { beats: { type: "geojson", data }, here: { type: "geojson", data: here } },
    layers: [
      { id: "beats", type: "fill", source: "beats", paint: { "fill-color": c.accent, "fill-opacity": ["case", chosen, 0.28, 0.04] } },
      { id: "beats-rim", type: "line", source: "beats", paint: { "line-color": c.accent, "line-width": ["case", chosen, 3, 0.8], "line-opacity": ["case", chosen, 1, 0.55] } },
      { id: "here", type: "circle", source: "here", paint: { "circle-radius": 8, "circle-color": c.ink, "circle-stroke-color": c.paper, "circle-stroke-width": 3 } },
    ],
  });
  const camera = () => (config.look ? { bounds: [config.look.slice(0, 2), config.look.slice(2)], fitBoundsOptions: { padding: 28, maxZoom: 15 } } : config.point ? { center: config.point, zoom: 14 } : {});
  const { map } = await frame(place.querySelector(".map"), settings, { layers, camera, small: small || matchMedia("(max-width: 40em)").matches, locate: !small, settled: () => loaded });
  new ResizeObserver(() => map.resize()).observe(place);
  try {
    const answer = await fetch(config.beats_url);
    if (!answer.ok) throw new Error(answer.status);
    data = await answer.json();
    map.getSource("beats")?.setData(data);
  } catch {
    say.textContent = strings.failed;
  }
  loaded = true;
  map.triggerRepaint();

  let panel;
  const close = () => { panel?.remove(); panel = null; };
  map.on("mouseenter", "beats", () => place.querySelector(".map").classList.add("over-pin"));
  map.on("mouseleave", "beats", () => place.querySelector(".map").classList.remove("over-pin"));
  map.on("click", "beats", ({ features: [found] }) => {
    const { number, name, officers, vacant } = found.properties;
    if (small) return location.assign(config.beat_url + encodeURIComponent(number));
    close();
    const serving = typeof officers === "string" ? JSON.parse(officers) : officers ?? []; // the library hands nested values on as text
    const who = vacant ? strings.vacant : serving.filter((each) => !each.away).map((each) => each.name).join(", ");
    panel = Object.assign(document.createElement("section"), { className: "pin-panel", tabIndex: -1 });
    panel.setAttribute("aria-label", strings.panel);
    panel.innerHTML = `<h3><a href="${escaped(config.beat_url + encodeURIComponent(number))}">${escaped(name)}</a></h3><p>${escaped(who)}</p><button type="button" class="close" aria-label="${escaped(strings.close)}"><svg viewBox="0 0 18 18" aria-hidden="true"><path d="m4 4 10 10M14 4 4 14"/></svg></button>`;
    const button = panel.querySelector("button");
    button.addEventListener("click", () => { close(); map.getCanvas().focus({ preventScroll: true }); });
    panel.addEventListener("keydown", (event) => { if (event.key === "Escape") button.click(); });
    place.append(panel);
    panel.focus({ preventScroll: true });
  });
}
