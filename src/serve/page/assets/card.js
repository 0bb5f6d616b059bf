// The model that answers: its topics, and the view that shows what it is.

import { call, make, percent } from "./api.js";
import { curve, digits, shares, thresholds, track, trials } from "./charts.js";

const at = (id) => document.getElementById(id);
let loading = null;
let loaded = null;

// The card of the model that is chosen.
export function card() {
  loading ??= load().catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

card.topics = () => loaded?.topic_cards ?? [];
card.topic = (id) => card.topics().find((topic) => topic.id === id);

// What people call the topic.
export const nameOf = (id) => card.topic(id)?.name ?? id;

async function load() {
  const { models } = await call("GET", "/v1/models");
  const choice = at("models");
  if (!choice.options.length) {
    choice.append(...models.map((model) => make("option", { value: model.name, selected: model.default }, model.name)));
    choice.closest("label").hidden = models.length < 2;
  }
  loaded = await call("GET", `/v1/models/${encodeURIComponent(choice.value)}`);
  show(loaded);
  return loaded;
}

// Takes another model.
export function change() {
  loading = null;
  all = false;
  return card();
}

const count = (number) => number.toLocaleString("en");

function show(model) {
  at("model-heading").textContent = model.name;
  at("model-summary").textContent = model.task === "multi"
    ? "Any number of topics to an article, each from its own threshold." : "Exactly one topic to an article, the likeliest.";
  const facts = {
    "Topics": count(model.topics),
    "Learned from": `${count(model.articles)} articles`,
    "Vocabulary": `${count(model.terms)} terms`,
    "Languages": model.languages.map((code) => new Intl.DisplayNames("en", { type: "language" }).of(code)).join(", "),
    "Classifier": model.classifier,
    "Size": `${(model.bytes / 1e6).toFixed(1)} MB`,
    "Loaded": new Date(model.since).toLocaleString(),
    "Version": model.version,
  };
  at("model-facts").replaceChildren(...Object.entries(facts).map(([name, value]) =>
    make("div", {}, make("dt", {}, name), make("dd", {}, value))));
  showTopics(model);
  at("figure-shares").hidden = model.with_one_topic === model.articles;
  at("chart-shares").replaceChildren(...shares([
    ["One topic", model.with_one_topic],
    ["Several topics", model.articles - model.with_one_topic - model.without_topic],
    ["No topic", model.without_topic],
  ]));
  at("figure-trials").hidden = model.trials.length < 2;
  const most = Math.max(0, ...model.trials.map((trial) => trial.articles));
  at("trials-figure").textContent = `${model.figure}, on ${most ? `${count(most)} ` : ""}articles that the fit had not seen.`;
  if (model.trials.length > 1) at("chart-trials").replaceChildren(...trials(model));
  const choice = at("chosen-topic");
  choice.replaceChildren(...model.topic_cards.map((topic) => make("option", { value: topic.id }, topic.name)));
  if (model.topic_cards.length) choose(order(model.topic_cards, "articles")[0]);
}

const ORDERS = {
  f1: (a, b) => b.f1 - a.f1,
  name: (a, b) => a.name.localeCompare(b.name, "en"),
  articles: (a, b) => b.articles - a.articles,
  threshold: (a, b) => b.threshold - a.threshold,
};

const order = (topics, by) => [...topics].sort((a, b) => ORDERS[by](a, b) || (a.id < b.id ? -1 : 1));

// So many topics are listed at first.
const SOME = 40;
let all = false;

function showTopics(model) {
  const multi = model.task === "multi";
  const measured = model.topic_cards.some((topic) => topic.precision !== undefined);
  for (const element of document.querySelectorAll(".of-thresholds")) element.hidden = !multi;
  for (const element of document.querySelectorAll(".of-curves")) element.hidden = !measured;
  if (!multi && at("sort").value === "threshold") at("sort").value = "f1";
  const most = Math.max(1, ...model.topic_cards.map((topic) => topic.articles));
  const shown = order(model.topic_cards, at("sort").value).slice(0, all ? undefined : SOME);
  at("quality").replaceChildren(...shown.map((topic) => row(topic, most)));
  at("all-topics").hidden = shown.length === model.topic_cards.length;
  at("all-topics").textContent = `Show all ${count(model.topics)} topics`;
}

// What is known of a topic, as a line of figures with a picture to each.
function row(topic, most) {
  const cell = (name, words, picture) => make("td", {}, make("span.label", {}, `${name} `), make("span.figures", {}, words), picture);
  const name = make("button.link", { type: "button", onclick: () => { choose(topic); at("chosen").scrollIntoView({ block: "nearest" }); } }, topic.name);
  const told = topic.precision === undefined ? [] : [["precision", topic.precision], ["recall", topic.recall]];
  const figures = told.length ? `${digits(topic.f1)} (P ${digits(topic.precision)}, R ${digits(topic.recall)})` : digits(topic.f1);
  const element = make("tr", { "data-topic": topic.id },
    make("th", { scope: "row" }, name, topic.guarded ? make("span.note", {}, " rare") : null),
    cell("F1", figures, track(topic.f1, told)),
    cell("Articles", `${count(topic.articles)} (${percent(topic.share)})`, track(topic.articles / most)));
  if (topic.threshold !== undefined) {
    element.append(cell("Threshold", percent(topic.threshold), track(0, [["base", topic.share], ["dot", topic.threshold]])));
  }
  return element;
}

// Shows more of one topic.
function choose(topic) {
  at("chosen-topic").value = topic.id;
  for (const line of at("quality").children) line.classList.toggle("active", line.dataset.topic === topic.id);
  const about = {
    "About": topic.definition,
    "With": topic.includes,
    "Without": topic.excludes,
    "Strongest terms": topic.strongest_terms.join(" · "),
    "Learned from": `${count(topic.articles)} articles, ${percent(topic.share)} of all`,
    "Threshold": topic.guarded ? "Too rare for one of its own." : "",
  };
  at("chosen-about").replaceChildren(...Object.entries(about).filter(([, words]) => words).flatMap(([name, words]) =>
    [make("dt", {}, name), make("dd", {}, words)]));
  at("figure-curve").hidden = topic.curve.length < 2;
  if (topic.curve.length > 1) at("chart-curve").replaceChildren(curve(topic));
  if (topic.threshold !== undefined) at("chart-thresholds").replaceChildren(thresholds(card.topics(), topic));
}

// What the view does.
export function start() {
  const again = () => {
    showTopics(loaded);
    choose(card.topic(at("chosen-topic").value));
  };
  at("sort").addEventListener("change", again);
  at("all-topics").addEventListener("click", () => {
    all = true;
    again();
    at("quality").children[SOME].querySelector("button").focus();
  });
  at("chosen-topic").addEventListener("change", (event) => choose(card.topic(event.target.value)));
}
