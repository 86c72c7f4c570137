// «Моє місцезнаходження» beside the field for an address: the browser is asked for it only when the button is pressed.
export function start(form) {
  const button = form.querySelector("[data-me]");
  const say = form.querySelector("[data-say]");
  if (!navigator.geolocation || !button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    say.textContent = form.dataset.asking;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      const where = new URLSearchParams({ lat: coords.latitude.toFixed(6), lon: coords.longitude.toFixed(6) });
      location.assign(`${form.action}?${where}`);
    }, () => {
      button.removeAttribute("aria-busy");
      say.textContent = form.dataset.failed;
    }, { enableHighAccuracy: true, timeout: 10_000 });
  });
  addEventListener("pageshow", () => { button.removeAttribute("aria-busy"); say.textContent = ""; });
}
