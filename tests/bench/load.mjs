// Puts one load on the server: reads what to ask for from standard input, writes what came of it as one line of JSON.
//   {assets, url, host, connections, seconds, paths}   every request takes the next of the paths
//   {…, steps: [{method, step, body, status}]}         every connection asks a question, step by step, and begins anew
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const work = JSON.parse(readFileSync(0, "utf8"));
const autocannon = createRequire(work.assets)("autocannon");
const headers = { host: work.host, "sec-fetch-site": "same-origin", "user-agent": "Mozilla/5.0 (bench) Chrome/156.0" };

let next = 0;
let finished = 0;
const unexpected = new Map();
const note = (status, expected) => {
  if (status !== expected) unexpected.set(status, (unexpected.get(status) ?? 0) + 1);
};

const reading = () => [
  {
    method: "GET",
    headers: { ...headers, "accept-encoding": "gzip" },
    setupRequest: (request) => ({ ...request, path: work.paths[next++ % work.paths.length] }),
    onResponse: (status) => {
      note(status, 200);
      finished += 1;
    },
  },
];

const asking = () =>
  work.steps.map(({ method, step, body, status: expected }, index) => ({
    method,
    headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
    setupRequest: (request, context) => ({
      ...request,
      path: step ? `/ask/${context.key}/${step}` : "/ask",
      body: body?.replace("{n}", String(next++)).replace("{seen}", encodeURIComponent(context.seen ?? "")),
    }),
    onResponse: (status, page, context, answered) => {
      note(status, expected);
      const location = answered.location ?? answered.Location;
      if (!step) context.key = location?.split("/ask/")[1]?.split("/")[0];
      context.seen = /name="seen" value="([^"]*)"/.exec(page)?.[1];
      if (index === work.steps.length - 1) finished += 1;
    },
  }));

const times = [];
const load = {
  url: work.url,
  connections: work.connections,
  duration: work.seconds,
  requests: work.steps ? asking() : reading(),
};
const found = await new Promise((done, failed) => {
  const running = autocannon(load, (problem, result) => (problem ? failed(problem) : done(result)));
  running.on("response", (_client, _status, _bytes, milliseconds) => times.push(milliseconds));
});
times.sort((a, b) => a - b);
const share = (part) => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0;
process.stdout.write(
  JSON.stringify({
    rate: (finished * 1000) / (found.finish - found.start),
    finished,
    p50: share(0.5),
    p95: share(0.95),
    p99: share(0.99),
    bytes: found.throughput.total / Math.max(1, times.length),
    wrong: Object.fromEntries([...unexpected, ...(found.errors ? [["no answer", found.errors]] : [])]),
  }) + "\n",
);
