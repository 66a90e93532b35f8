import { Malformed } from "../../platform/malformed.ts";
import type { Commit } from "../messages/commit.ts";
import { hasCommitId, readLeniently } from "../messages/read-commit.ts";
import type { Model } from "../messages/model.ts";
import type { Stored } from "./stream-queries.ts";

/** `undefined` unless it is a commit with a snapshot by today's fold. */
export function trustedHead(model: Model, document: Stored): Commit | undefined {
  if (!hasCommitId(document)) return undefined;
  try {
    const commit = readLeniently(model, document);
    const { decider, state } = model.of(commit.stream);
    const { snapshot } = commit;
    const isTrusted =
      snapshot.fold === decider.foldVersion && state.safeParse(snapshot.state).success;
    return isTrusted ? commit : undefined;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
