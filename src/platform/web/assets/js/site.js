// What every page gets. Nothing here is needed: without it forms post, links lead, lists are full.
const root = document.documentElement;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
root.classList.add("js");

function errorSummary() {
  document.querySelector("[data-focus]")?.focus();
}

/** «Залишилося 12 знаків»: seen at once, said after a pause in typing. */
function counters() {
  const plural = new Intl.PluralRules(root.lang);
  const digits = new Intl.NumberFormat(root.lang);
  for (const box of all("textarea[data-limit]")) {
    const shown = document.getElementById(`${box.id}-count`);
    if (!shown) continue;
    const said = Object.assign(document.createElement("span"), { className: "vh" });
    said.setAttribute("role", "status");
    shown.after(said);
    let timer;
    const words = () => {
      const left = Number(box.dataset.limit) - [...box.value.replaceAll("\r\n", "\n")].length;
      const form = { one: "One", few: "Few" }[plural.select(Math.abs(left))] ?? "Many";
      shown.classList.toggle("over", left < 0);
      return shown.dataset[(left < 0 ? "over" : "left") + form].replace("#", digits.format(Math.abs(left)));
    };
    const show = (event) => {
      shown.textContent = words();
      clearTimeout(timer);
      if (event) timer = setTimeout(() => (said.textContent = shown.textContent), 1200);
    };
    box.addEventListener("input", show);
    show();
  }
}

/** A second press sends nothing. The button is not disabled, so that its name and value go along. */
function singleSubmit() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
    setTimeout(() => again(form), 10_000);
  });
  const again = (form) => {
    delete form.dataset.sent;
    all("[aria-busy]", form).forEach((button) => button.removeAttribute("aria-busy"));
  };
  addEventListener("pageshow", () => all("form[data-sent]").forEach(again));
}

function menus() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.activeElement?.closest("details.menu[open]") ?? document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
}

/** Filters: the list changes in place, the address with it; what changed is said, focus stays where it is. */
function filters() {
  const form = document.querySelector("form[data-filters]");
  if (!form) return;
  const offline = document.getElementById("offline");
  let running;
  const addressOf = () => {
    const given = [...new FormData(form)].filter(([, value]) => value !== "");
    return form.action.split("?")[0] + (given.length ? `?${new URLSearchParams(given)}` : "");
  };
  async function show(address, { push = true } = {}) {
    running?.abort();
    running = new AbortController();
    const results = document.getElementById("results");
    results.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { signal: running.signal, headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(answer.status);
      if (answer.redirected) return location.assign(answer.url); // another language was chosen meanwhile: not half of each
      offline.hidden = true;
      // Its styles are this page's already, and a policy that knows only this page's nonce would complain of them.
      const text = (await answer.text()).replace(/<style[^]*?<\/style>/g, "");
      const fresh = new DOMParser().parseFromString(text, "text/html");
      const focused = document.activeElement?.id;
      for (const part of all("[data-part]")) {
        const other = fresh.getElementById(part.id);
        if (other) part.replaceChildren(...other.childNodes);
      }
      for (const control of form.elements) {
        const other = control.name && fresh.querySelector(`[data-filters] [name="${control.name}"]`);
        if (!other) continue;
        control.className = other.className;
        if (!push || control !== document.activeElement || control.tagName === "SELECT") control.value = other.value;
      }
      for (const kind of ["a.language", "link[hreflang]"]) { // the other language shows the same filters
        const [mine, theirs] = [document.querySelector(kind), fresh.querySelector(kind)];
        if (mine && theirs) mine.href = theirs.getAttribute("href");
      }
      if (focused) (document.getElementById(focused) ?? document.getElementById("results-title")).focus({ preventScroll: true });
      if (push) history.pushState(null, "", address);
      const config = document.getElementById("map-config");
      if (config) dispatchEvent(new CustomEvent("filters", { detail: JSON.parse(config.textContent).map }));
      document.getElementById("said").textContent = document.getElementById("results-title").textContent;
    } catch (problem) {
      if (problem.name === "AbortError") return;
      if (!(problem instanceof TypeError)) return location.assign(address); // the server answered: let it say what is wrong
      offline.hidden = false; // the browser's own error page would take away all that can still be read
      offline.textContent = offline.dataset.words;
    } finally {
      results.removeAttribute("aria-busy");
    }
  }
  form.addEventListener("change", (event) => event.target.tagName === "SELECT" && show(addressOf()));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(addressOf());
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-live]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    show(link.href);
  });
  addEventListener("popstate", () => show(location.href, { push: false }));
}

/** List or map on a phone; the choice is kept on this device. */
function viewSwitch() {
  const split = document.querySelector("[data-views]");
  if (!split) return;
  const kept = { get: () => { try { return localStorage.view; } catch { return null; } }, set: (value) => { try { localStorage.view = value; } catch { /* not kept then */ } } };
  const choose = (view) => {
    split.classList.toggle("view-map", view === "map");
    for (const button of all("[data-view]")) button.setAttribute("aria-pressed", String(button.dataset.view === view));
    maps();
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-view]");
    if (!button) return;
    kept.set(button.dataset.view);
    choose(button.dataset.view);
    button.closest(".results-head").scrollIntoView({ block: "start" });
  });
  choose(kept.get() === "map" ? "map" : "list");
}

/** The map library comes after the content, and only when its place on the page is about to be seen. */
function maps() {
  for (const place of all("[data-module]:not([data-seen])")) {
    if (!place.offsetParent && getComputedStyle(place).position !== "sticky") continue;
    if (!place.offsetHeight) continue;
    place.dataset.seen = "";
    const start = () => import(new URL(place.dataset.module, location).href).then((module) => module.start(place)).catch((problem) => {
      console.warn(problem);
      place.classList.add("map-off");
      const split = place.matches(".map-pane") && place.closest("[data-views]");
      split?.classList?.remove("view-map");
      split?.classList?.add("no-map"); // the list takes the whole page
    });
    new IntersectionObserver((entries, observer) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      if ("requestIdleCallback" in window) requestIdleCallback(start, { timeout: 1500 });
      else setTimeout(start, 200);
    }, { rootMargin: "200px" }).observe(place);
  }
}

errorSummary();
counters();
singleSubmit();
menus();
filters();
viewSwitch();
if (document.readyState === "complete") maps();
else addEventListener("load", maps);
addEventListener("resize", maps);
