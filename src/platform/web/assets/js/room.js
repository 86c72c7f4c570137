// Plates that count what has no exact place stand at their district's label. No place is theirs, so they make way: where rings and
// marks leave no room, a plate moves aside by up to its own size or two.
const WAYS = [[0, 0], [0, -34], [0, 34], [40, 0], [-40, 0], [40, -30], [-40, -30], [40, 30], [-40, 30], [0, -64], [0, 64], [72, 0], [-72, 0]];
const NEAR = [37, 32]; // nearer than this on both axes, two marks cover each other
const EDGE = 24;

/** Sets `offset` (pixels) on the plates among the features, for the map as it is zoomed now. */
export function makeRoom(map, features) {
  const { clientWidth, clientHeight } = map.getContainer();
  const at = (feature) => { const { x, y } = map.project(feature.geometry.coordinates); return [x, y]; };
  const plates = features.filter(({ properties: p }) => p.kind === "district");
  const taken = features.filter(({ properties: p }) => p.kind !== "district").map(at);
  const inside = ([x, y]) => x > EDGE && y > EDGE && x < clientWidth - EDGE && y < clientHeight - EDGE;
  for (const plate of plates) {
    const here = at(plate);
    const room = ([x, y]) => taken.reduce((least, other) => Math.min(least, Math.max(Math.abs(x - other[0]) / NEAR[0], Math.abs(y - other[1]) / NEAR[1])), 1);
    let best = WAYS[0];
    let most = -1;
    if (inside(here)) {
      for (const way of WAYS) {
        const there = [here[0] + way[0], here[1] + way[1]];
        const found = inside(there) ? room(there) : -1;
        if (found > most + 0.05) [best, most] = [way, found]; // a farther way must be better, not as good
        if (most >= 1) break;
      }
    }
    plate.properties.offset = best;
    taken.push([here[0] + best[0], here[1] + best[1]]);
  }
}
