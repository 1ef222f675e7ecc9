// Campaigns of the server, by its REST interface: a table of each, newest first, with what can be done to it; on a bench also the form
// that makes one. What has changed is learnt from the server's events, and looked up then.
import { byId, keep, make, mark, say, show } from "./dom.js";
import { takeEvents } from "./events.js";
import { ask, follow } from "./stream.js";

const LOOK_MS = 250, AGAIN_MS = 2000, SHOWN_MAX = 8, API = "/api/v1/campaigns";
const OPEN = ["Draft", "Running", "Paused"];
const STEPS = { Query: "asked what it runs", Consent: "asked for consent", Prepare: "transfer", Ready: "to be tried", Confirm: "on trial", Ended: "ended" };
const ENDS = { UpToDate: "up to date", Completed: "completed", Denied: "denied", Failed: "failed", RolledBack: "rolled back", NoAnswer: "no answer", Withheld: "withheld" };
const GOOD = ["UpToDate", "Completed"];
let isLooking = false, isStale = false, hasOpen = true;

/** Fills the form in for a bench. */
export function takeHead(head) {
  keep(byId("update-ecus"), head.ecus, (name) => name, (name) => make("span", { class: "check" },
    make("input", { type: "checkbox", id: `update-${name}`, value: name, checked: true }), make("label", { for: `update-${name}` }, name)));
  const releases = [...new Set(Object.values(head.releases).flat())].sort();
  const release = byId("update-release");
  if (release.options.length === 0) {
    release.append(...releases.map((version) => make("option", { value: version }, version)));
    release.value = releases.at(-1);
    byId("update-failing").append(make("option", { value: "" }, "none"), ...head.ecus.map((name) => make("option", { value: name }, `${name}: ${head.faulty[name].version} ${head.faulty[name].text}`)));
  }
}

function tell(element, level, text) {
  mark(element, "data-level", level);
  say(element, text);
}

async function start(event) {
  event.preventDefault();
  const answer = byId("update-answer");
  const ecus = [...byId("update-ecus").querySelectorAll("input:checked")].map((box) => box.value);
  try {
    if (ecus.length === 0) throw new Error("choose at least one ECU");
    const done = await ask("POST", "/api/v1/bench/updates", {
      ecus, release: byId("update-release").value, mode: byId("update-mode").value, failing: byId("update-failing").value || null, consent: byId("update-consent").checked,
    });
    tell(answer, "good", done.text);
    look();
  } catch (error) {
    tell(answer, "bad", error.message);
  }
}

async function act(article, path, body = { why: "by hand, on the page" }) {
  const answer = article.querySelector(".answer");
  try {
    await ask("POST", `${API}/${encodeURIComponent(article.dataset.key)}/${path}`, body);
    tell(answer, "good", "");
    look();
  } catch (error) {
    tell(answer, "bad", error.message);
  }
}

function actionButton(article, id, name, action) {
  return make("button", { type: "button", "data-action": action, "aria-label": `${name} campaign ${id}`, on: { click: () => act(article, action) } }, name);
}

function create(campaign) {
  const article = make("article", { class: "campaign", "aria-labelledby": `campaign-${campaign.id}` });
  article.append(
    make("div", { class: "campaign-head" }, make("h3", { id: `campaign-${campaign.id}` }, campaign.id), make("span", { class: "badge state" }), make("span", { class: "mode quiet" }),
      make("span", { class: "buttons" }, ...[["Start", "start"], ["Pause", "pause"], ["Resume", "resume"], ["Abort", "cancel"]].map(([name, action]) => actionButton(article, campaign.id, name, action)))),
    make("p", { class: "why" }), make("div", { class: "consents" }),
    make("div", { class: "scroll", role: "region", "aria-label": `Targets of ${campaign.id}`, tabindex: "0" },
      make("table", {}, make("caption", { class: "hidden" }, `Targets of ${campaign.id}`),
        make("thead", {}, make("tr", {}, ...["Vehicle", "ECU", "Wanted", "Stands", "Sent as", "Why"].map((head) => make("th", { scope: "col" }, head)))), make("tbody"))),
    make("p", { class: "answer", role: "status" }));
  return article;
}

function createConsent(article, { vin }) {
  const give = (answer) => act(article, `vehicles/${encodeURIComponent(vin)}/consent`, { answer, by: "page" });
  return make("div", { class: "consent" }, make("span", {}, `${vin} waits for consent.`),
    make("button", { type: "button", class: "primary", "data-action": "give", on: { click: () => give("given") } }, "Give consent"), make("button", { type: "button", "data-action": "refuse", on: { click: () => give("refused") } }, "Refuse"));
}

function standsOf(target) {
  if (target.end) return [ENDS[target.end] ?? target.end, GOOD.includes(target.end) ? "good" : target.end === "RolledBack" || target.end === "Withheld" ? "warn" : "bad"];
  const step = STEPS[target.step] ?? target.step;
  return [target.bringing && target.bringing !== target.wanted ? `${step}, back to ${target.bringing}` : step, "info"];
}

function createRow() {
  return make("tr", {}, make("td", { class: "id" }), make("th", { scope: "row" }), make("td", { class: "nowrap" }), make("td", { class: "nowrap result" }), make("td", { class: "nowrap" }), make("td", { class: "words" }));
}

function updateRow(row, { vin, target }) {
  const [vehicle, ecu, wanted, stands, form, why] = row.children;
  const [words, level] = standsOf(target);
  say(vehicle, vin);
  say(ecu, target.part && target.part !== "Application" ? `${target.ecu} ${target.part.toLowerCase()}` : target.ecu);
  say(wanted, target.wanted);
  say(stands, words);
  stands.className = `nowrap result level-${level}`;
  say(form, target.encoding ?? "");
  say(why, [target.message, target.reason && !(target.message ?? "").includes(target.reason) && target.reason !== "None" ? target.reason : "", target.why].filter(Boolean).join("; "));
}

function update(article, campaign) {
  const find = (selector) => article.querySelector(selector);
  const state = find(".state");
  say(state, campaign.state);
  const isGood = campaign.vehicles.every((vehicle) => vehicle.targets.every((target) => GOOD.includes(target.end)));
  state.className = `badge state ${campaign.state === "Running" ? "level-info" : campaign.state === "Done" && isGood ? "level-good" : campaign.state === "Draft" ? "" : "level-warn"}`;
  say(find(".mode"), `${campaign.mode === "all-or-nothing" ? "all or nothing" : "one by one"}${campaign.consent === "required" ? ", with consent" : ""}`);
  say(find(".why"), campaign.why);
  const allowed = { start: campaign.state === "Draft", pause: campaign.state === "Running", resume: campaign.state === "Paused", cancel: OPEN.includes(campaign.state) };
  for (const [action, isAllowed] of Object.entries(allowed)) show(find(`[data-action=${action}]`), isAllowed);
  const vehicles = campaign.vehicles;
  const waiting = vehicles.filter((vehicle) => vehicle.state === "waits for consent");
  keep(find(".consents"), waiting, (vehicle) => vehicle.vin, (vehicle) => createConsent(article, vehicle));
  const targets = vehicles.flatMap((vehicle) => vehicle.targets.map((target) => ({ vin: vehicle.vin, target })));
  keep(find("tbody"), targets, ({ vin, target }) => `${vin} ${target.ecu} ${target.part}`, createRow, updateRow);
  show(find(".scroll"), targets.length > 0);
}

// One look at a time; what changes meanwhile is looked at afterwards.
async function look() {
  if (isLooking) {
    isStale = true;
    return;
  }
  isLooking = true;
  try {
    do {
      isStale = false;
      const list = (await ask("GET", API)).sort((a, b) => b.createdMs - a.createdMs).slice(0, SHOWN_MAX);
      const whole = await Promise.all(list.map((campaign) => ask("GET", `${API}/${encodeURIComponent(campaign.id)}`)));
      keep(byId("campaign-list"), whole, (campaign) => campaign.id, create, update);
      show(byId("campaign-empty"), whole.length === 0);
      hasOpen = whole.some((campaign) => OPEN.includes(campaign.state) || campaign.vehicles.some((vehicle) => vehicle.state !== "ended" && vehicle.state !== "waiting"));
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    } while (isStale);
  } catch (error) {
    tell(byId("update-answer"), "bad", `campaigns cannot be read: ${error.message}`);
  }
  isLooking = false;
}

/** Wires the form. */
export function wireCampaigns(isBench) {
  if (isBench) byId("update-form").addEventListener("submit", start);
}

const LEVELS = [[/fail|refus|denied|does not answer/i, "bad"], [/rolled back|went back|cancel|abort|postpone|withheld/i, "warn"], [/completed|confirmed|done/i, "good"]];

/** Follows the server's campaigns and events. */
export function startCampaigns(isBench, onState, onEvent) {
  const bornMs = Date.now();
  follow("/api/v1/events", {
    message: (event) => {
      const level = LEVELS.find(([words]) => words.test(event.text))?.[1] ?? "info";
      takeEvents([{ key: `event-${event.id}`, order: event.id, utcMs: event.atMs, where: isBench ? event.ecu ?? "" : [event.vin, event.ecu].filter(Boolean).join(" "), level, text: event.text }], event.atMs < bornMs);
      onEvent?.(event);
      look();
    },
  }, onState, 0);
  look();

  // Steps within a campaign are no events.
  setInterval(() => hasOpen && look(), AGAIN_MS);
}
