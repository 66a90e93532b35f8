import type { DatabaseSync } from "node:sqlite";
import type { HistoryEvent } from "../engine/history.ts";
import type { Instance } from "../engine/instance.ts";

/** What belongs to the current execution of an instance, by the instance's number. */
export type ExecutionTable = {
  load(instance: number): Pick<Instance, "history" | "historyText">;
  readHistory(instance: number): readonly HistoryEvent[];
  /** @param events each as JSON */
  appendHistory(instance: number, position: number, events: readonly string[]): void;
  setTimer(instance: number, taskId: number, dueMs: number): void;
  /** Forgets timers, of which a finished instance hears no more. */
  clearTimers(instance: number): void;
  /** Forgets everything. */
  clear(instance: number): void;
  /** When the next timer is due. */
  nextDueMs(): number | undefined;
  /** Takes timers that are due; each is given once. */
  takeDue(nowMs: number, limit: number): readonly DueTimer[];
};

type DueTimer = {
  readonly instance: number;
  readonly executionId: string;
  readonly taskId: number;
};

export function openExecutionTable(database: DatabaseSync): ExecutionTable {
  const prepare = database.prepare.bind(database);
  const history = prepare("SELECT event FROM history WHERE instance = ? ORDER BY position");
  const addEvent = prepare("INSERT INTO history VALUES (?, ?, ?)");
  const addTimer = prepare("INSERT INTO timers VALUES (?, ?, ?)");
  const clearHistory = prepare("DELETE FROM history WHERE instance = ?");
  const clearTimers = prepare("DELETE FROM timers WHERE instance = ?");

  const readTexts = (instance: number): string[] =>
    history.all(instance).map(({ event }) => String(event));
  const parse = (texts: readonly string[]): HistoryEvent[] =>
    texts.map((text) => JSON.parse(text) as HistoryEvent);

  return {
    ...openDueTimers(database),
    load: (instance) => {
      const texts = readTexts(instance);
      return { history: parse(texts), historyText: texts.join(",") };
    },
    readHistory: (instance) => parse(readTexts(instance)),
    appendHistory: (instance, position, events) => {
      for (const [index, event] of events.entries()) {
        addEvent.run(instance, position + index, event);
      }
    },
    setTimer: (instance, taskId, dueMs) => {
      addTimer.run(instance, taskId, dueMs);
    },
    clearTimers: (instance) => {
      clearTimers.run(instance);
    },
    clear: (instance) => {
      clearHistory.run(instance);
      clearTimers.run(instance);
    },
  };
}

function openDueTimers(database: DatabaseSync): Pick<ExecutionTable, "nextDueMs" | "takeDue"> {
  const next = database.prepare("SELECT min(due_ms) AS due FROM timers");
  const due = database.prepare(
    `SELECT t.instance, t.task_id AS taskId, i.execution_id AS executionId
     FROM timers t JOIN instances i ON i.number = t.instance
     WHERE t.due_ms <= ? ORDER BY t.due_ms LIMIT ?`,
  );
  const remove = database.prepare("DELETE FROM timers WHERE instance = ? AND task_id = ?");
  return {
    nextDueMs: () => {
      const first = next.get()?.["due"];
      return typeof first === "number" ? first : undefined;
    },
    takeDue: (nowMs, limit) => {
      const timers = due.all(nowMs, limit).map((row) => row as DueTimer);
      for (const { instance, taskId } of timers) remove.run(instance, taskId);
      return timers;
    },
  };
}
