// What screen readers are told unasked: a few sentences, never more often than every three seconds, the newest when there were more.
import { byId } from "./dom.js";

const PAUSE_MS = 3000, WAITING_MAX = 3;
let waiting = [], isBusy = false;

function next() {
  if (waiting.length === 0) {
    isBusy = false;
    return;
  }
  isBusy = true;
  byId("announcer").textContent = waiting.join(". ");
  waiting = [];
  setTimeout(next, PAUSE_MS);
}

/** Says a sentence soon. */
export function announce(text) {
  waiting = [...waiting, text].slice(-WAITING_MAX);
  if (!isBusy) next();
}
