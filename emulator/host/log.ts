import { inspect } from "node:util";
import type { TraceContext } from "./trace-context.ts";

export type LogLevel = "trace" | "debug" | "information" | "warning" | "error" | "critical";

export type LogEntry = {
  readonly level: LogLevel;
  /** As in Azure: `Host.Startup`, `Host.Triggers.CosmosDB`, `Function.<name>`, `Function.<name>.User`. */
  readonly category: string;
  readonly message: string;
  /** Absent for what the host does by itself. */
  readonly scope?: InvocationScope;
};

/** The invocation that a line belongs to. */
export type InvocationScope = {
  /** Of the function. */
  readonly name: string;
  readonly invocationId: string;
  readonly trace: TraceContext;
};

/** Lowest level written for each category prefix; `default` for the rest. */
export type LogLevels = Readonly<Record<string, LogLevel | "none">>;

export type Logger = {
  write(level: LogLevel, category: string, message: string, scope?: InvocationScope): void;
  isEnabled(level: LogLevel, category: string): boolean;
};

const severity: Readonly<Record<LogLevel | "none", number>> = {
  trace: 0,
  debug: 1,
  information: 2,
  warning: 3,
  error: 4,
  critical: 5,
  none: 6,
};

/** Filters by the longest matching category prefix of host.json's `logging.logLevel`. */
export function createLogger(levels: LogLevels, sink: (entry: LogEntry) => void): Logger {
  const thresholds = new Map<string, number>();

  const thresholdOf = (category: string): number => {
    const known = thresholds.get(category);
    if (known !== undefined) return known;
    const prefix = Object.keys(levels)
      .filter((key) => category === key || category.startsWith(`${key}.`))
      .sort((a, b) => b.length - a.length)[0];
    const threshold = severity[levels[prefix ?? "default"] ?? "information"];
    thresholds.set(category, threshold);
    return threshold;
  };

  const isEnabled = (level: LogLevel, category: string): boolean =>
    severity[level] >= thresholdOf(category);

  return {
    isEnabled,
    write: (level, category, message, scope) => {
      if (!isEnabled(level, category)) return;
      sink({ level, category, message, ...(scope !== undefined && { scope }) });
    },
  };
}

/** The default sink: warnings and worse, one line each, to standard error. */
export function writeWarningsToStderr(entry: LogEntry): void {
  if (severity[entry.level] < severity.warning) return;
  process.stderr.write(`[${entry.level}] ${entry.category}: ${entry.message}\n`);
}

/** What a reader of a log needs of a thrown value: its stack, its causes and its fields. */
export function describeError(error: unknown): string {
  return error instanceof Error ? inspect(error) : String(error);
}
