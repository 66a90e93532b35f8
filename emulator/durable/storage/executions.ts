import type { DatabaseSync } from "node:sqlite";
import type { Instance, OpenTask, ScheduledAction } from "../engine/instance.ts";

/** What belongs to the current execution of an instance, by the instance's number. */
export type ExecutionTable = {
  load(instance: number): Pick<Instance, "history" | "scheduled" | "openTasks">;
  readHistory(instance: number): readonly string[];
  appendHistory(instance: number, position: number, events: readonly string[]): void;
  addScheduled(instance: number, actions: readonly ScheduledAction[]): void;
  openTask(instance: number, taskId: number, task: OpenTask): void;
  closeTask(instance: number, taskId: number): void;
  /** Forgets actions and open tasks, which a finished instance needs no more. */
  clearTasks(instance: number): void;
  /** Forgets everything. */
  clear(instance: number): void;
  /** When the next timer is due. */
  nextDueMs(): number | undefined;
  /** Takes timers that are due, which stay open; each is given once. */
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
  const scheduled = prepare(
    `SELECT task_id AS taskId, kind, name FROM scheduled WHERE instance = ? ORDER BY task_id`,
  );
  const tasks = prepare("SELECT task_id, task FROM open_tasks WHERE instance = ?");
  const addEvent = prepare("INSERT INTO history VALUES (?, ?, ?)");
  const addScheduled = prepare("INSERT INTO scheduled VALUES (?, ?, ?, ?)");
  const addTask = prepare("INSERT INTO open_tasks VALUES (?, ?, ?, ?)");
  const removeTask = prepare("DELETE FROM open_tasks WHERE instance = ? AND task_id = ?");
  const clearHistory = prepare("DELETE FROM history WHERE instance = ?");
  const clearScheduled = prepare("DELETE FROM scheduled WHERE instance = ?");
  const clearOpen = prepare("DELETE FROM open_tasks WHERE instance = ?");
  const due = openDueTimers(database);

  const readHistory = (instance: number): string[] =>
    history.all(instance).map(({ event }) => String(event));
  const clearTasks = (instance: number): void => {
    clearScheduled.run(instance);
    clearOpen.run(instance);
  };

  return {
    ...due,
    readHistory,
    load: (instance) => ({
      history: readHistory(instance),
      scheduled: scheduled.all(instance).map((row) => row as ScheduledAction),
      openTasks: new Map(
        tasks
          .all(instance)
          .map((row) => [Number(row["task_id"]), JSON.parse(String(row["task"])) as OpenTask]),
      ),
    }),
    appendHistory: (instance, position, events) => {
      for (const [index, event] of events.entries()) {
        addEvent.run(instance, position + index, event);
      }
    },
    addScheduled: (instance, actions) => {
      for (const { taskId, kind, name } of actions) addScheduled.run(instance, taskId, kind, name);
    },
    openTask: (instance, taskId, task) => {
      const dueMs = task.kind === "call" ? null : Math.ceil(task.fireAtMs);
      addTask.run(instance, taskId, JSON.stringify(task), dueMs);
    },
    closeTask: (instance, taskId) => {
      removeTask.run(instance, taskId);
    },
    clearTasks,
    clear: (instance) => {
      clearHistory.run(instance);
      clearTasks(instance);
    },
  };
}

function openDueTimers(database: DatabaseSync): Pick<ExecutionTable, "nextDueMs" | "takeDue"> {
  const next = database.prepare(
    "SELECT min(due_ms) AS due FROM open_tasks WHERE due_ms IS NOT NULL",
  );
  const due = database.prepare(
    `SELECT t.instance, t.task_id AS taskId, i.execution_id AS executionId
     FROM open_tasks t JOIN instances i ON i.number = t.instance
     WHERE t.due_ms <= ? ORDER BY t.due_ms LIMIT ?`,
  );
  const disarm = database.prepare(
    "UPDATE open_tasks SET due_ms = NULL WHERE instance = ? AND task_id = ?",
  );
  return {
    nextDueMs: () => {
      const first = next.get()?.["due"];
      return typeof first === "number" ? first : undefined;
    },
    takeDue: (nowMs, limit) => {
      const timers = due.all(nowMs, limit).map((row) => row as DueTimer);
      for (const { instance, taskId } of timers) disarm.run(instance, taskId);
      return timers;
    },
  };
}
