/** Keeps a page current: pushed by events, or by asking for it again. */
/* global document, DOMParser, EventSource, fetch, location, setTimeout, window */
import { renewAll } from "./regions.js";

const follow = document.body.dataset["follow"];

/** @param {string} text */
const sayConnection = (text) => {
  const notice = document.getElementById("connection");
  if (notice !== null && notice.textContent !== text) notice.textContent = text;
};

const lost =
  "The connection to the console is lost. What is shown may be out of date; trying again.";

const followFlow = () => {
  const events = new EventSource("/live/flow");
  events.addEventListener("open", () => {
    sayConnection("");
  });
  events.addEventListener("regions", (event) => {
    /** @type {unknown} */
    const told = JSON.parse(String(event.data));
    const markup = new Map(Object.entries(/** @type {Record<string, string>} */ (told)));
    renewAll((name) => markup.get(name));
  });
  events.addEventListener("error", () => {
    sayConnection(lost);
    if (events.readyState === EventSource.CLOSED) setTimeout(followFlow, 2_000);
  });
  window.addEventListener("pagehide", () => {
    events.close();
  });
};

/** @param {number} everyMs */
const askAgain = async (everyMs) => {
  try {
    const response = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    if (response.ok) renewAll((name) => fresh.querySelector(`[data-live="${name}"]`)?.innerHTML);
    sayConnection(response.ok ? "" : lost);
  } catch {
    sayConnection(lost);
  }
  setTimeout(() => void askAgain(everyMs), everyMs);
};

if (follow === "flow") followFlow();
else if (follow !== undefined) setTimeout(() => void askAgain(Number(follow)), Number(follow));

// Back by the browser's history: the page is as it was left, and the connection is closed.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
