// Charts: pictures in SVG, and bars in HTML where there are names to read. Each says in words what it shows.

import { make, percent } from "./api.js";

// An SVG element.
function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

const WIDTH = 380;
const HEIGHT = 250;
const EDGE = { left: 40, right: 14, top: 10, bottom: 38 };

export const digits = (share) => share.toFixed(2);

// The plane between two axes. `x` and `y` have ticks, from their start to their end, and may grow by `scale`; gives the picture
// and where a value lies.
function plane(words, x, y) {
  const part = ({ ticks, scale = (value) => value }, value) =>
    (scale(value) - scale(ticks[0])) / (scale(ticks.at(-1)) - scale(ticks[0]));
  const at = {
    x: (value) => EDGE.left + part(x, value) * (WIDTH - EDGE.left - EDGE.right),
    y: (value) => HEIGHT - EDGE.bottom - part(y, value) * (HEIGHT - EDGE.top - EDGE.bottom),
  };
  const [left, right, bottom] = [EDGE.left, WIDTH - EDGE.right, HEIGHT - EDGE.bottom];
  const picture = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": words });
  for (const value of y.ticks) {
    picture.append(draw("line", { class: "grid", x1: left, x2: right, y1: at.y(value), y2: at.y(value) }),
      draw("text", { x: left - 6, y: at.y(value) + 4, class: "before" }, tick(value)));
  }
  for (const value of x.ticks) picture.append(draw("text", { x: at.x(value), y: bottom + 16, class: "middle" }, tick(value)));
  picture.append(draw("text", { x: right, y: HEIGHT - 3, class: "before" }, x.name));
  return { picture, at };
}

const tick = (value) => `${Number((100 * value).toPrecision(3))} %`;

const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

// What other thresholds of a topic come to.
export function curve(topic) {
  const found = [0.2, 0.4, 0.6, 0.8].map((threshold) => {
    const point = topic.curve.find((one) => one.threshold <= threshold) ?? topic.curve.at(-1);
    return `from ${percent(point.threshold)} precision ${digits(point.precision)} and recall ${digits(point.recall)}`;
  });
  const words = `${topic.name}: at its threshold of ${percent(topic.threshold)} precision is ${digits(topic.precision)} and ` +
    `recall ${digits(topic.recall)}; ${[...new Set(found)].join("; ")}.`;
  const { picture, at } = plane(words, { name: "threshold", ticks: QUARTERS }, { ticks: QUARTERS });
  const line = (figure) => topic.curve.map((point) => `${at.x(point.threshold).toFixed(1)},${at.y(point[figure]).toFixed(1)}`);
  picture.append(
    draw("line", { class: "now", x1: at.x(topic.threshold), x2: at.x(topic.threshold), y1: at.y(1), y2: at.y(0) }),
    draw("polyline", { class: "recall", points: line("recall").join(" ") }),
    draw("polyline", { class: "precision", points: line("precision").join(" ") }),
    draw("circle", { class: "recall", r: 4.5, cx: at.x(topic.threshold), cy: at.y(topic.recall) }),
    draw("circle", { class: "precision", r: 4.5, cx: at.x(topic.threshold), cy: at.y(topic.precision) }),
  );
  return picture;
}

// Frequencies lie powers of ten apart where some topics are rare and others everywhere.
function frequencies(shares) {
  const known = shares.filter((share) => share > 0);
  if (Math.max(...known) < 15 * Math.min(...known)) return { ticks: ticksFor(shares) };
  const power = (share) => Math.log10(Math.max(share, Math.min(...known)));
  const [first, last] = [Math.floor(power(Math.min(...known))), Math.ceil(power(Math.max(...known)))];
  return { ticks: Array.from({ length: last - first + 1 }, (_, n) => 10 ** (first + n)), scale: power };
}

// Round ticks from below the least of `shares` to above the most.
function ticksFor(shares) {
  const [least, most] = [Math.min(...shares), Math.max(...shares)];
  const step = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2].find((size) => (most - least) / size <= 4.5) ?? 0.25;
  const [first, last] = [Math.floor(least / step - 0.2), Math.ceil(most / step + 0.2)];
  return Array.from({ length: last - first + 1 }, (_, n) => (first + n) * step).filter((value) => value >= 0 && value < 1 + step / 2);
}

// Thresholds against how frequent topics are. Names stand where there is room; all of them can be pointed at.
export function thresholds(topics, active) {
  const byThreshold = [...topics].sort((a, b) => a.threshold - b.threshold);
  const [low, high] = [byThreshold[0], byThreshold.at(-1)];
  const words = `Thresholds of ${topics.length} topics, from ${percent(low.threshold)} (${low.name}, which ` +
    `${percent(low.share)} of the articles have) to ${percent(high.threshold)} (${high.name}, ${percent(high.share)}).`;
  const { picture, at } = plane(words,
    { name: "share of the articles", ...frequencies(topics.map((topic) => topic.share)) },
    { ticks: ticksFor(topics.map((topic) => topic.threshold)) });
  const taken = topics.map((topic) => box(at.x(topic.share), at.y(topic.threshold), 8, 8));
  for (const topic of [...topics].sort((a, b) => (b === active) - (a === active) || b.threshold - a.threshold)) {
    const [x, y] = [at.x(topic.share), at.y(topic.threshold)];
    const kind = `dot${topic.guarded ? " guarded" : ""}${topic === active ? " active" : ""}`;
    const title = `${topic.name}: threshold ${percent(topic.threshold)}, on ${percent(topic.share)} of the articles`;
    picture.append(draw("circle", { class: kind, r: topic === active ? 6 : 4.5, cx: x, cy: y }, draw("title", {}, title)));
    const place = placeFor(topic.name, x, y, taken);
    if (place) picture.append(draw("text", { x: place.x, y: place.y, class: `${place.kind}${topic === active ? " active" : ""}` }, topic.name));
  }
  return picture;
}

const box = (x, y, width, height) => ({ left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 });

// Where a name has room beside, above or below its dot.
function placeFor(name, x, y, taken) {
  const width = 6.4 * name.length;
  const places = [
    { x: x + 8, y, kind: "after", middle: x + 8 + width / 2 },
    { x: x - 8, y, kind: "before", middle: x - 8 - width / 2 },
    { x, y: y - 11, kind: "middle", middle: x },
    { x, y: y + 12, kind: "middle", middle: x },
  ];
  for (const place of places) {
    const wanted = box(place.middle, place.y, width, 11);
    const inside = wanted.left > EDGE.left && wanted.right < WIDTH && wanted.top > 0 && wanted.bottom < HEIGHT - EDGE.bottom;
    const free = (one) => one.right <= wanted.left || one.left >= wanted.right || one.bottom <= wanted.top || one.top >= wanted.bottom;
    if (inside && taken.every(free)) {
      taken.push(wanted);
      return { ...place, y: place.y + 4 };
    }
  }
  return null;
}

// A stretch from 0 to 1 with a bar and marks on it. What it shows is written beside it.
export function track(bar, marks = []) {
  const place = (element, share) => {
    element.style.insetInlineStart = `${100 * Math.min(1, Math.max(0, share))}%`;
    return element;
  };
  const fill = make("span.fill");
  fill.style.inlineSize = `${100 * bar}%`;
  return make("div.track", { "aria-hidden": "true" }, fill, ...marks.map(([kind, share]) => place(make(`span.${kind}`), share)));
}

// The settings that were compared, each a dot on a scale that shows their difference.
export function trials(model) {
  const figures = model.trials.map((trial) => trial.figure);
  const [low, high] = [Math.floor(100 * Math.min(...figures)) / 100, Math.ceil(100 * Math.max(...figures)) / 100];
  const scale = (figure) => (high > low ? (figure - low) / (high - low) : 1);
  const most = Math.max(...model.trials.map((trial) => trial.articles));
  const row = (trial) => {
    const element = make(`li${trial.chosen ? ".picked" : ""}`, {},
      make("span.settings", {}, settings(trial)),
      track(0, [["dot", scale(trial.figure)]]),
      make("span.figures", {}, trial.figure.toFixed(4)));
    if (trial.articles < most) element.firstChild.append(make("small", {}, ` given up after ${trial.articles} articles`));
    if (trial.chosen) element.firstChild.append(make("small", {}, " (chosen)"));
    return element;
  };
  return [
    make("ol.trials", {}, ...model.trials.map(row)),
    make("p.scale", { "aria-hidden": "true" }, make("span", {}, make("i", {}, digits(low)), make("i", {}, digits(high)))),
  ];
}

function settings({ classifier, loss, weighting, cost, title, lead, lead_tokens: tokens }) {
  const words = [weighting, `cost ${short(cost)}`, `title × ${short(title)}`, `lead × ${short(lead)} of ${tokens} words`];
  return [loss === "crammer-singer" ? loss : null, loss ? null : classifier, ...words].filter(Boolean).join(", ");
}

const short = (number) => Number(number.toPrecision(3)).toString();

// How many articles have how many topics: one bar, and its parts in words.
export function shares(parts) {
  const whole = parts.reduce((sum, [, count]) => sum + count, 0);
  const some = parts.filter(([, count]) => count > 0);
  const bar = make("div.parts", { "aria-hidden": "true" });
  const list = make("ul.key");
  for (const [name, count] of some) {
    const kind = `part${parts.findIndex((part) => part[0] === name)}`;
    const part = make(`span.${kind}`);
    part.style.inlineSize = `${100 * count / whole}%`;
    bar.append(part);
    list.append(make("li", {}, make(`span.${kind}`, { "aria-hidden": "true" }),
      `${name}: ${count.toLocaleString("en")} (${percent(count / whole)})`));
  }
  return [bar, list];
}
