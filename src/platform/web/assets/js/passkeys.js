// Passkeys. Forms with data-passkey ("create" or "get") are shown where the browser can; on submit the device is asked, its
// answer goes along as JSON in the field "credential". Everything else about signing in works without this.
const encode = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const decode = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const described = (known) => known?.map((one) => ({ ...one, id: decode(one.id) }));

/** The server's options (JSON) as the browser wants them (buffers). */
function wanted(options) {
  const found = { ...options, challenge: decode(options.challenge) };
  if (options.user) found.user = { ...options.user, id: decode(options.user.id) };
  if (options.excludeCredentials) found.excludeCredentials = described(options.excludeCredentials);
  if (options.allowCredentials) found.allowCredentials = described(options.allowCredentials);
  return found;
}

/** The device's answer as the server reads it. */
function told(credential) {
  const { response } = credential;
  const parts = { clientDataJSON: encode(response.clientDataJSON) };
  if (response.attestationObject) {
    parts.attestationObject = encode(response.attestationObject);
    parts.transports = response.getTransports?.() ?? [];
  } else {
    parts.authenticatorData = encode(response.authenticatorData);
    parts.signature = encode(response.signature);
    parts.userHandle = response.userHandle ? encode(response.userHandle) : null;
  }
  return JSON.stringify({ id: credential.id, rawId: encode(credential.rawId), type: credential.type, response: parts });
}

async function ask(form) {
  const answer = await fetch(form.dataset.options, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  // The session ended, or is too old for this: the page itself leads to where one signs in.
  if (answer.redirected) return location.reload();
  if (!answer.ok) throw new Error(answer.status);
  const credential = await navigator.credentials[form.dataset.passkey]({ publicKey: wanted(await answer.json()) });
  form.elements.credential.value = told(credential);
  form.submit();
}

function words(form, problem) {
  if (problem.name === "NotAllowedError" || problem.name === "AbortError") return form.dataset.wordsCancelled;
  if (problem.name === "InvalidStateError") return form.dataset.wordsThere;
  if (problem instanceof TypeError) return form.dataset.wordsOffline;
  return form.dataset.wordsFailed;
}

if (window.PublicKeyCredential && navigator.credentials) {
  for (const cannot of document.querySelectorAll("[data-passkey-cannot]")) cannot.hidden = true;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    const button = form.querySelector("button");
    const said = form.querySelector("[role=alert]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (button.getAttribute("aria-busy")) return;
      button.setAttribute("aria-busy", "true");
      said.hidden = true;
      try {
        await ask(form);
      } catch (problem) {
        said.textContent = words(form, problem);
        said.hidden = false;
        button.removeAttribute("aria-busy");
      }
    });
  }
  addEventListener("pageshow", () => document.querySelectorAll("form[data-passkey] [aria-busy]").forEach((one) => one.removeAttribute("aria-busy")));
}
