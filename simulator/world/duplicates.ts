import type { Submitted } from "../client/submit.ts";
import { describe, type Intention } from "./intentions.ts";

/** Sent twice at once: one command, one outcome, and at most one of the answers is new. */
export const checkTwins = (intention: Intention, one: Submitted, other: Submitted): string[] => {
  const bothNew = isNew(one) && isNew(other);
  const findings = bothNew
    ? [`${describe(intention)}, sent twice at once with one key, was new both times.`]
    : [];
  return [...findings, ...checkSame(intention, one, other)];
};

/** Sent once more after its end: the answer says so and is the same. */
export const checkRepeated = (
  intention: Intention,
  submitted: Submitted,
  again: Submitted,
): string[] => {
  const findings = isNew(again)
    ? [`${describe(intention)}, sent again with its key, was taken for a new command.`]
    : [];
  return [...findings, ...checkSame(intention, submitted, again)];
};

/** The same key with another body is refused. */
export const checkChanged = (
  intention: Intention,
  submitted: Submitted,
  again: Submitted,
): string[] => {
  if (submitted.kind === "refused") return checkSame(intention, submitted, again);
  if (again.kind === "refused" && again.code === "idempotency_key_reused") return [];
  const verdict = again.kind === "refused" ? again.code : again.document.status;
  return [
    `${describe(intention)}: its key with another body should be idempotency_key_reused, ` +
      `but was ${verdict}.`,
  ];
};

const isNew = (submitted: Submitted): boolean => submitted.kind === "stored" && !submitted.hit;

const checkSame = (intention: Intention, one: Submitted, other: Submitted): string[] => {
  const first = essence(one);
  const second = essence(other);
  return Object.keys(first)
    .filter((name) => first[name] !== second[name])
    .map(
      (name) =>
        `${describe(intention)}, sent again with its key, got another ${name}: ` +
        `${first[name] ?? "none"}, then ${second[name] ?? "none"}.`,
    );
};

/** What two answers to one command must have in common. */
const essence = (submitted: Submitted): Record<string, string> => {
  if (submitted.kind === "refused") return { outcome: submitted.code };
  const { commandId, resource, status, rejectionCode } = submitted.document;
  return { outcome: rejectionCode ?? status, "command id": commandId, resource };
};
