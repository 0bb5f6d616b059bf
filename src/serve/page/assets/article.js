// One article: its topics, the words that speak for them, and what a person says of them.

import { call, complain, content, make, percent, say } from "./api.js";
import { card, nameOf } from "./card.js";
import { completion } from "./completion.js";
import { kindOf, split } from "./input.js";

const at = (id) => document.getElementById(id);
const title = at("title");
const text = at("text");
const keeps = document.body.dataset.feedback === "on";

// Words weaker than this, against the strongest, are not marked: they would hide what matters.
const FAINT = 0.1;

let asked = 0; // The number of the latest question: answers to earlier ones come too late.
let current = null; // The article that was classified, with its answer.

const growing = (area) => {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight}px`;
};

// Asks about `question`, and shows the answer; as a sheet to read if `reading` is set.
export async function classify(question, reading) {
  const number = ++asked;
  try {
    const model = (await card()).name;
    const answer = await call("POST", "/v1/predict", { ...question, model, explain: true, all_scores: true, offsets: "utf16" });
    if (number !== asked) return;
    content();
    const article = answer.extracted ?? { title: question.title ?? "", text: question.text ?? "" };
    const same = current && current.article.title === article.title && current.article.text === article.text;
    current = {
      article,
      answer,
      why: new Map(answer.explanation.map((topic) => [topic.topic, topic])),
      active: null,
      verdicts: same ? current.verdicts : new Map(),
      added: same ? current.added : [],
      saved: same ? current.saved : null,
    };
    if (answer.extracted) [title.value, text.value] = [article.title, article.text];
    show(reading);
  } catch (error) {
    if (number === asked) complain(error);
  }
}

// The question that the sheet asks; nothing if the sheet is blank.
function question() {
  const body = text.value;
  if (!body.trim() && !title.value.trim()) return null;
  const kind = kindOf(body);
  if (kind === "feed") return { feed: body };
  if (kind === "html") return { html: body, ...(title.value.trim() ? { title: title.value } : {}) };
  return { title: title.value, text: body };
}

function show(reading) {
  at("empty").hidden = true;
  at("clear").hidden = false;
  at("others").hidden = false;
  at("add").hidden = !keeps;
  const { answer } = current;
  at("known").textContent = `${percent(answer.known)} of the words known`;
  renderTopics();
  if (reading) read();
  else if (!at("reader").hidden) renderReader();
  const names = answer.topics.map((topic) => `${nameOf(topic.topic)} ${percent(topic.probability)}`);
  say(names.length ? `${names.length === 1 ? "One topic" : `${names.length} topics`}: ${names.join(", ")}` : "No topic fits.");
}

// The topics that the person would give: those assigned and not called wrong, and those added.
const given = () => [
  ...current.answer.topics.map((topic) => topic.topic).filter((topic) => current.verdicts.get(topic) !== "wrong"),
  ...current.added,
];

function renderTopics() {
  const { answer, added } = current;
  const probability = (topic) => answer.probabilities[topic] ?? null;
  const assigned = answer.topics.map((topic) => topic.topic);
  const rest = Object.keys(answer.probabilities)
    .filter((topic) => !assigned.includes(topic) && !added.includes(topic))
    .sort((a, b) => probability(b) - probability(a) || (a < b ? -1 : 1));
  const focused = document.activeElement?.closest?.(".topic")?.dataset.topic;
  at("topics").replaceChildren(
    ...assigned.map((topic) => item(topic, probability(topic), "assigned")),
    ...added.map((topic) => item(topic, probability(topic), "added")),
  );
  if (!assigned.length && !added.length) {
    at("topics").append(make("li.none", {}, "No topic reaches its threshold."));
  }
  at("other-topics").replaceChildren(...rest.map((topic) => item(topic, probability(topic), "other")));
  if (focused) focus(focused);
}

const focus = (topic) => document.querySelector(`.topic[data-topic="${CSS.escape(topic)}"] .name`)?.focus({ preventScroll: true });

function item(topic, probability, kind) {
  const known = card.topic(topic);
  const verdict = current.verdicts.get(topic);
  const name = make("button.name", {
    type: "button",
    "aria-pressed": String(current.active === topic),
    onclick: () => light(current.active === topic ? null : topic),
  }, make("span.label", {}, nameOf(topic)), make("span.percent", {}, probability === null ? "new" : percent(probability)));
  name.disabled = probability === null;
  const element = make(`li.topic.${kind}`, { "data-topic": topic }, make("div.line", {}, name, tools(topic, kind, verdict)));
  if (verdict) element.classList.add(verdict);
  if (probability !== null) element.append(bar(probability, known?.threshold));
  if (known?.definition && kind !== "other") element.append(make("p.definition", {}, known.definition));
  if (current.active === topic) {
    element.classList.add("active");
    element.append(words(topic));
  }
  return element;
}

function tools(topic, kind, verdict) {
  if (!keeps) return null;
  const button = (what, sign, label, pressed, act) =>
    make(`button.verdict.${what}`, { type: "button", title: label, "aria-label": `${nameOf(topic)}: ${label}`, "aria-pressed": String(pressed), onclick: act }, sign);
  if (kind === "added") return make("span.tools", {}, button("no", "✕", "take away again", false, () => add(topic, false)));
  if (kind === "other") return make("span.tools", {}, button("plus", "+", "is missing", false, () => add(topic, true)));
  return make("span.tools", {},
    button("yes", "✓", "right", verdict === "right", () => judge(topic, "right")),
    button("no", "✕", "wrong", verdict === "wrong", () => judge(topic, "wrong")));
}

// A probability against its threshold. The figures stand beside it: for a screen reader this is decoration.
export function bar(probability, threshold) {
  const fill = make("span.fill");
  fill.style.inlineSize = `${100 * probability}%`;
  const element = make("div.bar", { "aria-hidden": "true" }, fill);
  if (threshold !== undefined) {
    const mark = make("span.threshold", { title: `threshold ${percent(threshold)}` });
    mark.style.insetInlineStart = `${100 * threshold}%`;
    element.append(mark);
  }
  return element;
}

// The words that speak most for the topic and against it.
function words(topic) {
  const sums = new Map();
  for (const mark of current.why.get(topic).marks) {
    const word = mark.word.toLowerCase();
    sums.set(word, (sums.get(word) ?? 0) + mark.contribution);
  }
  const sorted = [...sums].sort((a, b) => b[1] - a[1]);
  const strongest = Math.max(...sorted.map(([, sum]) => Math.abs(sum)), 1e-9);
  const telling = ([, sum]) => Math.abs(sum) > 0.02 * strongest;
  const list = (label, found) => found.length
    ? [make("dt", {}, label), make("dd", {}, found.map(([word]) => word).join(", "))] : [];
  return make("dl.words", {},
    ...list("for", sorted.filter((pair) => pair[1] > 0 && telling(pair)).slice(0, 8)),
    ...list("against", sorted.filter((pair) => pair[1] < 0 && telling(pair)).reverse().slice(0, 4)));
}

// Lights up the evidence of `topic`, or puts it out.
async function light(topic) {
  try {
    if (topic && !current.why.has(topic)) {
      const { article, answer } = current;
      const question = { ...article, model: answer.model.name, topics: [topic], offsets: "utf16" };
      const found = await call("POST", "/v1/predict", question);
      if (current.answer !== answer) return;
      found.explanation.forEach((why) => current.why.set(why.topic, why));
    }
    content();
  } catch (error) {
    complain(error);
    return;
  }
  current.active = topic;
  read();
  renderTopics();
  if (topic) {
    focus(topic);
    const first = document.querySelector("#reader mark.s5, #reader mark.s4");
    const box = first?.getBoundingClientRect();
    if (box && (box.top < 0 || box.bottom > innerHeight)) first.scrollIntoView({ block: "center" });
    say(`Evidence of ${nameOf(topic)} is lit up in the text.`);
  }
}

function read() {
  at("compose").hidden = true;
  at("reader").hidden = false;
  renderReader();
}

// Goes back to writing.
export function edit() {
  if (current) current.active = null;
  at("compose").hidden = false;
  at("reader").hidden = true;
  [title, text].forEach(growing);
  if (current) renderTopics();
  text.focus({ preventScroll: true });
}

function renderReader() {
  const { article, active } = current;
  const marks = active ? current.why.get(active).marks.filter((mark) => mark.contribution > 0) : [];
  const strongest = Math.max(...marks.map((mark) => mark.contribution), 1e-9);
  const lit = (part) => marks.filter((mark) => mark.part === part && mark.contribution > FAINT * strongest);
  at("reader-title").replaceChildren(...pieces(article.title || "", 0, lit("title"), strongest));
  at("reader-title").hidden = !article.title;
  const body = at("reader-text");
  body.replaceChildren();
  let start = 0;
  for (const paragraph of article.text.split(/(\n+)/)) {
    if (paragraph.trim()) body.append(make("p", { dir: "auto" }, ...pieces(paragraph, start, lit("text"), strongest)));
    start += paragraph.length;
  }
  at("legend").hidden = !active;
  if (active) at("legend-topic").textContent = nameOf(active);
}

// `string`, which begins at `start` of its part, with its marks.
function pieces(string, start, marks, strongest) {
  const found = [];
  let end = 0;
  for (const mark of marks) {
    // Terms of several words overlap.
    const from = Math.max(mark.start - start, end);
    const to = mark.end - start;
    if (to <= from || from >= string.length) continue;
    const strength = Math.ceil(5 * Math.min(mark.contribution / strongest, 1));
    found.push(string.slice(end, from), make(`mark.s${strength}`, {}, string.slice(from, to)));
    end = to;
  }
  found.push(string.slice(end));
  return found;
}

function judge(topic, verdict) {
  if (current.verdicts.get(topic) === verdict) current.verdicts.delete(topic);
  else current.verdicts.set(topic, verdict);
  save(`${nameOf(topic)}: ${current.verdicts.get(topic) ?? "taken back"}`);
}

function add(topic, wanted) {
  const { added, verdicts, answer } = current;
  if (answer.topics.some((one) => one.topic === topic)) verdicts.set(topic, "right");
  else if (wanted && !added.includes(topic)) added.push(topic);
  else if (!wanted) added.splice(added.indexOf(topic), 1);
  save(wanted ? `${nameOf(topic)}: added` : `${nameOf(topic)}: taken away`);
}

let saving = Promise.resolve();

// Keeps what the person says now in place of what they said before.
function save(what) {
  const mine = current;
  renderTopics();
  saving = saving.then(async () => {
    const old = mine.saved;
    const untouched = !mine.verdicts.size && !mine.added.length;
    if (!untouched) {
      const correction = { article: { ...mine.article }, topics: given(), model: mine.answer.model.name };
      mine.saved = (await call("POST", "/v1/feedback", correction)).id;
    } else {
      mine.saved = null;
    }
    if (old !== null) await call("DELETE", `/v1/feedback/${old}`);
    content();
    if (mine !== current) return;
    at("saved").hidden = untouched;
    at("saved-text").textContent = `${what}. Saved: ${given().map(nameOf).join(", ") || "no topic"}.`;
    say(at("saved-text").textContent);
  }).catch(complain);
}

function clear() {
  asked++;
  current = null;
  [title.value, text.value] = ["", ""];
  for (const id of ["clear", "others", "add", "saved"]) at(id).hidden = true;
  at("empty").hidden = false;
  at("known").textContent = "";
  at("topics").replaceChildren();
  edit();
}

// Shows `article` with the answer that a batch brought.
export function open(article) {
  [title.value, text.value] = [article.title, article.text];
  at("saved").hidden = true;
  classify({ title: article.title, text: article.text }, true);
}

// Sets the sheet going; `onFeed` takes what is no single article.
export function start(onFeed) {
  let waiting;
  const ask = (reading) => {
    clearTimeout(waiting);
    const asks = question();
    if (!asks) return reading ? text.focus() : clear();
    if (asks.feed) return onFeed(asks);
    if (current && !reading) at("saved").hidden = true;
    return classify(asks, reading);
  };
  at("compose").addEventListener("submit", (event) => {
    event.preventDefault();
    ask(true);
  });
  for (const area of [title, text]) {
    area.addEventListener("input", () => {
      growing(area);
      clearTimeout(waiting);
      // A page or feed is looked at when it is complete; text as it is written.
      if (kindOf(text.value) === "text") waiting = setTimeout(() => ask(false), 250);
    });
  }
  title.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      text.focus();
    }
  });
  text.addEventListener("paste", (event) => {
    const pasted = event.clipboardData.getData("text/plain");
    if (text.value.trim() || !pasted.trim()) return;
    event.preventDefault();
    const kind = kindOf(pasted);
    const parts = kind === "text" && !title.value.trim() ? split(pasted) : { title: title.value, text: pasted };
    [title.value, text.value] = [parts.title, parts.text];
    if (kind === "lines") onFeed({ lines: pasted });
    else ask(true);
  });
  at("edit").addEventListener("click", edit);
  for (const id of ["clear", "new"]) at(id).addEventListener("click", clear);
  at("undo").addEventListener("click", () => {
    current.verdicts.clear();
    current.added.length = 0;
    save("Taken back");
  });
  completion(at("missing"), at("suggestions"), () => new Set(given()), (topic) => add(topic, true));
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && !at("compose").hidden) {
      event.preventDefault();
      ask(true);
    } else if (event.key === "Escape" && !at("reader").hidden && !document.querySelector("dialog[open]")) {
      if (current.active) light(null);
      else edit();
    }
  });
  document.querySelector(".panel").addEventListener("keydown", panelKeys);
}

// Keys that work while a topic is in focus.
function panelKeys(event) {
  const topic = event.target.closest(".topic");
  if (!topic || event.ctrlKey || event.metaKey || event.altKey) return;
  const names = [...document.querySelectorAll(".panel .topic .name:not(:disabled)")].filter((name) => name.offsetParent);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const key = event.key.toLowerCase();
  if (step) {
    const here = names.indexOf(topic.querySelector(".name"));
    names[Math.min(Math.max(here + step, 0), names.length - 1)]?.focus();
  } else if (keeps && topic.classList.contains("assigned") && (key === "y" || key === "n")) {
    judge(topic.dataset.topic, key === "y" ? "right" : "wrong");
  } else if (keeps && key === "a") {
    at("missing").focus();
  } else {
    return;
  }
  event.preventDefault();
}
