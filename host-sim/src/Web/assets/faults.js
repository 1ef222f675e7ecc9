// Faults by hand, and which are in force.
import { byId, keep, make, mark, say, show } from "./dom.js";
import { whole } from "./format.js";
import { ask } from "./stream.js";

let inForce = new Map();

async function order(method, kind, body, query = "") {
  const answer = byId("fault-answer");
  try {
    await ask(method, `/api/v1/bench/faults/${kind}${query}`, method === "POST" ? body ?? {} : undefined);
    say(answer, "");
  } catch (error) {
    mark(answer, "data-level", "bad");
    say(answer, error.message);
  }
}

const begin = (kind, body) => order("POST", kind, body);
const end = (kind, query) => order("DELETE", kind, undefined, query);

function powerButton(name) {
  return make("button", {
    type: "button", "aria-pressed": "false",
    on: { click: () => (inForce.has(`power-${name}`) ? end("power", `?ecu=${encodeURIComponent(name)}`) : begin("power", { ecu: name })) },
  });
}

/** Makes the panel for the ECUs of a bench. */
export function makeFaults(names) {
  keep(byId("power-buttons"), names, (name) => name, powerButton);
  paint();
}

/** Wires the buttons that are always there. */
export function wireFaults() {
  byId("drop-count-start").addEventListener("click", () => begin("drop", { count: byId("drop-count").valueAsNumber || 0 }));
  byId("drop-percent-start").addEventListener("click", () => begin("drop", { percent: byId("drop-percent").valueAsNumber || 0 }));
  byId("drop-stop").addEventListener("click", () => end("drop"));
  byId("babble-high").addEventListener("click", () => begin("babble", { priority: "high" }));
  byId("babble-low").addEventListener("click", () => begin("babble", { priority: "low" }));
  byId("babble-stop").addEventListener("click", () => end("babble"));
  byId("broker-toggle").addEventListener("click", () => (inForce.has("broker") ? end("broker") : begin("broker")));
}

function paint() {
  for (const button of byId("power-buttons").children) {
    const isOff = inForce.has(`power-${button.dataset.key}`);
    mark(button, "aria-pressed", isOff);
    say(button, isOff ? `Give ${button.dataset.key} its power back` : `Cut the power of ${button.dataset.key}`);
  }
  const babble = inForce.get("babble")?.text ?? "";
  mark(byId("babble-high"), "aria-pressed", babble.includes("high"));
  mark(byId("babble-low"), "aria-pressed", babble.includes("low"));
  byId("babble-stop").disabled = !babble;
  byId("drop-stop").disabled = !inForce.has("drop");
  mark(byId("broker-toggle"), "aria-pressed", inForce.has("broker"));
  say(byId("broker-toggle"), inForce.has("broker") ? "Connect the broker again" : "Disconnect the broker");
}

/** Takes all faults in force. */
export function takeFaults(faults) {
  inForce = new Map(faults.map((fault) => [fault.id, fault]));
  keep(byId("fault-list"), faults, (fault) => fault.id, () => make("li", {}, make("span"), make("span", { class: "num" })), (row, fault) => {
    say(row.firstChild, fault.text);
    say(row.lastChild, fault.strikes === undefined ? "" : `${whole(fault.strikes)} frames`);
  });
  show(byId("fault-empty"), faults.length === 0);
  paint();
}
