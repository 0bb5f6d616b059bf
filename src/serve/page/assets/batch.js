// Several articles: a row to each, filtered, opened, and taken along as CSV.

import { call, complain, content, make, percent, say } from "./api.js";
import { card, nameOf } from "./card.js";

const at = (id) => document.getElementById(id);
const PAGE = 200;

let rows = [];
let shown = PAGE;
let open = () => {};

// Asks about `question` (articles or a feed), and lists the answers.
export async function classify(question) {
  at("batch-summary").textContent = "Finding topics…";
  try {
    const model = (await card()).name;
    rows = [];
    for (const part of parts(question)) {
      const answer = await call("POST", "/v1/predict", { ...part, model });
      rows.push(...answer.articles.map((one, number) => {
        const sent = part.articles?.[number] ?? {};
        const article = one.extracted ?? { title: sent.title ?? "", text: sent.text ?? "" };
        return { ...one, article, words: `${article.title} ${article.text}`.toLowerCase() };
      }));
    }
    content();
  } catch (error) {
    at("batch-summary").textContent = "";
    complain(error);
    return;
  }
  shown = PAGE;
  at("batch-empty").hidden = true;
  at("batch-full").hidden = false;
  at("filter").value = "";
  const topics = [...new Set(rows.flatMap((row) => row.topics.map((topic) => topic.topic)))].sort();
  at("filter-topic").replaceChildren(
    make("option", { value: "" }, "Any"),
    ...topics.map((topic) => make("option", { value: topic }, nameOf(topic))),
    make("option", { value: "\u0000" }, "None"));
  const counter = at("batch-count");
  counter.textContent = rows.length;
  counter.hidden = false;
  render();
}

// The service takes so many articles at once, and bodies of such a size.
function parts(question) {
  if (!question.articles) return [question];
  const { batch, body } = document.body.dataset;
  const found = [];
  let size = Infinity;
  for (const article of question.articles) {
    const length = 2 * JSON.stringify(article).length;
    if (size + length > body || found.at(-1).articles.length >= Math.min(batch, 500)) {
      found.push({ articles: [] });
      size = 100;
    }
    found.at(-1).articles.push(article);
    size += length;
  }
  return found;
}

function matching() {
  const words = at("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  const topic = at("filter-topic").value;
  const has = (row) => topic === "" || (topic === "\u0000" ? !row.topics.length : row.topics.some((one) => one.topic === topic));
  return rows.filter((row) => has(row) && words.every((word) => row.words.includes(word)));
}

function render() {
  const found = matching();
  const summary = found.length === rows.length ? `${rows.length} articles` : `${found.length} of ${rows.length} articles`;
  at("batch-summary").textContent = summary;
  say(summary);
  at("rows").replaceChildren(...found.slice(0, shown).map(line));
  at("more").hidden = found.length <= shown;
}

function line(row) {
  const { article } = row;
  const start = article.text.replace(/\s+/g, " ").slice(0, 160);
  const title = make("button.link", { type: "button", onclick: () => open(article) }, article.title || start || row.id);
  const about = make("td.about", {}, title, make("p", {}, article.title ? start : ""));
  if (row.link) about.append(make("a.source", { href: row.link, rel: "noreferrer noopener", target: "_blank" }, "Read it at its source"));
  const chips = row.topics.map((topic) => make("li.chip", {}, nameOf(topic.topic), make("span", {}, percent(topic.probability))));
  const topics = chips.length ? make("ul.chips", {}, ...chips) : make("span.none", {}, "none");
  return make("tr", {}, about, make("td", {}, topics), make("td.number", {}, percent(row.known)));
}

// A cell of CSV. What a spreadsheet would take for a formula is told not to be one.
function cell(value) {
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll("\"", "\"\"")}"` : text;
}

function download() {
  const lines = [["id", "title", "topics", "probabilities", "known"], ...matching().map((row) => [
    row.id,
    row.article.title,
    row.topics.map((topic) => topic.topic).join("|"),
    row.topics.map((topic) => topic.probability.toFixed(4)).join("|"),
    row.known.toFixed(4),
  ])];
  const csv = lines.map((line) => line.map(cell).join(",")).join("\r\n");
  const url = URL.createObjectURL(new Blob(["\ufeff", csv, "\r\n"], { type: "text/csv" }));
  const link = make("a", { href: url, download: "topics.csv" });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

// Sets the view going; `onOpen` takes the article of a row.
export function start(onOpen) {
  open = onOpen;
  const again = () => {
    shown = PAGE;
    render();
  };
  at("filter").addEventListener("input", again);
  at("filter-topic").addEventListener("change", again);
  at("csv").addEventListener("click", download);
  at("more").addEventListener("click", () => {
    shown += PAGE;
    render();
  });
}
