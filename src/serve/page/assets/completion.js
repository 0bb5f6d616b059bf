// A field that completes topics: by id, name or definition. What is typed and is no topic yet becomes one.

import { make } from "./api.js";
import { card, nameOf } from "./card.js";

// How well `topic` fits what was typed; 0 if it does not.
function fit(topic, typed) {
  const names = [topic.id, topic.name].map((name) => name.toLowerCase());
  if (names.some((name) => name.startsWith(typed))) return 3;
  if (names.some((name) => name.split(/[\s-]/).some((word) => word.startsWith(typed)))) return 2;
  return typed.length > 2 && `${topic.definition ?? ""} ${topic.includes ?? ""}`.toLowerCase().includes(typed) ? 1 : 0;
}

// Completes in `field` through `list`; `taken` gives the topics that are there already, `choose` takes the one that is chosen.
export function completion(field, list, taken, choose) {
  let options = [];
  let active = -1;

  const close = () => {
    list.hidden = true;
    active = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };

  const mark = (number) => {
    active = number;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === active)));
    const item = list.children[active];
    if (!item) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", item.id);
    return item.scrollIntoView({ block: "nearest" });
  };

  const pick = (topic) => {
    field.value = "";
    close();
    choose(topic);
    field.focus();
  };

  const fill = () => {
    const typed = field.value.trim().toLowerCase();
    const there = taken();
    options = card.topics()
      .filter((topic) => !there.has(topic.id))
      .map((topic) => ({ id: topic.id, definition: topic.definition, fits: typed ? fit(topic, typed) : 3 }))
      .filter((topic) => topic.fits)
      .sort((a, b) => b.fits - a.fits)
      .slice(0, 50);
    const exact = card.topics().some((topic) => [topic.id, topic.name].some((name) => name.toLowerCase() === typed));
    if (typed && !exact) options.push({ id: field.value.trim(), definition: "A new topic, which the model does not know yet.", fresh: true });
    list.replaceChildren(...options.map((option, at) => make("li", {
      id: `suggestion-${at}`,
      role: "option",
      "aria-selected": "false",
      onmousedown: (event) => {
        event.preventDefault();
        pick(option.id);
      },
    }, make("strong", {}, option.fresh ? `“${option.id}”` : nameOf(option.id)), make("span", {}, option.definition ?? ""))));
    list.hidden = !options.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    if (!list.hidden) list.scrollIntoView({ block: "nearest" });
    mark(typed && options.length ? 0 : -1);
  };

  field.addEventListener("input", fill);
  field.addEventListener("focus", fill);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      if (list.hidden) fill();
      else mark((active + step + options.length) % options.length);
    } else if (event.key === "Enter") {
      if (options[active]) pick(options[active].id);
    } else if (event.key === "Escape" && !list.hidden) {
      close();
      event.stopPropagation();
    } else {
      return;
    }
    event.preventDefault();
  });
}
