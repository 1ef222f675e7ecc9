// Campaigns: the bench's form that makes one.
import { byId, keep, make, mark, say } from "./dom.js";
import { ask } from "./stream.js";

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

async function start(event) {
  event.preventDefault();
  const answer = byId("update-answer");
  const ecus = [...byId("update-ecus").querySelectorAll("input:checked")].map((box) => box.value);
  try {
    if (ecus.length === 0) throw new Error("choose at least one ECU");
    const done = await ask("POST", "/api/v1/bench/updates", {
      ecus, release: byId("update-release").value, mode: byId("update-mode").value, failing: byId("update-failing").value || null, consent: byId("update-consent").checked,
    });
    mark(answer, "data-level", "good");
    say(answer, done.text);
  } catch (error) {
    mark(answer, "data-level", "bad");
    say(answer, error.message);
  }
}

/** Wires the form. */
export function wireCampaigns(isBench) {
  if (isBench) byId("update-form").addEventListener("submit", start);
}

/** Follows the server's campaigns. */
export function startCampaigns() {
}
