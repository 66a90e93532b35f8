/** Lets ages and times left count on, by the server's clock. */
/* global document, setInterval */
/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- JSDoc names them here */

/**
 * @param {number} serverNowMs the server's time when it made the page
 * @returns {void}
 */
export const keepAgesCurrent = (serverNowMs) => {
  const aheadMs = serverNowMs - Date.now();
  setInterval(() => {
    showAges(Date.now() + aheadMs);
  }, 1_000);
};

/** @param {number} nowMs */
const showAges = (nowMs) => {
  /** @type {NodeListOf<HTMLTimeElement>} */
  const ages = document.querySelectorAll("time[data-age]");
  for (const age of ages) {
    const ageMs = nowMs - Date.parse(age.dateTime);
    show(age, age.dataset["age"] === "ago" ? agoText(ageMs) : durationText(ageMs));
  }
  /** @type {NodeListOf<HTMLTimeElement>} */
  const timesLeft = document.querySelectorAll("time[data-left]");
  for (const time of timesLeft) {
    const leftMs = Date.parse(time.dateTime) - nowMs;
    show(time, leftMs <= 0 ? "time is up" : durationText(leftMs));
    time.toggleAttribute("data-soon", leftMs < soonMs);
  }
};

/** As pages/texts.ts on the server. */
const soonMs = 15 * 60_000;

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
const show = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

/** @param {number} ageMs */
const agoText = (ageMs) => (ageMs < 1_000 ? "just now" : `${durationText(ageMs)} ago`);

/**
 * `"12 seconds"`, `"5 minutes"`: whole units, rounded down, as pages/texts.ts on the server.
 * @param {number} durationMs
 * @returns {string}
 */
const durationText = (durationMs) => {
  const seconds = Math.max(0, Math.floor(durationMs / 1_000));
  const [unit, size] = units.find(([, least]) => seconds >= least) ?? ["second", 1];
  const count = Math.floor(seconds / size);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
};

/** @type {[unit: string, seconds: number][]} */
const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
