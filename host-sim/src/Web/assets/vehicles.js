// Vehicles that the server knows, with what their ECUs reported last, by its REST interface.
import { byId, keep, make, say, show } from "./dom.js";
import { moment, onZone } from "./format.js";
import { ask } from "./stream.js";

const API = "/api/v1/vehicles", PAUSE_MS = 1000, VEHICLES_MAX = 100;
let rows = [], isLooking = false, isStale = false;

function create() {
  return make("tr", {}, make("td", { class: "id" }), make("td", { class: "time" }), make("th", { scope: "row" }), make("td", { class: "nowrap" }), make("td", { class: "nowrap" }), make("td", { class: "nowrap" }),
    make("td", { class: "num" }), make("td", { class: "num" }), make("td", { class: "nowrap" }));
}

function update(row, { vehicle, ecu }) {
  const texts = [vehicle.vin, vehicle.seenMs ? moment(vehicle.seenMs) : "–", ecu?.name ?? "–", ecu?.version || "not said", ecu?.bankA ?? "–", ecu?.bankB ?? "–", ecu?.sequence ?? "–", ecu?.securityVersion ?? "–",
    ecu?.authentic === true ? "authentic" : ecu?.authentic === false ? "not authentic" : "–"];
  texts.forEach((text, i) => say(row.children[i], text));
  row.children[8].className = `nowrap ${ecu?.authentic === false ? "level-bad" : ""}`;
}

function paint() {
  keep(byId("vehicle-rows"), rows, ({ vehicle, ecu }) => `${vehicle.vin} ${ecu?.name ?? ""}`, create, update);
  show(byId("vehicle-empty"), rows.length === 0);
}

/** Looks at the vehicles again, soon. */
export async function lookAtVehicles() {
  if (isLooking) {
    isStale = true;
    return;
  }
  isLooking = true;
  try {
    do {
      isStale = false;
      const list = (await ask("GET", API)).slice(0, VEHICLES_MAX);
      const whole = await Promise.all(list.map((vehicle) => ask("GET", `${API}/${encodeURIComponent(vehicle.vin)}`)));
      rows = whole.flatMap((vehicle) => (vehicle.ecus.length ? vehicle.ecus.map((ecu) => ({ vehicle, ecu })) : [{ vehicle, ecu: null }]));
      paint();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    } while (isStale);
  } catch (error) {
    say(byId("vehicle-empty"), `Vehicles cannot be read: ${error.message}`);
    show(byId("vehicle-empty"), true);
  }
  isLooking = false;
}

/** Follows them. */
export function startVehicles() {
  onZone(paint);
  lookAtVehicles();
}
