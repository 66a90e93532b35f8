/** Renews the parts of a page that bear `data-live`: the server alone knows how things look. */
/* global document, DOMParser, EventSource, fetch, location, setTimeout, window */

const follow = document.body.dataset["follow"];

/**
 * @param {HTMLElement} region
 * @param {string} markup
 */
const renew = (region, markup) => {
  if (region.dataset["shown"] === markup) return;
  // What somebody is typing into, or has opened, is not taken away from them.
  if (region.querySelector("form:focus-within, details[open]") !== null) return;
  const focused = document.activeElement?.closest("a[id]")?.id;
  region.innerHTML = markup;
  region.dataset["shown"] = markup;
  if (focused !== undefined) document.getElementById(focused)?.focus();
};

/** @returns {NodeListOf<HTMLElement>} */
const regions = () => document.querySelectorAll("[data-live]");

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
    for (const region of regions()) renew(region, markup.get(region.dataset["live"] ?? "") ?? "");
  });
  events.addEventListener("error", () => {
    sayConnection(lost);
    if (events.readyState === EventSource.CLOSED) setTimeout(followFlow, 2_000);
  });
  window.addEventListener("pagehide", () => {
    events.close();
  });
};

/** @param {Document} fresh */
const renewFrom = (fresh) => {
  for (const region of regions()) {
    const news = fresh.querySelector(`[data-live="${region.dataset["live"] ?? ""}"]`);
    if (news !== null) renew(region, news.innerHTML);
  }
};

/** @param {number} everyMs */
const askAgain = async (everyMs) => {
  try {
    const response = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    if (response.ok) renewFrom(fresh);
    sayConnection("");
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
