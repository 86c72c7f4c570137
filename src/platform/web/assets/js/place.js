// Choosing a place: click or drag on a map, arrow keys on the pin, or "my location". The text fields beside it do without all this.
import { Marker } from "maplibre-gl";
import { frame, settingsOf } from "./frame.js";

const PIN = '<svg viewBox="0 0 38 48" aria-hidden="true"><path class="body" d="M19 47s17-15.500 17-28a17 17 0 0 0-34 0c0 12.500 17 28 17 28Z"/><circle class="hole" cx="19" cy="19" r="6.500"/></svg>';
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export async function start(place) {
  const settings = settingsOf(place);
  const { strings, map: config, near, title = "" } = settings;
  const [west, south, east, north] = config.box;
  const lon = place.querySelector("[data-lon]");
  const lat = place.querySelector("[data-lat]");
  const say = place.querySelector(".place-say");
  const given = lon.value && lat.value ? [Number(lon.value), Number(lat.value)] : null;

  const { map } = await frame(place.querySelector(".map"), settings, { locate: false, camera: () => (given ? { center: given, zoom: config.basemap ? 15 : 13 } : {}) });

  const element = Object.assign(document.createElement("button"), { type: "button", className: "place-pin", innerHTML: PIN, title: strings.pin });
  element.setAttribute("aria-label", strings.pin);
  const marker = new Marker({ element, anchor: "bottom", draggable: true, subpixelPositioning: true });
  let chosen = null;
  let accepted = null; // the last point of which the server said that it is in the city
  let asking;

  function tell(text, refused = false) {
    say.classList.toggle("refused", refused);
    say.textContent = text;
  }
  /** A point of a neighbouring city: the way to ask there, with the question that was written. */
  function lead({ url, words }) {
    const link = Object.assign(document.createElement("a"), { href: title ? `${url}?title=${encodeURIComponent(title)}` : url, textContent: words });
    say.append(" ", link);
  }
  async function describe([x, y], { only = false } = {}) {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(`${near}?lon=${x}&lat=${y}`, { signal: asking.signal, headers: { Accept: "application/json" } });
      const found = await answer.json();
      const good = answer.ok && found.inside !== false;
      tell(found.text ?? (good ? strings.chosen : strings.outside), !good);
      if (!good && found.ask) lead(found.ask);
      if (only) return; // nothing was changed by asking
      if (good) accepted = [x, y];
      else if (accepted) put(accepted); // in the box but not in the city: back to where it was
      else remove();
    } catch (problem) {
      if (problem.name !== "AbortError") tell(only ? strings.outside : strings.chosen, only);
    }
  }
  function put(point) {
    chosen = point;
    [lon.value, lat.value] = chosen;
    marker.setLngLat(chosen);
  }
  function remove() {
    clearTimeout(timer);
    asking?.abort();
    chosen = accepted = null;
    lon.value = lat.value = "";
    marker.remove();
    clear.hidden = true;
    place.classList.remove("has-point");
  }
  let timer;
  /** Takes a point when it lies in the city's box; says so and changes nothing when not. */
  function choose(point, { pause = 0 } = {}) {
    const [x, y] = point;
    if (!(x >= west && x <= east && y >= south && y <= north)) {
      if (chosen) marker.setLngLat(chosen);
      clearTimeout(timer);
      asking?.abort();
      tell(strings.outside, true);
      if (y > -90 && y < 90) describe([x, y], { only: true }); // whose it is, if not ours
      return false;
    }
    const first = !chosen;
    put([Number(x.toFixed(6)), Number(y.toFixed(6))]);
    if (first) {
      marker.addTo(map);
      element.removeAttribute("role");
      element.tabIndex = 0;
      if (map.getZoom() < 12.5) map.easeTo({ center: chosen, zoom: config.basemap ? 15 : 13 }); // near enough to put it right
    }
    place.classList.add("has-point");
    clear.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(() => describe(chosen), pause);
    place.dispatchEvent(new CustomEvent("place", { detail: chosen, bubbles: true }));
    return true;
  }

  const me = place.querySelector("[data-me]");
  const clear = place.querySelector("[data-clear]");
  const middle = place.querySelector("[data-middle]");
  map.on("click", (event) => choose(event.lngLat.toArray()));
  marker.on("dragend", () => choose(marker.getLngLat().toArray()));
  element.addEventListener("click", (event) => event.stopPropagation());
  element.addEventListener("keydown", (event) => {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const by = event.shiftKey ? 50 : 10;
    const at = map.project(marker.getLngLat());
    const to = map.unproject([at.x + step[0] * by, at.y + step[1] * by]);
    if (choose(to.toArray(), { pause: 500 })) {
      const seen = map.project(to);
      const { clientWidth, clientHeight } = map.getContainer();
      if (seen.x < 50 || seen.y < 70 || seen.x > clientWidth - 50 || seen.y > clientHeight - 30) map.panTo(to);
    }
  });
  middle?.addEventListener("click", () => { if (choose(map.getCenter().toArray())) element.focus(); });
  clear.addEventListener("click", () => {
    remove();
    tell(strings.removed);
    (middle ?? map.getCanvas()).focus();
  });
  // An address was found beside the map: its point comes from there; none takes the pin away.
  place.addEventListener("place:set", ({ detail }) => {
    if (!detail) return remove();
    if (choose(detail)) map.easeTo({ center: detail, zoom: Math.max(map.getZoom(), 13.5) });
  });
  if (navigator.geolocation && me) {
    me.hidden = false;
    me.addEventListener("click", () => {
      me.setAttribute("aria-busy", "true");
      tell(strings.locating);
      navigator.geolocation.getCurrentPosition(({ coords }) => {
        me.removeAttribute("aria-busy");
        const point = [coords.longitude, coords.latitude];
        if (choose(point)) map.easeTo({ center: point, zoom: Math.max(map.getZoom(), 16) });
      }, () => { me.removeAttribute("aria-busy"); tell(strings.not_located, true); }, { enableHighAccuracy: true, timeout: 10_000 });
    });
  }
  if (middle) middle.hidden = false;
  if (given) choose(given);
  new ResizeObserver(() => map.resize()).observe(place.querySelector(".map"));
}
