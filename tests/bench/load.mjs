// Puts one load on the server: reads what to ask for from standard input, writes what came of it as one line of JSON.
//   {"assets", "url", "host", "connections", "seconds", "paths": [...]}   every request takes the next path
//   {..., "steps": [{"method", "path", "body"}...]}                       every connection walks through the steps;
//       a step without a path posts to the address that the answer before redirected to
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const work = JSON.parse(readFileSync(0, "utf8"));
const autocannon = createRequire(work.assets)("autocannon");
const headers = {
  host: work.host,
  "accept-encoding": "gzip",
  "sec-fetch-site": "same-origin",
  "user-agent": "Mozilla/5.0 (bench) Chrome/156.0",
};

let next = 0;
let finished = 0;
const other = new Map();

const note = (status) => {
  if (status !== (work.steps ? 303 : 200)) other.set(status, (other.get(status) ?? 0) + 1);
};

const requests = work.steps
  ? work.steps.map((step, index) => ({
      method: step.method,
      body: step.body,
      headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
      setupRequest: (request, context) => ({ ...request, path: step.path ?? context.location ?? "/" }),
      onResponse: (status, _body, context, answered) => {
        const location = answered.location ?? answered.Location;
        context.location = location?.startsWith("http") ? new URL(location).pathname : location;
        note(status);
        if (index === work.steps.length - 1) finished += 1;
      },
    }))
  : [
      {
        method: "GET",
        headers,
        setupRequest: (request) => ({ ...request, path: work.paths[next++ % work.paths.length] }),
        onResponse: note,
      },
    ];

const times = [];
const load = { url: work.url, connections: work.connections, duration: work.seconds, requests };
const found = await new Promise((done, failed) => {
  const running = autocannon(load, (problem, result) => (problem ? failed(problem) : done(result)));
  running.on("response", (_client, _status, _bytes, milliseconds) => times.push(milliseconds));
});
times.sort((a, b) => a - b);
const share = (part) => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0;
const seconds = (found.finish - found.start) / 1000;
process.stdout.write(
  JSON.stringify({
    rate: (work.steps ? finished : times.length) / seconds,
    p50: share(0.5),
    p95: share(0.95),
    p99: share(0.99),
    bytes: found.throughput.total / Math.max(1, times.length),
    errors: found.errors,
    other: Object.fromEntries(other),
  }) + "\n",
);
