// ECUs of the bench: banks and states, what an update does with them, and their DTCs.
import { byId, keep, make, mark, say, show } from "./dom.js";
import { fixed, whole } from "./format.js";

const ecus = new Map();
let order = [];

const POWER = { running: "running", starting: "starting", off: "no power" };

function fact(name, className) {
  return make("div", {}, make("dt", {}, name), make("dd", { class: className }));
}

function create(ecu) {
  const id = `ecu-${ecu.name}`;
  return make("article", { class: "ecu", "aria-labelledby": `${id}-name` },
    make("header", {}, make("h3", { id: `${id}-name` }, ecu.name), make("span", { class: "badge power" }), make("span", { class: "where" }), make("span", { class: "runs" })),
    make("div", { class: "banks" }),
    make("progress", { max: "1", value: "0", "aria-label": `Transfer to ${ecu.name}` }),
    make("p", { class: "progress-text" }, make("span", { class: "stage" }), make("span", { class: "amount num" }), make("span", { class: "rate num" })),
    make("dl", { class: "facts" }, fact("Sequence", "sequence num"), fact("Security floor", "floor num"), fact("Attempts left", "attempts num"), fact("Rollbacks", "rollbacks num"), fact("eSync state", "esync")),
    make("p", { class: "reason" }));
}

function createBank(bank) {
  return make("div", { class: "bank" }, make("div", { class: "bank-head" }, make("span", {}, `Bank ${bank.name}`), make("span", { class: "role" })), make("div", { class: "state" }), make("div", { class: "holds num" }));
}

function updateBank(element, bank) {
  mark(element, "data-state", bank.state);
  say(element.querySelector(".state"), bank.state);
  say(element.querySelector(".role"), bank.isRunning ? "runs" : bank.isActive ? "starts next" : "");
  say(element.querySelector(".holds"), bank.version || (bank.state === "Empty" ? "–" : "unknown"));
}

// Between two steps of a campaign nothing is done with the ECU, and its banks say what it waits for.
function stageOf(ecu) {
  const { stage, version } = ecu.progress;
  if (stage) return version ? `${stage} ${version}` : stage;
  const waiting = ecu.banks.find((bank) => bank.state === "Verified" || bank.state === "Receiving");
  if (waiting) return waiting.state === "Verified" ? `${waiting.version} is in bank ${waiting.name}, whole and checked` : `${waiting.version} is in bank ${waiting.name} in part`;
  return "no update under way";
}

function update(element, ecu) {
  const find = (selector) => element.querySelector(selector);
  const progress = ecu.progress;
  mark(element, "data-power", ecu.power);
  say(find(".power"), POWER[ecu.power] ?? ecu.power);
  find(".power").className = `badge power ${ecu.power === "running" ? "level-good" : ecu.power === "off" ? "level-bad" : "level-warn"}`;
  say(find(".where"), `${ecu.board}, ${ecu.identifiers}`);
  say(find(".runs"), ecu.version || "no application runs");
  keep(find(".banks"), ecu.banks, (bank) => bank.name, createBank, updateBank);
  const bar = find("progress");
  bar.max = progress.total || 1;
  bar.value = progress.total && (progress.isTransferring || progress.stage) ? progress.position : 0;
  say(find(".stage"), stageOf(ecu));
  say(find(".amount"), progress.stage && progress.total ? `${whole(progress.position)} / ${whole(progress.total)} B${progress.encoding ? `, ${progress.encoding}` : ""}${progress.from ? `, from ${whole(progress.from)}` : ""}` : "");
  say(find(".rate"), progress.kBps ? `${progress.isTransferring ? "" : "last "}${fixed(progress.kBps)} kB/s, ${fixed(progress.percentOfLimit)} % of line rate` : "");
  say(find(".sequence"), whole(ecu.sequence));
  say(find(".floor"), whole(ecu.securityVersion));
  say(find(".attempts"), ecu.attemptsLeft);
  say(find(".rollbacks"), ecu.rollbacks);
  say(find(".esync"), ecu.state || "–");
  say(find(".reason"), ecu.lastError ? `Last failure: ${ecu.lastError}` : "");
}

function dtcRow() {
  return make("tr", {}, make("th", { scope: "row" }), make("td", { class: "id" }), make("td", { class: "words" }), make("td", { class: "words" }), make("td", { class: "num" }));
}

function updateDtc(row, { ecu, dtc }) {
  const [name, code, meaning, status, times] = row.children;
  say(name, ecu);
  say(code, dtc.code);
  say(meaning, dtc.text || "–");
  say(status, `${dtc.status}: ${dtc.words.join(", ")}`);
  status.className = `words ${dtc.isFailed ? "level-bad" : ""}`;
  say(times, dtc.occurrences);
}

/** Takes ECUs that are new or different. */
export function takeEcus(list, names) {
  if (names) order = names;
  for (const ecu of list) ecus.set(ecu.name, ecu);
  const all = order.filter((name) => ecus.has(name)).map((name) => ecus.get(name));
  keep(byId("ecu-list"), all, (ecu) => ecu.name, create, update);
  show(byId("ecu-empty"), all.length === 0);
  const dtcs = all.flatMap((ecu) => ecu.dtcs.map((dtc) => ({ ecu: ecu.name, dtc })));
  keep(byId("dtc-rows"), dtcs, ({ ecu, dtc }) => `${ecu} ${dtc.code}`, dtcRow, updateDtc);
  show(byId("dtc-empty"), dtcs.length === 0);
}

/** ECUs now, by name. */
export const knownEcus = () => ecus;
