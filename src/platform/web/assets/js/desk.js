// The staff area's keys and conveniences. Nothing here is needed: every button is a form's, and works without it.
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (selector, within = document) => within.querySelector(selector);
const dialog = one("#keys");

/** A sentence for screen readers. */
function say(words) {
  let box = one("#desk-said");
  if (!box) {
    box = Object.assign(document.createElement("p"), { id: "desk-said", className: "vh" });
    box.setAttribute("role", "status");
    document.body.append(box);
  }
  box.textContent = words;
}

const kept = {
  get: (store, key) => { try { return store()[key]; } catch { return undefined; } },
  set: (store, key, value) => { try { store()[key] = value; } catch { /* not kept then */ } },
  drop: (store, key) => { try { delete store()[key]; } catch { /* was not kept */ } },
};
const local = () => localStorage;
const session = () => sessionStorage;

/* ── keys ── */

/** The letter on a key of a Latin keyboard, whatever the layout: «о» and «j» are the same key. */
const letter = (event) => (event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key === "?" ? "?" : event.code === "Slash" ? (event.shiftKey ? "?" : "/") : event.key);
const typing = (target) => target.closest("textarea, select, input:not([type=checkbox], [type=radio], [type=submit], [type=button]), [contenteditable]");

function moveTo(step) {
  const links = all("[data-rows] :is(h2, h3) a");
  if (!links.length) return false;
  const now = links.findIndex((link) => link.closest("li").contains(document.activeElement));
  const link = links[Math.max(0, Math.min(links.length - 1, now + step))];
  link.focus();
  link.closest("li").scrollIntoView({ block: "nearest" });
  return true;
}

/** Bring somebody to a control, opening what hides it; a link is followed, a button never pressed. */
function reach(key) {
  const target = one(`[data-key="${key}"]`);
  if (!target) return false;
  if ("go" in target.dataset) {
    target.click();
    return true;
  }
  const hiding = target.closest("details");
  if (hiding) hiding.open = true;
  const chosen = target.type === "radio" ? one(`[name="${target.name}"]:checked`, target.form) : null;
  (chosen ?? target).focus();
  (target.closest("section, details") ?? target).scrollIntoView({ block: "nearest" });
  target.scrollIntoView({ block: "nearest" });
  return true;
}

let prefix = "";
function keys() {
  const box = one("#keys-on");
  box.checked = kept.get(local, "deskKeys") !== "off";
  box.addEventListener("change", () => kept.set(local, "deskKeys", box.checked ? "on" : "off"));
  all("[data-show-keys]").forEach((button) => button.addEventListener("click", () => dialog.showModal()));
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const form = event.target.closest("form[method=post]");
      const button = form && [...form.elements].find((control) => control.matches("button:not(.vh, .small)"));
      if (button && event.target.matches("textarea, input, select")) {
        event.preventDefault();
        form.requestSubmit(button);
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && !/^[jk]$/.test(letter(event))) return;
    if (!box.checked || dialog.open || typing(event.target)) return;
    const key = letter(event);
    const pair = prefix + key;
    prefix = "";
    const taken =
      pair === "gq" ? (location.assign(dialog.dataset.queue), true)
      : pair === "gd" ? (location.assign(dialog.dataset.queue.replace(/\/queue$/, "")), true)
      : key === "g" ? ((prefix = "g"), setTimeout(() => (prefix = ""), 1500), true)
      : key === "j" ? moveTo(1)
      : key === "k" ? moveTo(-1)
      : key === "o" && document.activeElement?.closest("[data-rows]") ? (document.activeElement.click(), true)
      : key === "?" ? (dialog.showModal(), true)
      : /^[a-z/]$/.test(key) ? reach(key)
      : false;
    if (taken) event.preventDefault();
  });
}

/* ── the review page ── */

function publication() {
  const form = one("[data-publication]");
  if (!form) return;
  const settings = JSON.parse(one("#rules").textContent);
  const texts = ["title", "body"].map((name) => form.elements[name]);
  const box = one("[data-findings]", form);

  const without = (words) => texts.forEach((field) => {
    field.value = field.value.replaceAll(words, settings.mark);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[name=take_out], [name=take_all_out], [name=use_category]");
    if (!button) return;
    event.preventDefault();
    if (button.name === "use_category") {
      form.elements.category.value = button.value;
      form.elements.category.dispatchEvent(new Event("change"));
      button.closest(".suggestion").remove();
      form.elements.category.focus();
      return;
    }
    const rows = button.name === "take_out" ? [button.closest("li")] : all(".finding-list li", form);
    const words = rows.map((row) => one("[name=take_out]", row).value);
    words.forEach(without);
    rows.forEach((row) => row.remove());
    say(settings.taken_out.replace("#", words.join(", ")));
    const next = one("[name=take_out]", form);
    if (next) return next.focus();
    box.hidden = true;
    one("[data-key=p]").focus();
  });

  const follow = () => {
    const { category, district, responder } = form.elements;
    const sensitive = settings.sensitive.includes(category.value);
    for (const choice of form.querySelectorAll("[name=precision]")) choice.disabled = sensitive && choice.value !== "district";
    const last = one("[name=precision][value=district]", form);
    if (sensitive) last.checked = true;
    const heading = settings.headings[category.value];
    const cases = [category.value, heading].filter(Boolean).flatMap((key) => [`${key} ${district.value}`, `${key} `]);
    const named = [...cases, ` ${district.value}`, " "].find((rule) => settings.rules[rule]);
    responder.options[0].text = named ? settings.by_rule.replace("#", settings.names[settings.rules[named]]) : settings.no_rule;
  };
  form.elements.category.addEventListener("change", follow);
  form.elements.district.addEventListener("change", follow);

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-merge]");
    if (!button) return;
    event.preventDefault();
    const details = one("#merger");
    details.open = true;
    const field = one("[name=number]", details);
    field.value = button.dataset.merge;
    one("button", details).focus();
    details.scrollIntoView({ block: "nearest" });
  });
}

function rejection() {
  const form = one("#rejection form");
  if (!form) return;
  const field = form.elements.reason;
  const ready = all("[data-reason]", form);
  form.addEventListener("change", (event) => {
    if (!event.target.dataset.reason) return;
    const untouched = !field.value.trim() || ready.some((choice) => choice.dataset.reason === field.value.trim());
    if (untouched) {
      field.value = event.target.dataset.reason;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
}

/** What was sent is kept in this tab until it is known to have arrived: a session that ended on the way loses nothing. */
function keepTyped() {
  for (const form of all("form[data-keep]")) {
    const name = `typed:${form.dataset.keep}`;
    const saved = kept.get(session, name);
    if (saved && !one(".error-summary") && !location.pathname.endsWith("/check")) {
      for (const [field, values] of Object.entries(JSON.parse(saved))) {
        for (const control of form.querySelectorAll(`[name="${CSS.escape(field)}"]`)) {
          if (control.type === "hidden" || control.type === "file") continue;
          if (control.type === "checkbox" || control.type === "radio") control.checked = values.includes(control.value);
          else if (values.length) control.value = values.shift();
        }
      }
      form.closest("details")?.setAttribute("open", "");
      kept.drop(session, name);
    }
    form.addEventListener("submit", () => {
      const typed = {};
      for (const [field, value] of new FormData(form)) if (typeof value === "string") (typed[field] ??= []).push(value);
      kept.set(session, name, JSON.stringify(typed));
    });
  }
}

function filters() {
  for (const form of all("[data-submit-on-change]")) form.addEventListener("change", () => form.requestSubmit());
}

/** The browser's own chooser beside a field for a colour; what is typed counts, and the chooser follows it. */
function colours() {
  for (const field of all("[data-colour]")) {
    const chooser = Object.assign(document.createElement("input"), { type: "color", className: "colour-picker", value: field.value });
    chooser.setAttribute("aria-label", one(`label[for="${field.id}"]`)?.textContent ?? "");
    chooser.addEventListener("input", () => { field.value = chooser.value; });
    field.addEventListener("input", () => { if (/^#[0-9a-f]{6}$/i.test(field.value)) chooser.value = field.value; });
    const beside = Object.assign(document.createElement("div"), { className: "with-colour" });
    field.replaceWith(beside);
    beside.append(field, chooser);
  }
}

/** What a job does is told while it goes on: only its words are replaced; when it is done, the whole page is fetched anew. */
function following() {
  const told = one("[data-running]");
  if (!told) return;
  const look = async () => {
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      const page = document.createElement("template"); // inert: a parsed document would apply the styles of the other answer, which the policy refuses
      page.innerHTML = await answer.text();
      const now = page.content.querySelector(`#${told.id}[data-running]`);
      if (!now) return location.reload();
      if (now.innerHTML !== told.innerHTML) told.replaceChildren(...now.childNodes);
    } catch { /* no connection for the moment: the next look may have one */ }
    setTimeout(look, 2000);
  };
  setTimeout(look, 1000);
}

keys();
colours();
following();
publication();
rejection();
keepTyped();
filters();
// On a phone the states are a row that scrolls: the one that is shown must be in sight.
document.querySelector(".queue-tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
