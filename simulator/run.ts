import { randomUUID } from "node:crypto";
import { newDesk } from "./approvers/desk.ts";
import { signInApprovers } from "./approvers/sign-in.ts";
import { audit, type AuditReport, type SystemCheck } from "./audit/audit.ts";
import { accessTokens } from "./client/access-tokens.ts";
import { serviceApi, WAIT_SECONDS, type Api } from "./client/api.ts";
import { asOwner } from "./client/as-owner.ts";
import { ContractBreach } from "./client/json.ts";
import { httpClient, type SendRequest } from "./client/http.ts";
import { pace } from "./client/pace.ts";
import { ServiceUnreachable, withRetries, type RetryPolicy } from "./client/retry.ts";
import { isRepeatable, type RunOptions } from "./options.ts";
import type { RunState } from "./progress.ts";
import { seededRandom, type Random } from "./random.ts";
import { scenarios } from "./scenarios/scenarios.ts";
import { transferFigures, type Summary } from "./summary.ts";
import { advanceClock } from "./world/control.ts";
import { strangersAccountId } from "./world/people.ts";
import { newServiceClock } from "./world/service-clock.ts";
import { newTally, type Tally } from "./world/tally.ts";
import type { World } from "./world/world.ts";

/** The service does not take the operator of the options for one. */
export class OperatorRefused extends Error {
  override name = "OperatorRefused";
}

export type Run = {
  runId: string;
  state: () => RunState;
  /**
   * Plays the scenario, waits for everything that is under way, audits.
   *
   * @throws OperatorRefused before anything is sent
   */
  finish: () => Promise<Summary>;
  /** Sends nothing more; what is under way comes to its end, and the audit is held. */
  interrupt: () => void;
};

/** Longer than the service is asked to hold an answer back. */
const REQUEST_TIMEOUT_MS = (WAIT_SECONDS + 5) * 1000;

export const newRun = (options: RunOptions): Run => {
  const client = httpClient(options.url, REQUEST_TIMEOUT_MS);
  const world = newWorld(options, client.send);
  const audited = { done: 0, all: 0 };
  const beganAtMs = performance.now();
  let phase: RunState["phase"] = "waiting for the service";
  const playAndAudit = async (): Promise<Summary> => {
    let figures: Figures | undefined;
    let closeDesk: (() => void) | undefined;
    try {
      const systemCheck = await meetService(world, options);
      closeDesk = await openDesk(world, options);
      phase = "playing";
      await scenarios[options.scenario].play(world);
      figures = playedFigures(options, world, beganAtMs);
      phase = "auditing";
      const auditBeganAtMs = performance.now();
      const report = await audit(world, systemCheck, (done, all) => {
        Object.assign(audited, { done, all });
      });
      report.findings.unshift(...world.book.findings);
      return auditedSummary(figures, report, performance.now() - auditBeganAtMs);
    } catch (error) {
      figures ??= playedFigures(options, world, beganAtMs);
      return brokenOffSummary(figures, error, world.book.findings);
    } finally {
      closeDesk?.();
    }
  };
  return {
    runId: world.runId,
    state: () => ({
      phase: phase === "playing" && (world.timeIsUp() || world.interrupted()) ? "settling" : phase,
      elapsedMs: performance.now() - beganAtMs,
      tally: world.tally,
      audited,
    }),
    finish: () => playAndAudit().finally(client.close),
    interrupt: world.interrupt,
  };
};

/** A service that was killed may come back at once, and still wait for what it held to expire. */
const SETTLING_FACTOR = 2;

/** A millisecond longer than anybody may take to approve. */
const A_DAY_MS = 24 * 60 * 60 * 1000 + 1;

const newWorld = (options: RunOptions, send: SendRequest): World => {
  const runId = options.run ?? randomUUID().replaceAll("-", "").slice(0, 10);
  const random = seededRandom(options.seed);
  const tally = newTally();
  const { expiryByControl } = options;
  let deadlineMs = Infinity;
  let isInterrupted = false;
  return {
    api: retryingApi(options, tally, send),
    runId,
    random,
    keys: random.split(`keys of run ${runId}`),
    clients: options.clients,
    accounts: options.accounts,
    settlingPatienceMs: options.patienceMs * SETTLING_FACTOR,
    resumed: options.run !== undefined,
    stepLimit: options.steps,
    tally,
    approvalFromE4: options.approvalFromE4,
    desk: undefined,
    aheadMs: options.aheadMs,
    serviceClock: newServiceClock(),
    passADay: expiryByControl && (() => advanceClock(expiryByControl, A_DAY_MS)),
    book: { entries: [], testimonies: [], findings: [] },
    startClock: () => {
      deadlineMs = performance.now() + options.durationMs;
    },
    timeIsUp: () => performance.now() >= deadlineMs,
    interrupted: () => isInterrupted,
    interrupt: () => {
      isInterrupted = true;
    },
  };
};

const retryingApi = (options: RunOptions, tally: Tally, send: SendRequest): Api => {
  // Chance of its own: how often something is retried must not change what people want.
  const random = seededRandom(options.seed).split("wire");
  const nextTurn = pace(options.rate);
  const countedSend: SendRequest = async (request) => {
    if (options.rate > 0) await nextTurn();
    tally.requests += 1;
    return send(request);
  };
  const policy = retryPolicy(options, tally, random);
  const signedSend = asOwner(countedSend, accessTokens(send), options.operator);
  return serviceApi(withRetries(signedSend, policy), random);
};

const retryPolicy = ({ patienceMs }: RunOptions, tally: Tally, random: Random): RetryPolicy => ({
  patienceMs,
  random,
  onRetry: () => {
    tally.retries += 1;
  },
});

/** Lets the approvers in where there are any; the function returned sends them home. */
const openDesk = async (world: World, options: RunOptions): Promise<(() => void) | undefined> => {
  const { admin, approvers: people, seed } = options;
  if (admin === undefined) return undefined;
  const policy = retryPolicy(options, world.tally, seededRandom(seed).split("approvers' wire"));
  const { approvers, close } = await signInApprovers(admin, people, policy);
  const { testimonies, findings } = world.book;
  const patienceMs = world.settlingPatienceMs;
  world.desk = newDesk(approvers, { testimonies, findings, patienceMs });
  return close;
};

/** Waits until the service answers, and remembers what it held before. */
const meetService = async (world: World, { operator }: RunOptions): Promise<SystemCheck> => {
  if (operator === "") {
    await world.api.account(strangersAccountId(world.random.split("probe")));
    return { kind: "skipped" };
  }
  const before = await world.api.totals();
  if (before === undefined) {
    throw new OperatorRefused(`The service does not take ${operator} for an operator.`);
  }
  return { kind: "wanted", before: world.resumed ? undefined : before };
};

type Figures = Omit<Summary, "audit" | "exitCode">;

const playedFigures = (options: RunOptions, world: World, beganAtMs: number): Figures => {
  const { tally, runId } = world;
  return {
    scenario: options.scenario,
    url: options.url.origin,
    seed: options.seed,
    run: runId,
    repeatable: isRepeatable(options),
    elapsedMs: Math.round(performance.now() - beganAtMs),
    requests: tally.requests,
    retries: tally.retries,
    intentions: tally.intentions,
    accepted: tally.accepted,
    rejected: Object.fromEntries(tally.rejected),
    refused: Object.fromEntries(tally.refused),
    duplicates: tally.duplicates,
    idempotencyHits: tally.idempotencyHits,
    transfers: transferFigures(tally),
  };
};

const auditedSummary = (figures: Figures, report: AuditReport, elapsedMs: number): Summary => {
  const passed = report.findings.length === 0;
  const kind = passed ? "passed" : "failed";
  const rounded = Math.round(elapsedMs);
  return { ...figures, audit: { kind, elapsedMs: rounded, ...report }, exitCode: passed ? 0 : 1 };
};

const brokenOffSummary = (figures: Figures, error: unknown, findings: string[]): Summary => {
  if (error instanceof ContractBreach) {
    const reason = `the service broke its contract: ${error.message}`;
    return { ...figures, audit: { kind: "not_run", reason, findings }, exitCode: 1 };
  }
  if (error instanceof ServiceUnreachable) {
    const reason = `the service could not be reached: ${error.message}`;
    return { ...figures, audit: { kind: "not_run", reason, findings }, exitCode: 3 };
  }
  throw error;
};
