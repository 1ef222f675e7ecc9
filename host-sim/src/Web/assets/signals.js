// Signals that reports have brought: a table of last values, a small curve in each row, and one of them plotted.
import { chart, spark } from "./charts.js";
import { byId, keep, make, mark, say, show } from "./dom.js";
import { age, unitText } from "./format.js";

const SPAN_MS = 300000, POINTS_MAX = 300;
const signals = new Map();
let chosen = null;
let nowMs = 0;

const shortPath = (path) => path.replace(/^Vehicle\./, "");

// A long path may break behind each dot.
const breakable = (path) => shortPath(path).split(".").flatMap((part, i) => (i === 0 ? [part] : [".", make("wbr"), part]));

function create(signal) {
  return make("tr", {},
    make("td", { class: "nowrap" }),
    make("td", { class: "words" }, make("button", { type: "button", class: "pick", "aria-pressed": "false", title: signal.path, on: { click: () => choose(signal.id) } }, ...breakable(signal.path))),
    make("td", { class: "num nowrap" }), make("td", { class: "nowrap" }), make("td", { class: "num nowrap" }), make("td", { class: "nowrap" }), make("td"));
}

function update(row, signal) {
  const [ecu, name, value, unit, old, quality, curve] = row.children;
  say(ecu, signal.ecu);
  mark(name.firstChild, "aria-pressed", signal.id === chosen);
  say(value, signal.text);
  say(unit, unitText(signal.unit));
  say(old, age(nowMs - signal.utcMs));
  say(quality, signal.quality || "valid");
  quality.className = signal.quality && signal.quality !== "valid" ? "level-warn nowrap" : "nowrap";
  if (row.dataset.points !== `${signal.count}`) {
    row.dataset.points = `${signal.count}`;
    spark(curve, signal.points, SPAN_MS, nowMs);
  }
}

function choose(id) {
  chosen = id;
  paintSignals(nowMs);
}

/** Takes signals; `isAll` says that they are all there are. */
export function takeSignals(list, isAll) {
  if (isAll) signals.clear();
  for (const signal of list) {
    const known = signals.get(signal.id);
    let points = signal.points;
    let count = points.length;
    if (known) {
      const last = known.points.at(-2) ?? 0;
      const fresh = [];
      for (let i = 0; i < points.length; i += 2) if (points[i] > last) fresh.push(points[i], points[i + 1]);
      points = known.points.concat(fresh).slice(-2 * POINTS_MAX);
      count = known.count + fresh.length;
    }
    signals.set(signal.id, { ...signal, points, count });
  }
}

/** Draws what is there. */
export function paintSignals(ms) {
  nowMs = ms;
  const all = [...signals.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  chosen ??= all.find((signal) => signal.path.endsWith("Motor.Speed"))?.id ?? all[0]?.id ?? null;
  keep(byId("signal-rows"), all, (signal) => signal.id, create, update);
  show(byId("signal-empty"), all.length === 0);
  const signal = signals.get(chosen);
  if (signal) {
    say(byId("signal-name"), `${signal.ecu}: ${shortPath(signal.path)}`);
    chart(byId("signal-chart"), signal.points, { name: `${shortPath(signal.path)} over the last five minutes, now ${signal.text} ${unitText(signal.unit)}`, unit: unitText(signal.unit), spanMs: SPAN_MS, nowMs });
  }
}
