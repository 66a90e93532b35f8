/**
 * Follows the server's events. Each makes this page ask for itself again and take over what has
 * changed: the server alone knows how things look.
 */
/* global document, DOMParser, EventSource, fetch, location, setTimeout, window */
/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- JSDoc names them here */

/**
 * @param {number} change the latest change that the page shows
 * @returns {() => Promise<void>} takes over what has changed by now
 */
export const followChanges = (change) => {
  let latest = change;
  let comeBackAfterMs = 1_000;

  const connect = () => {
    const events = new EventSource(`/api/live?after=${latest}`);
    events.addEventListener("open", () => {
      comeBackAfterMs = 1_000;
      if (sayConnection(true)) void refresh();
    });
    events.addEventListener("transfer", (event) => {
      latest = Number(event.lastEventId);
      void refresh();
    });
    events.addEventListener("error", () => {
      sayConnection(false);
      // The browser comes back by itself, unless the server has answered with an error.
      if (events.readyState !== EventSource.CLOSED) return;
      comeBackAfterMs = Math.min(2 * comeBackAfterMs, 30_000);
      setTimeout(connect, comeBackAfterMs);
      void refresh();
    });
    window.addEventListener("pagehide", () => {
      events.close();
    });
  };

  connect();
  // Back by the browser's history: the page is as it was left, and the connection is closed.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  return refresh;
};

/** @type {Promise<void> | undefined} */
let underWay;
let isWantedAgain = false;

/** One at a time; wishes that come meanwhile are one more. */
const refresh = () => {
  isWantedAgain = true;
  underWay ??= refreshWhileWanted().finally(() => {
    underWay = undefined;
  });
  return underWay;
};

const refreshWhileWanted = async () => {
  while (isWantedAgain) {
    isWantedAgain = false;
    const fresh = await freshPage();
    if (fresh !== undefined) takeOver(fresh);
  }
};

const freshPage = async () => {
  try {
    const response = await fetch(location.pathname);
    // The session is over: the server has sent us to sign in.
    if (response.redirected) location.reload();
    if (response.redirected || !response.ok) return undefined;
    return new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return undefined; // the notice about the connection says so already
  }
};

/** @param {Document} fresh */
const takeOver = (fresh) => {
  document.title = fresh.title;
  const hadFocus = document.activeElement !== document.body;
  /** @type {NodeListOf<HTMLElement>} */
  const regions = document.querySelectorAll("[data-live]");
  for (const region of regions) {
    const name = region.dataset["live"] ?? "";
    const news = fresh.querySelector(`[data-live="${name}"]`);
    if (news !== null) takeOverRegion(region, news);
  }
  // What had the focus is gone: the keyboard goes on at the heading, not at the top of the page.
  if (hadFocus && document.activeElement === document.body) document.querySelector("h1")?.focus();
};

/**
 * @param {HTMLElement} region
 * @param {Element} news
 */
const takeOverRegion = (region, news) => {
  const rows = region.querySelector("[data-live-rows]");
  const newRows = news.querySelector("[data-live-rows]");
  if (rows !== null && newRows !== null) takeOverRows(rows, newRows);
  else if (fingerprint(region) !== fingerprint(news)) {
    // An empty list has no rows: what has come to it is announced as well.
    if (rows !== null || newRows !== null) announceRows(rowsIn(region), rowsIn(news));
    region.replaceChildren(...news.childNodes);
    if ("announce" in region.dataset) announce(region.textContent);
  }
};

/**
 * Rows that look the same stay, so that focus and reading position do.
 * @param {Element} rows
 * @param {Element} newRows
 */
const takeOverRows = (rows, newRows) => {
  const known = rowsIn(rows);
  const wanted = rowsIn(newRows);
  announceRows(known, wanted);
  for (const [id, row] of known) if (!wanted.has(id)) row.remove();
  /** @type {Element | null} */
  let next = rows.firstElementChild;
  for (const [id, wantedRow] of wanted) {
    const row = known.get(id);
    if (row === undefined) {
      wantedRow.classList.add("arrived");
      rows.insertBefore(wantedRow, next);
      continue;
    }
    if (row !== next) rows.insertBefore(row, next);
    next = row.nextElementSibling;
    if (fingerprint(row) !== fingerprint(wantedRow)) row.replaceChildren(...wantedRow.childNodes);
  }
};

/** @param {Element} container */
const rowsIn = (container) => {
  /** @type {NodeListOf<HTMLElement>} */
  const rows = container.querySelectorAll("[data-row]");
  return new Map([...rows].map((row) => [row.dataset["row"] ?? "", row]));
};

/**
 * @param {Map<string, HTMLElement>} before
 * @param {Map<string, HTMLElement>} after
 */
const announceRows = (before, after) => {
  const came = [...after].filter(([id]) => !before.has(id));
  const went = [...before].filter(([id]) => !after.has(id));
  announce([...sentences(came, "is waiting."), ...sentences(went, "no longer waits.")].join(" "));
};

/**
 * @param {[string, HTMLElement][]} rows
 * @param {string} end
 */
const sentences = (rows, end) =>
  rows.flatMap(([, { dataset }]) =>
    dataset["summary"] === undefined ? [] : [`${dataset["summary"]} ${end}`],
  );

/** @param {string} text */
const announce = (text) => {
  const announcements = document.getElementById("announcements");
  const words = text.trim().replaceAll(/\s+/g, " ");
  if (announcements !== null && words !== "") announcements.textContent = words;
};

/**
 * What a part looks like, apart from the ages, which count on by themselves.
 * @param {Element} element
 */
const fingerprint = (element) => {
  const copy = /** @type {Element} */ (element.cloneNode(true));
  for (const time of copy.querySelectorAll("time[data-age], time[data-left]")) {
    time.textContent = "";
    time.removeAttribute("data-soon");
  }
  return copy.innerHTML.replaceAll(/\s+/g, " ").replaceAll("> <", "><");
};

/**
 * @param {boolean} isOpen
 * @returns {boolean} whether it was lost before
 */
const sayConnection = (isOpen) => {
  const notice = document.getElementById("connection");
  const wasLost = notice?.textContent !== "";
  const text = isOpen ? "" : "The connection is lost. This page may be out of date; trying again.";
  if (notice !== null && notice.textContent !== text) notice.textContent = text;
  return wasLost;
};
