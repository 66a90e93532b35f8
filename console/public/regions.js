/** The parts of a page that bear `data-live`. Their markup comes from the server, which alone knows how things look. */
/* global document */
/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- JSDoc names them here */

/**
 * Puts new markup into each region there is markup for, by the region's name.
 *
 * @param {(name: string) => string | undefined} markupOf
 * @returns {void}
 */
export const renewAll = (markupOf) => {
  /** @type {NodeListOf<HTMLElement>} */
  const regions = document.querySelectorAll("[data-live]");
  for (const region of regions) {
    const markup = markupOf(region.dataset["live"] ?? "");
    if (markup !== undefined) renew(region, markup);
  }
};

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
