/** Sends a decision without leaving the page, so that its outcome is read out where it appears. */
/* global document, fetch, FormData, HTMLFormElement, location */
/* eslint-disable @typescript-eslint/explicit-module-boundary-types -- JSDoc names them here */

/**
 * @param {() => Promise<void>} refresh
 * @returns {void}
 */
export const sendDecisionsInPlace = (refresh) => {
  // On the document: the forms come and go with the state of the transfer.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !("decision" in form.dataset)) return;
    event.preventDefault();
    if (isSending) return;
    void send(form, refresh);
  });
};

/** @typedef {{ outcome?: string, title?: string, detail: string }} Answer an outcome or a problem */

let isSending = false;

/**
 * @param {HTMLFormElement} form
 * @param {() => Promise<void>} refresh
 */
const send = async (form, refresh) => {
  isSending = true;
  const buttons = document.querySelectorAll("form[data-decision] button");
  for (const button of buttons) button.setAttribute("aria-disabled", "true");
  say("sending", "Sending your decision …");
  const { outcome, text } = await decisionOf(form);
  say(outcome, text);
  for (const button of buttons) button.removeAttribute("aria-disabled");
  isSending = false;
  const outcomeElement = document.getElementById("outcome");
  await refresh();
  // The form is gone with its transfer's waiting: the keyboard goes on at what became of it.
  if (!form.isConnected) outcomeElement?.focus();
};

/**
 * @param {HTMLFormElement} form
 * @returns {Promise<{ outcome: string, text: string }>}
 */
const decisionOf = async (form) => {
  try {
    const response = await fetch(`/api${new URL(form.action).pathname}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ reason: new FormData(form).get("reason") }),
    });
    if (response.status === 401) location.reload();
    // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment -- it does not see the cast
    const answer = /** @type {Answer} */ (await response.json());
    const { outcome, title, detail } = answer;
    return {
      outcome: outcome ?? "failed",
      text: title === undefined ? detail : `${title} ${detail}`,
    };
  } catch {
    return {
      outcome: "failed",
      text: "The connection is lost. Nothing was decided that is not shown here: try again.",
    };
  }
};

/**
 * @param {string} outcome
 * @param {string} text
 */
const say = (outcome, text) => {
  const element = document.getElementById("outcome");
  if (element === null) return;
  element.dataset["outcome"] = outcome;
  element.textContent = text;
};
