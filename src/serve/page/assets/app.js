// The page: its views, and the ways in which articles come to it.

import { complain, content } from "./api.js";
import * as article from "./article.js";
import * as batch from "./batch.js";
import { card, change, start as startCard } from "./card.js";
import { articlesOf, questionOf } from "./input.js";

const at = (id) => document.getElementById(id);
const VIEWS = ["article", "batch", "model"];

function view() {
  const wanted = location.hash.slice(1);
  return VIEWS.includes(wanted) ? wanted : "article";
}

function showView() {
  const now = view();
  for (const name of VIEWS) at(`view-${name}`).hidden = name !== now;
  for (const link of document.querySelectorAll("nav [data-view]")) {
    if (link.dataset.view === now) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function go(name) {
  if (view() !== name) location.hash = name;
  showView();
}

// Takes whatever was opened: one article to its view, several to theirs.
async function take(question) {
  try {
    const asks = question.lines ? { articles: articlesOf(question.lines) } : question;
    content();
    if (asks.feed || asks.articles) {
      go("batch");
      await batch.classify(asks);
    } else {
      go("article");
      if (asks.text) article.open({ title: asks.title ?? "", text: asks.text });
      else await article.classify(asks, true);
    }
  } catch (error) {
    complain(error);
  }
}

async function takeFiles(files) {
  if (!files.length) return;
  try {
    await take(await questionOf([...files]));
  } catch (error) {
    complain(error);
  }
}

function startDrop() {
  const sign = at("drop");
  const brings = (event) => [...event.dataTransfer.types].some((type) => type === "Files" || type === "text/plain");
  let inside = 0;
  document.addEventListener("dragenter", (event) => {
    if (!brings(event)) return;
    inside += 1;
    sign.hidden = false;
  });
  document.addEventListener("dragleave", () => {
    inside = Math.max(0, inside - 1);
    sign.hidden = inside === 0;
  });
  document.addEventListener("dragover", (event) => {
    if (brings(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    inside = 0;
    sign.hidden = true;
    if (!brings(event)) return;
    event.preventDefault();
    if (event.dataTransfer.files.length) takeFiles(event.dataTransfer.files);
    else {
      const text = event.dataTransfer.getData("text/plain");
      takeFiles([new File([text], "")]);
    }
  });
}

const SAMPLE = {
  title: "Envoys seek truce as pipeline burns near front line",
  text: `ERBIL – Mediators from three neighbouring states met in the city on Tuesday in the hope of stopping a week of artillery fire along the disputed ridge, as crews fought a blaze at a pumping station that sends crude oil to the coast.

Militia fighters hold the eastern slope and the army the western one. Shells have landed in four villages, and the mayor of the largest said that some nine hundred families had left for the camp on the plain. The pipeline’s operator declared force majeure and said that exports of about 180,000 barrels a day would not resume before the ceasefire line was clear of mines.

The talks are the third attempt since spring. Diplomats said that a monitored truce, an exchange of prisoners and a joint patrol of the pumping stations were on the table.`,
};

addEventListener("hashchange", () => {
  showView();
  at("main").focus({ preventScroll: true });
});
showView();
article.start(take);
batch.start((chosen) => {
  go("article");
  article.open(chosen);
});
startCard();
startDrop();
at("file").addEventListener("change", (event) => {
  takeFiles(event.target.files);
  event.target.value = "";
});
for (const id of ["open", "batch-open"]) at(id).addEventListener("click", () => at("file").click());
at("sample").addEventListener("click", () => take(SAMPLE));
at("help").addEventListener("click", () => at("help-dialog").showModal());
at("models").addEventListener("change", () => change().catch(complain));
document.addEventListener("keydown", (event) => {
  if (event.key === "?" && !event.target.closest("input, textarea, select")) at("help-dialog").showModal();
});
card().catch(complain);
