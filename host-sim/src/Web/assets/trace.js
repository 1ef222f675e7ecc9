// The trace: rows of the bus, newest first, filtered here. It can be held while one reads; rows that came meanwhile are there afterwards.
import { byId, make, mark, say, show } from "./dom.js";
import { clock, onZone, took, whole } from "./format.js";

const ROWS_MAX = 3000, SHOWN_MAX = 250;
let rows = [], skipped = 0, isHeld = false, isStale = true;
const shown = new Map();

const layers = () => new Set(["uds", "isotp", "can"].filter((layer) => byId(`layer-${layer}`).checked));
const NAMES = { uds: "UDS", isotp: "ISO-TP", can: "CAN" };

function passes() {
  const wanted = layers(), ecu = byId("trace-ecu").value, marked = byId("trace-marked").checked;
  const text = byId("trace-text").value.trim().toLowerCase();
  return (row) => wanted.has(row.layer) && (!ecu || row.ecu === ecu) && (!marked || row.mark) && (!text || row.search.includes(text));
}

function line(row) {
  const direction = row.ecu ? (row.isResponse ? `${row.ecu} →` : `→ ${row.ecu}`) : "";
  return make("tr", { "data-layer": row.layer, "data-mark": row.mark || undefined },
    make("td", { class: "time" }, clock(row.ns / 1e6, true)), make("td", { class: "id" }, row.identifier), make("td", { class: "nowrap" }, direction), make("td", { class: "nowrap" }, NAMES[row.layer]),
    make("td", { class: "num nowrap" }, whole(row.frames)), make("td", { class: "num nowrap" }, took(row.us)), make("td", { class: "words" }, row.text), make("td", { class: "nowrap" }, row.step), make("td", { class: "data" }, row.data));
}

/** Draws the rows that pass, where something has changed. */
export function paintTrace() {
  if (!isStale || isHeld) return;
  isStale = false;
  const passing = rows.filter(passes());
  const wanted = passing.slice(-SHOWN_MAX).reverse();
  const body = byId("trace-rows");
  const keys = new Set(wanted.map((row) => row.number));
  for (const [number, element] of shown) {
    if (!keys.has(number)) {
      element.remove();
      shown.delete(number);
    }
  }
  let before = body.firstElementChild;
  for (const row of wanted) {
    let element = shown.get(row.number);
    if (!element) {
      element = line(row);
      shown.set(row.number, element);
    }
    if (element === before) before = before.nextElementSibling;
    else body.insertBefore(element, before);
  }
  const more = passing.length > wanted.length ? `, the newest ${whole(wanted.length)} shown` : "";
  say(byId("trace-count"), `${whole(passing.length)} of ${whole(rows.length)} rows${more}${skipped ? `; ${whole(skipped)} left out, they came too fast` : ""}`);
  show(byId("trace-empty"), wanted.length === 0);
}

function repaint() {
  isStale = true;
  paintTrace();
}

/** Takes rows; `isAll` says that nothing before them counts. */
export function takeTrace(list, left, isAll) {
  if (isAll) {
    rows = [];
    skipped = 0;
  }
  const last = rows.at(-1)?.number ?? 0;
  for (const row of list) {
    if (row.number > last) rows.push({ ...row, search: `${row.text} ${row.identifier} ${row.ecu} ${row.step} ${row.data}`.toLowerCase() });
  }
  skipped += left ?? 0;
  if (rows.length > ROWS_MAX) rows = rows.slice(-ROWS_MAX);
  isStale = true;
}

/** Fills in the ECUs to choose from. */
export function nameTrace(names) {
  const select = byId("trace-ecu");
  if (select.options.length === 1) select.append(...[...names, "all ECUs"].map((name) => make("option", { value: name }, name)));
}

/** Wires the filter. */
export function wireTrace() {
  for (const id of ["trace-text", "trace-ecu", "trace-marked", "layer-uds", "layer-isotp", "layer-can"]) byId(id).addEventListener("input", () => {
    const wasHeld = isHeld;
    isHeld = false;
    repaint();
    isHeld = wasHeld;
  });
  byId("trace-form").addEventListener("submit", (event) => event.preventDefault());
  byId("trace-hold").addEventListener("click", () => {
    isHeld = !isHeld;
    mark(byId("trace-hold"), "aria-pressed", isHeld);
    say(byId("trace-hold"), isHeld ? "Go on" : "Hold");
    repaint();
  });
  byId("trace-clear").addEventListener("click", () => {
    rows = rows.slice(-1).map((row) => ({ ...row, layer: "gone" }));
    skipped = 0;
    repaint();
  });
  onZone(() => {
    shown.forEach((element) => element.remove());
    shown.clear();
    repaint();
  });
}
