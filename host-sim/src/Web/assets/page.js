// Begins the page: which kind it is, theme and zone, the streams, and who gets what they bring.
import { wireCampaigns, takeHead as takeCampaignHead, startCampaigns } from "./campaigns.js";
import { chart } from "./charts.js";
import { byId, mark, say, show } from "./dom.js";
import { takeEcus } from "./ecus.js";
import { takeEvents, wireEvents } from "./events.js";
import { makeFaults, takeFaults, wireFaults } from "./faults.js";
import { chooseZone, clock, fixed, onZone, showsLocal, whole, zoneName } from "./format.js";
import { paintSignals, takeSignals } from "./signals.js";
import { follow } from "./stream.js";
import { nameTrace, paintTrace, takeTrace, wireTrace } from "./trace.js";
import { lookAtVehicles, startVehicles } from "./vehicles.js";

const PAINT_MS = 250, LOAD_SPAN_MS = 120000, LOAD_POINTS_MAX = 240;
const isBench = document.querySelector("meta[name=esync-page]").content === "bench";
const STATES = { up: "live", wait: "connecting", down: "no connection" };
let load = [], loadPercent = 0, benchMs = null, heardMs = 0, due = null;
const waiting = new Set();

function chooseTheme(theme) {
  localStorage.setItem("esync-theme", theme);
  if (theme === "auto") document.documentElement.removeAttribute("data-theme");
  else document.documentElement.dataset.theme = theme;
}

function setState(state) {
  const element = byId("link-state");
  mark(element, "data-state", state);
  say(element, STATES[state]);
}

const now = () => (benchMs === null ? Date.now() : benchMs + (performance.now() - heardMs));

function paintClock() {
  say(byId("clock"), clock(now()));
  say(byId("clock-zone"), zoneName());
  document.querySelectorAll("[data-zone]").forEach((element) => say(element, zoneName()));
}

function takeBus(bus, isAll) {
  if (isAll) load = [];
  const last = load.at(-2) ?? 0;
  for (let i = 0; i < bus.points.length; i += 2) if (bus.points[i] > last) load.push(bus.points[i], bus.points[i + 1]);
  load = load.slice(-2 * LOAD_POINTS_MAX);
  say(byId("bus-load"), fixed(bus.loadPercent));
  say(byId("bus-frames"), whole(bus.frames));
  say(byId("bus-errors"), whole(bus.errorFrames));
  loadPercent = bus.loadPercent;
}

function paintBus() {
  chart(byId("bus-chart"), load, { name: `Bus load over the last two minutes, now ${fixed(loadPercent)} percent`, unit: "%", spanMs: LOAD_SPAN_MS, nowMs: load.at(-2) ?? now(), range: [0, 100] });
}

function takeHead(head) {
  say(byId("head-vehicle"), head.vehicle);
  say(byId("head-bus"), `${head.bus}, ${whole(head.bitRate / 1000)} kbit/s; messages ${head.broker}; database ${head.database}`);
  makeFaults(head.ecus);
  nameTrace(head.ecus);
  takeCampaignHead(head);
}

function takeBench(update, isAll) {
  benchMs = update.nowMs;
  heardMs = performance.now();
  if (update.head) takeHead(update.head);
  if (update.ecus) takeEcus(update.ecus, update.head?.ecus);
  if (update.bus) takeBus(update.bus, isAll);
  if (update.faults) takeFaults(update.faults);
  if (update.signals) takeSignals(update.signals, isAll);
  if (update.trace) takeTrace(update.trace, update.traceSkipped, isAll);
  if (update.notes) takeEvents(update.notes.map((note) => ({ key: `note-${note.number}`, order: note.number, utcMs: note.utcMs, where: note.ecu, level: note.level, text: note.text })), isAll);
  if (update.bus) waiting.add(paintBus);
  if (update.signals || update.head) waiting.add(paintNow);
  if (update.trace) waiting.add(paintTrace);
  due ??= setTimeout(paint, PAINT_MS);
}

const paintNow = () => paintSignals(now());

// Pictures are drawn four times a second at the most, however fast data comes, and none while nobody can see them.
function paint() {
  due = null;
  if (document.hidden) return;
  const pictures = [...waiting];
  waiting.clear();
  pictures.forEach((picture) => picture());
}

function begin() {
  document.querySelectorAll(isBench ? "[data-server]" : "[data-bench]").forEach((element) => show(element, false));
  document.querySelectorAll(isBench ? "[data-bench]" : "[data-server]").forEach((element) => show(element, true));
  say(byId("page-name"), isBench ? "bench" : "server");
  document.title = isBench ? "eSync bench" : "eSync server";
  const theme = localStorage.getItem("esync-theme") ?? "auto";
  byId("theme").value = theme;
  chooseTheme(theme);
  byId("theme").addEventListener("change", (event) => chooseTheme(event.target.value));
  byId("zone").value = showsLocal() ? "local" : "utc";
  byId("zone").addEventListener("change", (event) => chooseZone(event.target.value));
  onZone(paintClock);
  wireEvents();
  wireCampaigns(isBench);
  if (isBench) {
    wireFaults();
    wireTrace();
    follow("/api/v1/bench/stream", { snapshot: (update) => takeBench(update, true), delta: (update) => takeBench(update, false) }, setState);
    document.addEventListener("visibilitychange", paint);
    setInterval(() => document.hidden || paintNow(), 2000);
  } else {
    startVehicles();
  }
  startCampaigns(isBench, isBench ? () => {} : setState, isBench ? undefined : lookAtVehicles);
  setInterval(paintClock, 500);
  paintClock();
}

begin();
