// What a person does on the page.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { browse, open, paste, pictures, program, start } from "./service.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const ARTICLE = `Envoys seek truce as pipeline burns near front line

Mediators from three neighbouring states met on Tuesday in the hope of stopping a week of artillery fire, as crews fought a blaze at a pumping station that sends crude oil to the coast.

Shells have landed in four villages. Diplomats said that a monitored truce and an exchange of prisoners were on the table.`;

const FEED = `<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>
<item><title>Oil &lt;b&gt;up&lt;/b&gt; &lt;script&gt;window.hurt=1&lt;/script&gt;</title><link>https://example.org/1</link>
<description>Crude oil prices rose as OPEC cut output and refineries closed.</description></item>
<item><title>=1+1 Cup final</title><description>The home side won the football match after a late goal by the striker.</description></item>
<item><title>Xyzzy</title><description>Plugh frotz blorb.</description></item>
</channel></rss>`;

let service;
let browser;
before(async () => {
  service = await start();
  browser = await browse();
});
after(async () => {
  await browser?.close();
  service?.stop();
});

const topics = (page) => page.locator("#topics .topic .label").allTextContents();

async function pasted(page, text = ARTICLE) {
  await page.locator("#text").focus();
  await paste(page, text);
  await page.locator("#topics .topic").first().waitFor();
}

// Nothing serious that axe-core can find.
async function accessible(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  const serious = found.violations.filter((violation) => ["serious", "critical"].includes(violation.impact));
  assert.deepEqual(serious.map((violation) => [violation.id, violation.nodes.map((node) => `${node.html} ${node.failureSummary}`)]), []);
}

async function closed(page) {
  assert.deepEqual(page.faults, []);
  await page.context().close();
}

test("a pasted article shows its topics with their evidence", async () => {
  const page = await open(browser, service.address);
  await pasted(page);
  assert.ok((await topics(page)).includes("Regional conflict"));
  assert.equal(await page.locator("#reader-title").textContent(), "Envoys seek truce as pipeline burns near front line");
  assert.match(await page.locator("#status").textContent(), /topics: /);
  await page.getByRole("button", { name: /^Energy/ }).first().click();
  const lit = await page.locator("#reader mark").allTextContents();
  assert.ok(lit.some((word) => /pipeline|crude|oil/i.test(word)), String(lit));
  const strengths = await page.locator("#reader mark").evaluateAll((marks) => marks.map((mark) => mark.className));
  assert.ok(strengths.includes("s5"), "the strongest word is lit the most");
  assert.ok(new Set(strengths).size > 1, "and others less");
  // A topic that was not assigned has evidence too.
  await page.locator("#others summary").click();
  await page.locator("#other-topics .name").nth(2).click();
  await page.locator("#other-topics .topic.active dl.words").waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#reader mark").count(), 0);
  await closed(page);
});

test("topics appear while an article is written", async () => {
  const page = await open(browser, service.address);
  await page.locator("#text").pressSequentially("Crude oil prices rose as OPEC cut output. ");
  await page.locator("#topics .topic").first().waitFor();
  assert.equal((await topics(page))[0], "Energy");
  assert.ok(await page.locator("#compose").isVisible(), "writing goes on");
  await closed(page);
});

test("right, wrong and missing topics are kept, and taken back", async () => {
  const page = await open(browser, service.address);
  const kept = async () => (await (await fetch(`${service.address}/v1/feedback`)).json()).corrections;
  await pasted(page, ARTICLE.replace("Tuesday", "Thursday"));
  const [first, second] = await topics(page);
  await page.getByRole("button", { name: `${first}: right` }).click();
  await page.locator("#saved").waitFor();
  await page.getByRole("button", { name: `${second}: wrong` }).click();
  await page.locator(".topic.wrong").waitFor();
  await page.locator("#missing").fill("migr");
  assert.match(await page.locator("#suggestions li").first().textContent(), /^Migration.+/);
  await page.keyboard.press("Enter");
  await page.locator(".topic.added").waitFor();
  await page.locator("#missing").fill("Prisoner exchange");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("#saved-text").textContent.includes("Prisoner exchange"));
  const [last, ...others] = await kept();
  assert.deepEqual(others, [], "one correction to an article, the last");
  assert.ok(last.topics.includes("migration") && last.topics.includes("Prisoner exchange"));
  assert.equal(last.before.length, last.topics.length - 1);
  assert.match(last.text, /Thursday/);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.locator("#saved").waitFor({ state: "hidden" });
  assert.deepEqual(await kept(), []);
  await closed(page);
});

test("everything is done with the keyboard", async () => {
  const page = await open(browser, service.address);
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent);
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Skip to the article");
  await page.keyboard.press("Enter");
  for (let n = 0; n < 10 && (await focused()) !== "text"; n++) await page.keyboard.press("Tab");
  await page.keyboard.insertText("Crude oil rose as OPEC cut its output and refineries closed.");
  await page.keyboard.press("Control+Enter");
  await page.locator("#reader").waitFor();
  for (let n = 0; n < 20 && !/^Energy/.test(await focused()); n++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.locator("#reader mark").first().waitFor();
  assert.match(await focused(), /^Energy/, "the focus stays");
  await page.keyboard.press("n");
  await page.locator(".topic.wrong").waitFor();
  assert.match(await focused(), /^Energy/);
  await page.keyboard.press("y");
  await page.locator(".topic.right").waitFor();
  await page.keyboard.press("a");
  assert.equal(await focused(), "missing");
  await page.keyboard.type("trade");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.locator(".topic.added").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.locator("#compose").waitFor();
  await closed(page);
});

test("a feed is listed, filtered, opened and taken along, and what is in it stays text", async () => {
  const page = await open(browser, service.address);
  await page.locator("#text").focus();
  await paste(page, FEED);
  await page.locator("#rows tr").nth(2).waitFor();
  assert.equal(await page.locator("#batch-summary").textContent(), "3 articles");
  assert.match(await page.locator("#rows tr").nth(0).textContent(), /Energy/);
  assert.equal(await page.evaluate(() => window.hurt), undefined);
  await page.locator("#filter").fill("football");
  assert.equal(await page.locator("#rows tr").count(), 1);
  await page.locator("#filter").fill("");
  await page.locator("#filter-topic").selectOption({ label: "None" });
  assert.match(await page.locator("#rows").textContent(), /Xyzzy/);
  await page.locator("#filter-topic").selectOption({ label: "Any" });
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#csv").click()]);
  const csv = readFileSync(await download.path(), "utf8").trim().split("\r\n");
  assert.equal(csv.length, 4);
  assert.match(csv[0], /id,title,topics,probabilities,known/);
  assert.match(csv[2], /,'=1\+1 Cup final,sport,/, "no spreadsheet takes a title for a formula");
  await page.getByRole("button", { name: /^Oil/ }).click();
  await page.locator("#topics .topic").first().waitFor();
  assert.equal((await topics(page))[0], "Energy");
  await page.goBack();
  assert.ok(await page.locator("#view-batch").isVisible());
  await closed(page);
});

test("scripts in titles and texts are shown as they are written", async () => {
  const page = await open(browser, service.address);
  const bad = "<script>window.hurt = 1</script><img src=x onerror=window.hurt=2>";
  await page.locator("#title").fill(`${bad} oil`);
  await page.locator("#text").fill(`Crude oil ${bad}\n\nrefinery "><svg onload=window.hurt=3>`);
  await page.keyboard.press("Control+Enter");
  await page.getByRole("button", { name: /^Energy/ }).first().click();
  await page.locator("#reader mark").first().waitFor();
  assert.equal(await page.locator("#reader-title").textContent(), `${bad} oil`);
  await page.locator("#missing").fill(bad);
  await page.keyboard.press("Enter");
  await page.locator(".topic.added").waitFor();
  assert.equal(await page.locator(".topic.added .label").textContent(), bad);
  assert.equal(await page.evaluate(() => window.hurt), undefined);
  assert.equal(await page.locator("main script, main img, #view-article svg, #view-batch svg").count(), 0);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.locator("#saved").waitFor({ state: "hidden" });
  await closed(page);
});

test("files and pages are opened", async () => {
  const page = await open(browser, service.address);
  const html = `<!doctype html><title>Oil rises</title><nav>Home</nav><p>${"Crude oil prices rose as refineries closed and OPEC met. ".repeat(8)}</p>`;
  await page.locator("#file").setInputFiles({ name: "page.html", mimeType: "text/html", buffer: Buffer.from(html) });
  await page.locator("#topics .topic").first().waitFor();
  assert.equal(await page.locator("#reader-title").textContent(), "Oil rises");
  const lines = [1, 2, 3].map((n) => JSON.stringify({ id: n, title: `Oil ${n}`, text: "Crude oil rose." })).join("\n");
  await page.locator("#file").setInputFiles({ name: "many.jsonl", mimeType: "application/jsonl", buffer: Buffer.from(lines) });
  await page.locator("#rows tr").nth(2).waitFor();
  await page.locator("#file").setInputFiles({ name: "bad.jsonl", mimeType: "application/jsonl", buffer: Buffer.from("{\n") });
  await page.locator("#notice").waitFor();
  assert.match(await page.locator("#notice").textContent(), /Line 1 is not JSON/);
  await closed(page);
});

// The figures of the topics' table, a line to each.
const figures = (page) => page.locator("#quality tr").evaluateAll((rows) => rows.map((row) => ({
  name: row.querySelector("th button").textContent,
  cells: [...row.querySelectorAll(".figures")].map((cell) => cell.textContent),
})));

test("the model's page shows what the model holds, in pictures and in words", async () => {
  const page = await open(browser, service.address);
  const [line] = (await (await fetch(`${service.address}/v1/models`)).json()).models;
  const model = await (await fetch(`${service.address}/v1/models/${line.name}`)).json();
  const cards = new Map(model.topic_cards.map((topic) => [topic.name, topic]));
  await page.goto(`${service.address}/#model`);
  await page.locator("#quality tr").first().waitFor();
  let rows = await figures(page);
  assert.equal(rows.length, model.topics);
  for (const { name, cells } of rows) {
    const topic = cards.get(name);
    assert.deepEqual(cells, [
      `${topic.f1.toFixed(2)} (P ${topic.precision.toFixed(2)}, R ${topic.recall.toFixed(2)})`,
      `${topic.articles} (${Math.round(100 * topic.share)} %)`,
      `${Math.round(100 * topic.threshold)} %`,
    ]);
  }
  const descending = (values) => assert.deepEqual(values, [...values].sort((a, b) => b - a));
  descending(rows.map(({ name }) => cards.get(name).f1));
  await page.locator("#sort").selectOption("articles");
  rows = await figures(page);
  descending(rows.map(({ name }) => cards.get(name).articles));
  // A bar is as long as what it shows.
  const lengths = await page.locator("#quality td:nth-child(2)").evaluateAll((cells) => cells.map((cell) =>
    cell.querySelector(".fill").getBoundingClientRect().width / cell.querySelector(".track").getBoundingClientRect().width));
  rows.forEach(({ name }, at) => assert.ok(Math.abs(lengths[at] - cards.get(name).f1) < 0.01, `${name}: ${lengths[at]}`));
  // One topic is looked at more closely, by the keyboard too.
  const energy = cards.get("Energy");
  await page.locator("#quality").getByRole("button", { name: "Energy" }).focus();
  await page.keyboard.press("Enter");
  assert.match(await page.locator("#chosen-about").textContent(), /oil, gas, coal.*barrel/);
  const words = await page.locator("#chart-curve svg").getAttribute("aria-label");
  assert.ok(words.includes(`Energy: at its threshold of ${Math.round(100 * energy.threshold)} % precision is ${energy.precision.toFixed(2)}`), words);
  const points = (await page.locator("#chart-curve polyline.precision").getAttribute("points")).split(" ");
  assert.equal(points.length, energy.curve.length);
  await page.locator("#chosen-topic").selectOption({ label: "Sport" });
  assert.match(await page.locator("#chart-curve svg").getAttribute("aria-label"), /^Sport: /);
  assert.equal(await page.locator("#quality tr.active button").textContent(), "Sport");
  // Thresholds and settings.
  assert.equal(await page.locator("#chart-thresholds circle").count(), model.topics);
  assert.match(await page.locator("#chart-thresholds circle.active title").textContent(), /^Sport: threshold \d+ %, on \d+ % of the articles$/);
  assert.equal(await page.locator("#chart-trials li").count(), model.trials.length);
  const chosen = model.trials.find((trial) => trial.chosen);
  const text = await page.locator("#chart-trials li.picked").textContent();
  assert.ok(text.includes(chosen.weighting) && text.includes("(chosen)") && text.includes(chosen.figure.toFixed(4)), text);
  const alone = `One topic: ${model.with_one_topic.toLocaleString("en")} (${Math.round(100 * model.with_one_topic / model.articles)} %)`;
  assert.ok((await page.locator("#chart-shares").textContent()).includes(alone));
  await closed(page);
});

test("models that hold less show less", async () => {
  const folder = join(pictures, "models");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  // An early model keeps no record of other thresholds; one that gives one topic has none.
  copyFileSync(new URL("../data/model-v1.safetensors", import.meta.url), join(folder, "early.safetensors"));
  const subjects = { oil: "crude oil refinery", sport: "match goal coach", "<i>farm</i>": "wheat farm crop" };
  const corpus = Array.from({ length: 36 }, (_, n) => {
    const [topic, text] = Object.entries(subjects)[n % 3];
    return JSON.stringify({ id: n, text: `${text} monday ${n}`, topics: [topic] });
  });
  writeFileSync(join(folder, "one.jsonl"), corpus.join("\n"));
  const trained = spawnSync(program, ["train", join(folder, "one.jsonl"), "--model", join(folder, "one.safetensors")], { encoding: "utf8" });
  assert.equal(trained.status, 0, trained.stderr);
  const several = await start("--models", folder);
  try {
    const page = await open(browser, several.address);
    await page.goto(`${several.address}/#model`);
    await page.locator("#quality tr").first().waitFor();
    const seen = async () => Object.fromEntries(await Promise.all(["#figure-curve", "#chart-thresholds", "#figure-shares", "li.of-curves"]
      .map(async (part) => [part, await page.locator(part).first().isVisible()])));
    assert.equal(await page.locator("#model-heading").textContent(), "early");
    assert.deepEqual(await seen(), { "#figure-curve": false, "#chart-thresholds": true, "#figure-shares": true, "li.of-curves": false });
    await accessible(page);
    await page.locator("#models").selectOption("one");
    await page.waitForFunction(() => document.querySelector("#model-heading").textContent === "one");
    assert.deepEqual(await seen(), { "#figure-curve": false, "#chart-thresholds": false, "#figure-shares": false, "li.of-curves": false });
    assert.match((await figures(page)).map((row) => row.name).join(), /<i>farm<\/i>/i);
    await accessible(page);
    await closed(page);
  } finally {
    several.stop();
  }
});

test("a service with keys asks for one", async () => {
  const made = spawnSync(program, ["serve", "--make-key", "feedback"], { encoding: "utf8" });
  const key = made.stderr.trim().split(" ").at(-1);
  const file = join(pictures, "keys");
  writeFileSync(file, made.stdout);
  const guarded = await start("--api-keys", file);
  try {
    const page = await open(browser, guarded.address);
    await page.locator("#key").fill("wrong");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("#key").value === "");
    await page.locator("#key").fill(key);
    await page.keyboard.press("Enter");
    await page.locator("#key-dialog").waitFor({ state: "hidden" });
    await pasted(page);
    await closed(page);
  } finally {
    guarded.stop();
  }
});

for (const [name, options] of Object.entries({
  light: { viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  phone: { viewport: { width: 375, height: 780 }, colorScheme: "light", hasTouch: true, isMobile: true },
  "phone-dark": { viewport: { width: 375, height: 780 }, colorScheme: "dark", hasTouch: true, isMobile: true },
})) {
  test(`every view is accessible and fits: ${name}`, async () => {
    const page = await open(browser, service.address, options);
    const look = async (view) => {
      await page.screenshot({ path: join(pictures, `${name}-${view}.png`), fullPage: true });
      await accessible(page);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 0, `${view} is ${wide} pixels too wide`);
    };
    await page.waitForFunction(() => document.querySelectorAll("#quality tr").length > 0);
    await look("blank");
    await pasted(page);
    await look("topics");
    await page.getByRole("button", { name: /^Regional conflict/ }).first().click();
    await page.locator("#reader mark").first().waitFor();
    await page.locator("#others summary").click();
    await look("evidence");
    await page.locator("#missing").fill("e");
    await look("completion");
    await page.keyboard.press("Escape");
    await page.goto(`${service.address}/#model`);
    await page.reload();
    await page.locator("#quality tr").first().waitFor();
    await look("model");
    await page.goto(`${service.address}/#article`);
    await page.locator("#text").focus();
    await paste(page, FEED);
    await page.locator("#rows tr").nth(2).waitFor();
    await look("batch");
    await page.goto(`${service.address}/docs`);
    await look("docs");
    await closed(page);
  });
}

test("a reloaded page starts anew, and a model that is exchanged answers on", async () => {
  const page = await open(browser, service.address);
  await pasted(page);
  await page.reload();
  assert.ok(await page.locator("#empty").isVisible());
  await pasted(page);
  await closed(page);
});
