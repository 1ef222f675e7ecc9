// Curves as SVG: colours come from the style sheet, so that they follow dark and light by themselves. What a curve shows stands as text
// beside it; the drawing itself is hidden from screen readers, or named in one sentence.
import { draw } from "./dom.js";
import { clock, fixed } from "./format.js";

const WIDTH = 600, HEIGHT = 176, LEFT = 46, RIGHT = 8, TOP = 10, BOTTOM = 20;

/** Steps of 1, 2 or 5 that divide a span into about so many parts. */
function ticks(low, high, parts) {
  const span = high - low || 1;
  const rough = span / parts;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough);
  const first = Math.ceil(low / step - 1e-9) * step;
  const values = [];
  for (let value = first; value <= high + step * 1e-6; value += step) values.push(Math.abs(value) < step * 1e-6 ? 0 : value);
  return { values, places: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

/** Bounds of a curve with some air, never of no height. */
function bounds(points, fixedBounds) {
  if (fixedBounds) return fixedBounds;
  let low = Infinity, high = -Infinity;
  for (let i = 1; i < points.length; i += 2) {
    low = Math.min(low, points[i]);
    high = Math.max(high, points[i]);
  }
  if (high - low < 1e-9) {
    const air = Math.max(Math.abs(high) * 0.05, 1);
    return [low - air, high + air];
  }
  const air = (high - low) * 0.06;
  return [low - air, high + air];
}

function path(points, x, y) {
  let text = "";
  for (let i = 0; i < points.length; i += 2) text += `${i ? "L" : "M"}${x(points[i]).toFixed(1)} ${y(points[i + 1]).toFixed(1)}`;
  return text;
}

/** A chart with axes over the span that ends now. */
export function chart(host, points, { name, unit, spanMs, nowMs, range }) {
  const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": name });
  const from = nowMs - spanMs;
  const seen = points.findIndex((value, i) => i % 2 === 0 && value >= from);
  const shown = seen < 0 ? [] : points.slice(Math.max(0, seen - 2));
  const [low, high] = shown.length ? bounds(shown, range) : range ?? [0, 1];
  const width = host.clientWidth || WIDTH;
  svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  const x = (ms) => LEFT + ((ms - from) / spanMs) * (width - LEFT - RIGHT);
  const y = (value) => TOP + (1 - (value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const vertical = ticks(low, high, 4);
  for (const value of vertical.values) {
    svg.append(draw("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value) }));
    svg.append(draw("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, fixed(value, Math.min(vertical.places, 3))));
  }
  const count = Math.max(2, Math.min(5, Math.floor(width / 120)));
  for (let i = 0; i <= count; i++) {
    const ms = from + (spanMs * i) / count;
    svg.append(draw("text", { x: Math.min(Math.max(x(ms), LEFT + 18), width - RIGHT - 24), y: HEIGHT - 5, "text-anchor": "middle" }, clock(ms)));
  }
  svg.append(draw("text", { x: LEFT + 4, y: TOP + 9 }, unit));
  if (shown.length >= 2) {
    const clip = `clip-${name.replace(/[^a-z0-9]/gi, "")}`;
    svg.append(draw("clipPath", { id: clip }, draw("rect", { x: LEFT, y: 0, width: Math.max(width - LEFT - RIGHT, 1), height: HEIGHT })));
    const line = path(shown, x, y);
    const last = shown[shown.length - 2];
    svg.append(draw("path", { class: "area", "clip-path": `url(#${clip})`, d: `${line}L${x(last).toFixed(1)} ${HEIGHT - BOTTOM}L${x(shown[0]).toFixed(1)} ${HEIGHT - BOTTOM}Z` }));
    svg.append(draw("path", { class: "curve", "clip-path": `url(#${clip})`, d: line }));
  } else {
    svg.append(draw("text", { x: width / 2, y: HEIGHT / 2, "text-anchor": "middle" }, "no values in this span yet"));
  }
  host.replaceChildren(svg);
}

/** A curve without axes for a table's cell. */
export function spark(host, points, spanMs, nowMs) {
  const svg = draw("svg", { class: "spark", viewBox: "0 0 128 20", preserveAspectRatio: "none", "aria-hidden": "true" });
  if (points.length >= 4) {
    const [low, high] = bounds(points);
    const from = nowMs - spanMs;
    svg.append(draw("path", { class: "curve", d: path(points, (ms) => ((ms - from) / spanMs) * 128, (value) => 19 - ((value - low) / (high - low)) * 18) }));
  }
  host.replaceChildren(svg);
}
