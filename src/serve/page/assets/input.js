// What was pasted, dropped or opened: plain text, a page, a feed, or lines of JSON.

const FEED = /^\s*(<\?xml[^>]*\?>\s*)?(<!--[\s\S]*?-->\s*|<!DOCTYPE[^>]*>\s*|<\?[^>]*\?>\s*)*<(rss|feed|rdf:RDF)[\s>]/i;
const PAGE = /^\s*(<!doctype html|<html|<head|<body|<article|<main|<section|<div|<p|<h[1-6]|<table|<ul|<!--)[\s>]?/i;

// What `text` is: "feed", "html", "lines" or "text".
export function kindOf(text, name = "") {
  if (FEED.test(text)) return "feed";
  if (/\.(jsonl|ndjson)$/i.test(name)) return "lines";
  if (PAGE.test(text) || /\.html?$/i.test(name)) return "html";
  const first = text.trimStart().split("\n", 1)[0];
  if (first.startsWith("{") && first.trimEnd().endsWith("}")) {
    try {
      const article = JSON.parse(first);
      if (article && (typeof article.text === "string" || typeof article.title === "string")) return "lines";
    } catch { /* Text that happens to begin with a brace. */ }
  }
  return "text";
}

// Splits the headline from the text: a short first line with a blank one after it.
export function split(text) {
  const found = /^\s*(.{3,200}?)[ \t]*\r?\n[ \t]*\r?\n([\s\S]+)$/.exec(text);
  if (!found || /[.:;,]$/.test(found[1])) return { title: "", text };
  return { title: found[1], text: found[2].trimStart() };
}

// The articles on the lines of `text`; throws an error that names the line.
export function articlesOf(text) {
  const articles = [];
  text.split("\n").forEach((line, at) => {
    if (!line.trim()) return;
    let article;
    try {
      article = JSON.parse(line);
    } catch {
      throw new Error(`Line ${at + 1} is not JSON.`);
    }
    if (article === null || typeof article !== "object") throw new Error(`Line ${at + 1} is no article.`);
    const { id, title, text: body, html, language } = article;
    articles.push({ id: id ?? undefined, title: title ?? undefined, text: body ?? undefined, html: html ?? undefined, language: language ?? undefined });
  });
  return articles;
}

// The question that files ask: one article or feed as it is, several as a list.
export async function questionOf(files) {
  const read = await Promise.all(files.map(async (file) => ({ name: file.name, text: await file.text() })));
  const articles = [];
  for (const { name, text } of read) {
    const kind = kindOf(text, name);
    if (kind === "lines") articles.push(...articlesOf(text));
    else if (kind === "feed" && read.length === 1) return { feed: text };
    else if (kind === "feed") throw new Error(`Open the feed ${name} on its own.`);
    else if (kind === "html") articles.push({ id: name, html: text });
    else articles.push({ id: name, ...split(text) });
  }
  if (read.length === 1 && articles.length === 1) {
    const { id, ...article } = articles[0];
    return article;
  }
  return { articles };
}
