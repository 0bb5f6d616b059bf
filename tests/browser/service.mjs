// A running service and a browser that looks at it.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
export const program = process.env.TOPICWIRE_PROGRAM ?? resolve(here, "../../target/debug/topicwire");
export const pictures = process.env.TOPICWIRE_PICTURES ?? resolve(here, "../../target/browser");
mkdirSync(pictures, { recursive: true });

// Starts `topicwire serve` with `more` arguments; gives its address and what ends it.
export async function start(...more) {
  const folder = mkdtempSync(join(tmpdir(), "topicwire-"));
  const child = spawn(program, ["serve", "--listen", "127.0.0.1:0", "--feedback", "kept.sqlite", ...more], { cwd: folder });
  const line = await new Promise((found, failed) => {
    createInterface({ input: child.stdout }).once("line", found);
    child.once("exit", () => failed(new Error("the service did not start")));
  });
  const stop = () => {
    child.removeAllListeners("exit");
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  return { address: line.split(" ").at(-1), folder, stop };
}

export const browse = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

// A page that fails the test on any error, on anything that the policy stops, and on requests to other hosts.
export async function open(browser, address, options = {}) {
  const context = await browser.newContext({ acceptDownloads: true, permissions: ["clipboard-read", "clipboard-write"], ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) page.faults.push(message.text());
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(address) && !url.startsWith("blob:") && !url.startsWith("data:")) page.faults.push(`asked ${url}`);
  });
  await page.goto(address);
  return page;
}

// Pastes `text` into the field that has the focus.
export const paste = (page, text) => page.evaluate((pasted) => {
  const data = new DataTransfer();
  data.setData("text/plain", pasted);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(event);
}, text);
