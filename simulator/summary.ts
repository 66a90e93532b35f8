import type { AuditReport } from "./audit/audit.ts";
import type { Tally } from "./world/tally.ts";

/** What a run came to; printed as it is with `--json`. */
export type Summary = {
  scenario: string;
  url: string;
  seed: string;
  run: string;
  /** Whether the same can be said again under the same keys. */
  repeatable: boolean;
  elapsedMs: number;
  requests: number;
  retries: number;
  intentions: number;
  accepted: number;
  /** Refused rules, by rejection code. */
  rejected: Record<string, number>;
  /** Requests refused at the door, by problem code. */
  refused: Record<string, number>;
  /** Intentions that were sent again on purpose. */
  duplicates: number;
  idempotencyHits: number;
  transfers: {
    completed: number;
    perSecond: number;
    /** From the first POST to the answer that says settled. */
    latencyMs: { p50: number; p90: number; p99: number; max: number };
  };
  audit:
    | ({ kind: "passed" | "failed"; elapsedMs: number } & AuditReport)
    | { kind: "not_run"; reason: string; findings: string[] };
  exitCode: 0 | 1 | 3;
};

export const transferFigures = (tally: Tally): Summary["transfers"] => {
  const { transferLatency: latency, firstTransferAtMs = 0, lastTransferAtMs } = tally;
  const completed = latency.count();
  const seconds = (lastTransferAtMs - firstTransferAtMs) / 1000;
  return {
    completed,
    perSecond: completed === 0 ? 0 : rounded(completed / seconds),
    latencyMs: {
      p50: rounded(latency.percentileMs(50)),
      p90: rounded(latency.percentileMs(90)),
      p99: rounded(latency.percentileMs(99)),
      max: rounded(latency.maxMs()),
    },
  };
};

const rounded = (value: number): number => Math.round(value * 10) / 10;

/** The summary for people. */
export const summaryText = (summary: Summary): string => {
  const { transfers, elapsedMs, run, seed, repeatable } = summary;
  const { p50, p90, p99, max } = transfers.latencyMs;
  const rows: [string, string][] = [
    ["run", repeatable ? `${run} (repeat it with --run ${run} --seed ${seed})` : run],
    ["intentions", `${summary.intentions} in ${seconds(elapsedMs)}`],
    ["accepted", String(summary.accepted)],
    ["rejected", counted(summary.rejected)],
    ["refused at the door", counted(summary.refused)],
    [
      "sent again on purpose",
      `${summary.duplicates} (${summary.idempotencyHits} answered as hits)`,
    ],
    ["requests", `${summary.requests}, of which ${summary.retries} were retries`],
    ["transfers completed", `${transfers.completed}, ${transfers.perSecond} a second`],
    ["POST to settled", `p50 ${p50} ms, p90 ${p90} ms, p99 ${p99} ms, max ${max} ms`],
    ["audit", auditText(summary.audit)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`);
  return [`${summary.scenario} on ${summary.url}`, ...lines, ...findingsText(summary)].join("\n");
};

const MOST_FINDINGS = 20;

const findingsText = ({ audit: { findings } }: Summary): string[] => {
  const left = findings.length - MOST_FINDINGS;
  const shown = findings.slice(0, MOST_FINDINGS).map((finding) => `  - ${finding}`);
  return left > 0 ? [...shown, `  … and ${left} more.`] : shown;
};

const auditText = (audit: Summary["audit"]): string => {
  if (audit.kind === "not_run") return `not run: ${audit.reason}`;
  const { accounts, transfers, movements, findings } = audit;
  const read = `${accounts} accounts, ${transfers} transfers and ${movements} movements`;
  const took = `read in ${seconds(audit.elapsedMs)}`;
  const verdict = audit.kind === "passed" ? "passed" : `FAILED with ${findings.length} findings`;
  return `${verdict}: ${read} ${took}`;
};

const counted = (counts: Readonly<Record<string, number>>): string => {
  const entries = Object.entries(counts).sort(([, one], [, other]) => other - one);
  if (entries.length === 0) return "0";
  const all = entries.reduce((total, [, count]) => total + count, 0);
  return `${all}: ${entries.map(([code, count]) => `${count} ${code}`).join(", ")}`;
};

const seconds = (durationMs: number): string => `${(durationMs / 1000).toFixed(1)} s`;
