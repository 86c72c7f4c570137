// `node build.mjs` builds everything into ../static/dist/: names carry a hash of the content, manifest.json maps plain
// names to them ("site.css" → "site-AB12CD34.css"). The folder is written beside and swapped in, so that a running server
// never finds half of it. `node build.mjs --watch` rebuilds on change.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, watch, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const HERE = dirname(fileURLToPath(import.meta.url));
const DIST = join(HERE, "../static/dist");
const TARGET = ["chrome109", "firefox115", "safari16.4"];

/** Copies a file under a name with its hash; returns that name. */
async function copyHashed(from, to, name) {
  const content = await readFile(from);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const ext = extname(name);
  const hashed = `${basename(name, ext)}-${hash}${ext}`;
  await writeFile(join(to, hashed), content);
  return hashed;
}

async function buildAll() {
  const out = `${DIST}.new-${process.pid}`;
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const manifest = {};

  // MapLibre's worker is a file of ours, named first: map.js carries its hashed name, so no blob: and no inline script.
  const common = { bundle: true, minify: true, target: TARGET, logLevel: "warning", legalComments: "none", metafile: true, outdir: out, absWorkingDir: HERE };
  const worker = await build({ ...common, entryPoints: { "map-worker": "node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs" }, format: "esm", entryNames: "[name]-[hash]" });
  const workerName = basename(Object.keys(worker.metafile.outputs)[0]);
  manifest["map-worker.js"] = workerName;

  const scripts = await build({
    ...common, entryPoints: ["js/site.js", "js/map.js", "js/place.js", "js/beats.js", "js/districts.js", "js/locate.js", "js/apex.js", "js/ask.js", "js/desk.js", "js/passkeys.js"], format: "esm", splitting: true,
    entryNames: "[name]-[hash]", chunkNames: "map-lib-[hash]", define: { WORKER_FILE: JSON.stringify(workerName) },
  });
  const styles = await build({
    ...common, entryPoints: ["css/site.css"], entryNames: "[name]-[hash]", assetNames: "[name]-[hash]", loader: { ".woff2": "file" },
  });
  for (const { metafile } of [scripts, styles]) {
    for (const [path, output] of Object.entries(metafile.outputs)) {
      const inputs = Object.keys(output.inputs);
      const source = output.entryPoint ?? (inputs.length === 1 ? inputs[0] : null);
      if (source) manifest[basename(source)] = basename(path);
    }
  }
  manifest["icon.svg"] = await copyHashed(join(HERE, "icon.svg"), out, "icon.svg");
  await writeFile(join(out, "LICENSES.txt"), await licences());
  await writeFile(join(out, "manifest.json"), JSON.stringify(manifest, Object.keys(manifest).sort(), 2) + "\n");

  await mkdir(dirname(DIST), { recursive: true });
  const old = `${DIST}.old-${process.pid}`;
  await rename(DIST, old).catch(() => {});
  await rename(out, DIST);
  await rm(old, { recursive: true, force: true });
}

/** The licences of what the bundles contain, as they ask for. */
async function licences() {
  const packages = ["maplibre-gl/LICENSE.txt", "pmtiles/LICENSE", "@fontsource-variable/commissioner/LICENSE"];
  const texts = await Promise.all(packages.map((file) => readFile(join(HERE, "node_modules", file), "utf8").then((text) => `== ${dirname(file)}\n\n${text}`, () => "")));
  return texts.join("\n\n");
}

async function report() {
  for (const name of (await readdir(DIST)).sort()) {
    const content = await readFile(join(DIST, name));
    const wire = name.endsWith("woff2") ? content.length : gzipSync(content, { level: 6 }).length;
    console.log(`${name.padEnd(52)} ${String(content.length).padStart(8)} B  ${String(wire).padStart(7)} B sent`);
  }
}

async function buildOrClean() {
  try {
    await buildAll();
  } catch (problem) {
    await rm(`${DIST}.new-${process.pid}`, { recursive: true, force: true }); // what stands stays as it was
    throw problem;
  }
}

await buildOrClean();
await report();
if (process.argv.includes("--watch")) {
  let waiting;
  for await (const change of watch(HERE, { recursive: true })) {
    if (!/^(css|js)\//.test(change.filename ?? "")) continue;
    clearTimeout(waiting);
    waiting = setTimeout(() => buildOrClean().then(report, (problem) => console.error(problem.message)), 80);
  }
}
