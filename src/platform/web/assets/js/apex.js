// «Найближчі спершу»: the browser is asked where it is only when the button is pressed; two digits are enough to tell cities apart.
const form = document.querySelector("[data-near]");
const button = form?.querySelector("[data-me]");
if (navigator.geolocation && button) {
  const say = form.querySelector("[data-say]");
  button.hidden = false;
  button.addEventListener("click", () => {
    button.setAttribute("aria-busy", "true");
    say.textContent = form.dataset.asking;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      location.assign(`${form.action}?near=${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`);
    }, () => {
      button.removeAttribute("aria-busy");
      say.textContent = form.dataset.failed;
    }, { timeout: 10_000 });
  });
  addEventListener("pageshow", () => { button.removeAttribute("aria-busy"); say.textContent = ""; });
}
