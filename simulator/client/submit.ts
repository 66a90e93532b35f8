import { setTimeout as pause } from "node:timers/promises";
import { WAIT_SECONDS, type Api, type CommandAnswer, type CommandRequest } from "./api.ts";
import type { StatusDocument } from "./documents.ts";

export type Submitted =
  | { kind: "stored"; document: StatusDocument; hit: boolean; ended: boolean }
  | { kind: "refused"; code: string };

/**
 * Sends a command and stays with it, as an app does while its user looks at the screen: until the
 * point asked for is reached (`ended`), or the patience for a service that does answer is over.
 */
export const submit = async (
  api: Api,
  request: CommandRequest,
  patienceMs: number,
): Promise<Submitted> => {
  const answer = await api.command(request);
  if (answer.kind === "refused") return answer;
  return hasEnded(answer) ? { ...answer, ended: true } : follow(api, request, answer, patienceMs);
};

type Stored = Extract<CommandAnswer, { kind: "stored" }>;

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;
const LONGEST_ANSWER_MS = (WAIT_SECONDS + 1) * 1000;

const follow = async (
  api: Api,
  request: CommandRequest,
  { location, hit, ...first }: Stored,
  patienceMs: number,
): Promise<Submitted> => {
  let { document } = first;
  let pauseMs = FIRST_PAUSE_MS;
  let waitedMs = 0;
  while (waitedMs < patienceMs) {
    const askedAtMs = performance.now();
    const found = await api.status(location, request.until);
    document = found.document;
    if (hasEnded(found)) return { kind: "stored", document, hit, ended: true };
    // Not counted in full: while the service is away, the retries have a patience of their own.
    const answeredInMs = Math.min(performance.now() - askedAtMs, LONGEST_ANSWER_MS);
    // A command that is parked is answered at once: without a pause the client would spin.
    const restMs = answeredInMs < LONGEST_ANSWER_MS / 2 ? pauseMs : 0;
    await pause(restMs);
    waitedMs += answeredInMs + restMs;
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
  }
  return { kind: "stored", document, hit, ended: false };
};

const hasEnded = ({ reached, document }: { reached: boolean; document: StatusDocument }): boolean =>
  reached && (document.status === "accepted" || document.status === "rejected");
