// The ask flow, made quicker: similar questions and known places appear as one types, the signature shows one's own name.
// Without it the same questions stand on the next page and «Знайти» looks the place up.
import { lightPhotos } from "./photos.js";

const PAUSE = 350;

/** Calls `act` with the field's text when its typing pauses; each new fetch ends the one before. */
function asTyped(field, act, { atOnce = false } = {}) {
  let timer;
  let running;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      running?.abort();
      running = new AbortController();
      try {
        await act(field.value.trim(), running.signal);
      } catch (problem) {
        if (problem.name !== "AbortError") console.warn(problem);
      }
    }, PAUSE);
  };
  field.addEventListener("input", later);
  if (atOnce && field.value.trim()) later();
}

function similarQuestions() {
  const box = document.querySelector("[data-similar]");
  const field = box && document.getElementById(box.dataset.for);
  if (!field) return;
  asTyped(field, async (typed, signal) => {
    if ([...typed].length < 10) return box.replaceChildren();
    const answer = await fetch(`${box.dataset.similar}?q=${encodeURIComponent(typed)}`, { signal });
    const found = answer.ok ? (await answer.text()).trim() : "";
    if (box.dataset.shown === found) return;
    box.dataset.shown = found;
    box.innerHTML = found;
  }, { atOnce: true });
}

/** Known places under the address: a press fills the address in and puts the pin down. */
function knownPlaces() {
  const box = document.querySelector("[data-places]");
  const field = box?.querySelector("input");
  const picker = document.querySelector("[data-place]");
  if (!field || !picker) return;
  const plural = new Intl.PluralRules(document.documentElement.lang);
  const list = Object.assign(document.createElement("ul"), { className: "places" });
  const said = Object.assign(document.createElement("p"), { className: "vh" });
  said.setAttribute("role", "status");
  box.append(said, list);
  let chosen = null;

  function mark(point) {
    picker.querySelector("[data-lon]").value = point?.lon ?? "";
    picker.querySelector("[data-lat]").value = point?.lat ?? "";
    picker.dispatchEvent(new CustomEvent("place:set", { detail: point ? [point.lon, point.lat] : null }));
  }
  function choose(found) {
    const house = /[\s,]№?\s*(\d[\wа-яґєії/-]*)\s*$/iu.exec(field.value)?.[1];
    field.value = found.name + (house ? `, ${house}` : "");
    chosen = found;
    list.replaceChildren();
    mark(found);
    field.focus();
  }
  picker.addEventListener("place", (event) => {
    if (chosen && (event.detail[0] !== chosen.lon || event.detail[1] !== chosen.lat)) chosen = null;
  });
  field.addEventListener("input", () => {
    if (!chosen || field.value.includes(chosen.name)) return;
    chosen = null; // another place is being typed: the pin of the one before must not stay
    mark(null);
  });
  asTyped(field, async (typed, signal) => {
    if (typed.length < 2 || (chosen && typed.includes(chosen.name))) return list.replaceChildren();
    const answer = await fetch(`${box.dataset.places}?q=${encodeURIComponent(typed)}`, { signal });
    const { places } = answer.ok ? await answer.json() : { places: [] };
    list.replaceChildren(...places.map((found) => {
      const button = Object.assign(document.createElement("button"), { type: "button" });
      button.append(found.name, Object.assign(document.createElement("span"), { className: "meta", textContent: found.district }));
      button.addEventListener("click", () => choose(found));
      const item = document.createElement("li");
      item.append(button);
      return item;
    }));
    const form = { one: "One", few: "Few" }[plural.select(places.length)] ?? "Many";
    said.textContent = places.length ? box.dataset[`found${form}`].replace("#", places.length) : "";
  });
}

/** «Підписати: Олена К.» with the name as it is being typed. */
function signature() {
  const field = document.querySelector("[data-signs]");
  const label = field && document.querySelector(`label[for="${field.dataset.signs}"] .choice-text`)?.firstChild;
  if (!label) return;
  const before = label.textContent.split(":")[0];
  field.addEventListener("input", () => {
    const words = field.value.trim().split(/\s+/).filter(Boolean);
    if (!words.length) return;
    const last = words.length > 1 ? ` ${[...words.at(-1)][0].toUpperCase()}.` : "";
    label.textContent = `${before}: ${words[0].slice(0, 40)}${last}`;
  });
}

similarQuestions();
knownPlaces();
signature();
lightPhotos();
