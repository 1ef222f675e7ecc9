// What has happened: one list for notes of the bench and events of the server's campaigns.
import { announce } from "./announce.js";
import { byId, keep, make, say, show } from "./dom.js";
import { clock, moment, onZone } from "./format.js";

const COUNT_MAX = 200;
let events = [];

function create() {
  return make("tr", {}, make("td", { class: "time" }), make("td", { class: "nowrap" }), make("td", { class: "words" }));
}

function update(row, event) {
  const [time, where, what] = row.children;
  say(time, clock(event.utcMs));
  time.title = moment(event.utcMs);
  say(where, event.where || "–");
  say(what, event.text);
  what.className = `words level-${event.level}`;
}

function paint() {
  keep(byId("event-rows"), events, (event) => event.key, create, update);
  show(byId("event-empty"), events.length === 0);
}

/** Takes events {key, utcMs, where, level, text}; new ones that matter are announced unless `isOld`. */
export function takeEvents(list, isOld) {
  const known = new Set(events.map((event) => event.key));
  const fresh = list.filter((event) => !known.has(event.key));
  if (fresh.length === 0) return;
  events = [...events, ...fresh].sort((a, b) => b.utcMs - a.utcMs || (b.order ?? 0) - (a.order ?? 0)).slice(0, COUNT_MAX);
  if (!isOld) fresh.filter((event) => event.level !== "info").forEach((event) => announce(`${event.where ? `${event.where}: ` : ""}${event.text}`));
  paint();
}

/** Wires the list. */
export const wireEvents = () => onZone(paint);
