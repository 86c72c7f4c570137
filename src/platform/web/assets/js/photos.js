// Photos are made small before they are sent: a phone's four megabytes take over a minute on a bad connection, and what the
// server keeps is no larger than this. Where the browser cannot open a file it goes as it is, and the server says what is wrong.
const SIDE = 1600;
const LIGHT = 300 * 1024;

async function smaller(file) {
  if (file.size <= LIGHT) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = Object.assign(document.createElement("canvas"), {
      width: Math.max(1, Math.round(picture.width * scale)),
      height: Math.max(1, Math.round(picture.height * scale)),
    });
    const brush = canvas.getContext("2d");
    brush.fillStyle = "#fff";
    brush.fillRect(0, 0, canvas.width, canvas.height);
    brush.imageSmoothingQuality = "high";
    brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return made && made.size < file.size ? new File([made], file.name, { type: made.type }) : file;
  } catch {
    return file;
  }
}

/** Puts smaller files in the place of the chosen ones; a form that is sent meanwhile waits for them. */
export function lightPhotos() {
  const field = document.querySelector("input[type=file][data-photos]");
  if (!field) return;
  let working = null; // the choice being made small now
  let waiting = false; // a form pressed meanwhile
  field.addEventListener("change", () => {
    const chosen = [...field.files];
    const work = Promise.all(chosen.map(smaller)).then((made) => {
      if (working !== work) return; // other files were chosen meanwhile
      working = null;
      const light = new DataTransfer();
      for (const file of made) light.items.add(file);
      field.files = light.files;
    });
    working = work;
  });
  field.form.addEventListener("submit", (event) => {
    if (!working) return;
    event.preventDefault();
    if (waiting) return;
    waiting = true;
    const button = event.submitter;
    button?.setAttribute("aria-busy", "true");
    const send = () => {
      waiting = false;
      field.form.requestSubmit(button);
    };
    // In a task of its own: a browser ignores a form that is sent again while it still tells everybody of the first press.
    working.finally(() => setTimeout(send));
  });
}
