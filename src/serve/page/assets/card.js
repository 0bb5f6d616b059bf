// The model that answers: its topics, and the view that shows what it is.

import { call, make, percent } from "./api.js";
import { bar } from "./article.js";

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
    "Without a topic": `${count(model.without_topic)} of them`,
    "Vocabulary": `${count(model.terms)} terms`,
    "Languages": model.languages.map((code) => new Intl.DisplayNames("en", { type: "language" }).of(code)).join(", "),
    "Classifier": model.classifier,
    "Size": `${(model.bytes / 1e6).toFixed(1)} MB`,
    "Loaded": new Date(model.since).toLocaleString(),
    "Version": model.version,
  };
  at("model-facts").replaceChildren(...Object.entries(facts).map(([name, value]) =>
    make("div", {}, make("dt", {}, name), make("dd", {}, value))));
  const topics = [...model.topic_cards].sort((a, b) => b.f1 - a.f1 || (a.id < b.id ? -1 : 1));
  at("quality").replaceChildren(...topics.map(line));
}

function line(topic) {
  const threshold = topic.threshold === undefined ? "" : `, threshold ${percent(topic.threshold)}`;
  const element = make("li", {},
    make("div.line", {},
      make("strong", {}, topic.name),
      make("span.figures", {}, `F1 ${topic.f1.toFixed(2)}${threshold}, ${count(topic.articles)} articles`)),
    bar(topic.f1));
  if (topic.definition) element.append(make("p.definition", {}, topic.definition));
  element.append(make("p.terms", {}, make("span.unseen", {}, "Strongest terms: "), topic.strongest_terms.join(" · ")));
  if (topic.guarded) element.append(make("p.note", {}, "Too rare for a threshold of its own."));
  return element;
}
