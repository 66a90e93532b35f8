/** Adds liveness to pages that work without it. */
/* global document, location */
import { keepAgesCurrent } from "./ages.js";
import { sendDecisionsInPlace } from "./decision-forms.js";
import { followChanges } from "./live-page.js";

const { change, now } = document.body.dataset;

if (change !== undefined && now !== undefined) {
  keepAgesCurrent(Number(now));
  const refresh = followChanges(Number(change));
  sendDecisionsInPlace(refresh);
  // After a form was sent without this script, or a page reloaded: say what became of it.
  if (location.hash === "#outcome") document.getElementById("outcome")?.focus();
}
