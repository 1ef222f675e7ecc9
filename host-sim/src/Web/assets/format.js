// Numbers and moments as text. Moments are UTC unless the reader has chosen local time; which one is said beside them.
let isLocal = localStorage.getItem("esync-zone") === "local";
const listeners = [];

/** True when times are shown in the browser's zone. */
export const showsLocal = () => isLocal;

/** Name of the zone that times are in. */
export const zoneName = () => (isLocal ? Intl.DateTimeFormat().resolvedOptions().timeZone || "local time" : "UTC");

/** Chooses the zone. */
export function chooseZone(zone) {
  isLocal = zone === "local";
  localStorage.setItem("esync-zone", zone);
  listeners.forEach((listener) => listener());
}

/** Calls back when the zone was chosen anew. */
export const onZone = (listener) => listeners.push(listener);

const two = (number) => String(number).padStart(2, "0");

/** Hours, minutes, seconds. */
export function clock(ms, withMs = false) {
  const date = new Date(ms);
  const [h, m, s] = isLocal ? [date.getHours(), date.getMinutes(), date.getSeconds()] : [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  return `${two(h)}:${two(m)}:${two(s)}${withMs ? `.${String(date.getUTCMilliseconds()).padStart(3, "0")}` : ""}`;
}

/** Day and time. */
export function moment(ms) {
  const date = new Date(ms);
  const [y, mo, d] = isLocal ? [date.getFullYear(), date.getMonth() + 1, date.getDate()] : [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  return `${y}-${two(mo)}-${two(d)} ${clock(ms)}`;
}

/** A whole number in groups of three. */
export const whole = (number) => Math.round(number).toLocaleString("en-US");

/** A number with so many places behind the point. */
export const fixed = (number, places = 1) => Number(number).toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places });

/** An age in one word. */
export function age(ms) {
  if (ms < 0) return "0.0 s";
  if (ms < 10000) return `${fixed(ms / 1000)} s`;
  if (ms < 120000) return `${Math.floor(ms / 1000)} s`;
  if (ms < 7200000) return `${Math.floor(ms / 60000)} min`;
  return `${Math.floor(ms / 3600000)} h`;
}

/** Microseconds as a duration. */
export function took(us) {
  if (us < 1000) return `${us} µs`;
  if (us < 1000000) return `${fixed(us / 1000)} ms`;
  return `${fixed(us / 1000000, 2)} s`;
}

const UNITS = { Celsius: "°C", percent: "%", "m/s^2": "m/s²", degrees: "°" };

/** A unit of VSS as engineers write it. */
export const unitText = (unit) => UNITS[unit] ?? unit;
