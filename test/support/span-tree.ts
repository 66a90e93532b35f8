/** Traces as trees of names. */
import assert from "node:assert/strict";
import type { SentSpan } from "./telemetry.ts";

/** A span's name, and below it what it has caused. */
export type Tree = { readonly [name: string]: Tree };

export const nothing: Tree = {};

const afterSettling: Tree = {
  "project TransferSettled": nothing,
  "publish TransferSettled": { "react count-revenue": nothing },
};

const afterReceiving: Tree = {
  "project CreditsReceived": { "handle SettleTransfer": afterSettling },
  "publish CreditsReceived": { "react notify-owners": nothing },
};

/** An HTTP call: the host's request, named after the function, and the app's span in it. */
export function call(functionName: string, door: string, below: Tree = nothing): Tree {
  return { [functionName]: { [door]: below } };
}

export const sendCredits = ["send-credits", "POST /api/accounts/{accountId}/transfers"] as const;

/** What a plain transfer causes. */
export const plainTransfer: Tree = call(...sendCredits, {
  "handle SendCredits": {
    "project CreditsSent": { "handle ReceiveCredits": afterReceiving },
    "publish CreditsSent": nothing,
  },
});

export function namesIn(tree: Tree): readonly string[] {
  return Object.entries(tree).flatMap(([name, below]) => [name, ...namesIn(below)]);
}

/** Every span hangs below the root, where the tree has it, and none came twice. */
export function assertTree(spans: readonly SentSpan[], rootId: string, expected: Tree): void {
  const known = new Set([rootId, ...spans.map(({ spanId }) => spanId)]);
  const strays = spans.filter(({ parentId }) => !known.has(parentId));
  assert.deepEqual(
    strays.map(({ name }) => name),
    [],
  );
  assert.deepEqual(treeBelow(spans, rootId), expected);
}

function treeBelow(spans: readonly SentSpan[], parentId: string): Tree {
  const children = spans.filter((span) => span.parentId === parentId);
  const names = children.map(({ name }) => name);
  assert.deepEqual(names.toSorted(), [...new Set(names)].toSorted(), "a span came twice");
  return Object.fromEntries(children.map(({ name, spanId }) => [name, treeBelow(spans, spanId)]));
}
