// The interface, as the page calls it.

const KEY = "topicwire-key";

function headers(body) {
  const key = sessionStorage.getItem(KEY);
  return {
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...(key ? { authorization: `Bearer ${key}` } : {}),
  };
}

// Asks for a key until one is given.
function askForKey() {
  const dialog = document.getElementById("key-dialog");
  const field = document.getElementById("key");
  field.value = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      if (field.value) sessionStorage.setItem(KEY, field.value.trim());
      resolve(field.value !== "");
    }, { once: true });
  });
}

let asking = null;

// Sends a request; gives the answer, or throws an error whose message can be shown.
export async function call(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: headers(body),
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Error("The service cannot be reached.");
  }
  if (response.status === 401) {
    // Several requests may find at once that a key is needed: one question is enough.
    asking ??= askForKey().finally(() => { asking = null; });
    if (await asking) return call(method, path, body);
  }
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw new Error(answer.detail ? sentence(answer.detail) : answer.title ?? `The service answered ${response.status}.`);
}

const sentence = (words) => words.charAt(0).toUpperCase() + words.slice(1) + ".";

const notice = document.getElementById("notice");

// Shows what went wrong, until something goes well.
export function complain(error) {
  notice.textContent = error.message;
  notice.hidden = false;
}

export function content() {
  notice.hidden = true;
}

// Says something to those who listen to the page.
export function say(words) {
  document.getElementById("status").textContent = words;
}

// Makes an element: its name and classes as in a selector, what it is and has, and what is in it.
export function make(selector, properties = {}, ...children) {
  const [name, ...classes] = selector.split(".");
  const element = document.createElement(name);
  if (classes.length) element.classList.add(...classes);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key in element && !key.includes("-")) element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

export const percent = (probability) => {
  const value = 100 * probability;
  if (value > 0 && value < 1) return "< 1 %";
  if (value < 100 && value > 99) return "> 99 %";
  return `${Math.round(value)} %`;
};
