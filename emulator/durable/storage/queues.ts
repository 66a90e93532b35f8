import type { DatabaseSync } from "node:sqlite";
import type { Delivery } from "../engine/batch.ts";
import type { Message } from "../engine/instance.ts";

/** What the instances have been told and not processed yet. */
export type Inbox = {
  add(instance: number, message: Message): void;
  /** Puts messages before all that are there, in their order. */
  putFirst(instance: number, messages: readonly Message[]): void;
  /** In order of arrival. */
  read(instance: number, limit: number): readonly Delivery[];
  remove(numbers: readonly number[]): void;
  clear(instance: number): void;
};

export function openInbox(database: DatabaseSync): Inbox {
  const add = database.prepare("INSERT INTO inbox (instance, message) VALUES (?, ?)");
  const first = database.prepare("SELECT min(number) AS number FROM inbox");
  const put = database.prepare("INSERT INTO inbox VALUES (?, ?, ?)");
  const read = database.prepare(
    "SELECT number, message FROM inbox WHERE instance = ? ORDER BY number LIMIT ?",
  );
  const remove = database.prepare("DELETE FROM inbox WHERE number = ?");
  const clear = database.prepare("DELETE FROM inbox WHERE instance = ?");
  return {
    add: (instance, message) => {
      add.run(instance, JSON.stringify(message));
    },
    putFirst: (instance, messages) => {
      const before = Number(first.get()?.["number"] ?? 0) - messages.length;
      for (const [index, message] of messages.entries()) {
        put.run(before + index, instance, JSON.stringify(message));
      }
    },
    read: (instance, limit) =>
      read.all(instance, limit).map(({ number, message }) => ({
        number: Number(number),
        message: JSON.parse(String(message)) as Message,
      })),
    remove: (numbers) => {
      for (const number of numbers) remove.run(number);
    },
    clear: (instance) => {
      clear.run(instance);
    },
  };
}

/** An activity that was called and has not answered yet. */
export type ActivityOrder = {
  readonly number: number;
  /** Of the instance that waits for it. */
  readonly instance: number;
  readonly instanceId: string;
  readonly executionId: string;
  readonly taskId: number;
  readonly name: string;
  /** JSON. */
  readonly input: string | null;
  readonly traceparent: string | null;
};

export type ActivityQueue = {
  add(order: Omit<ActivityOrder, "number">): void;
  /** In order, those behind number `after`. */
  read(after: number, limit: number): readonly ActivityOrder[];
  remove(number: number): void;
};

export function openActivityQueue(database: DatabaseSync): ActivityQueue {
  const add = database.prepare(
    `INSERT INTO activities
       (instance, instance_id, execution_id, task_id, name, input, traceparent)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const read = database.prepare(
    `SELECT number, instance, instance_id AS instanceId, execution_id AS executionId,
       task_id AS taskId, name, input, traceparent
     FROM activities WHERE number > ? ORDER BY number LIMIT ?`,
  );
  const remove = database.prepare("DELETE FROM activities WHERE number = ?");
  return {
    add: ({ instance, instanceId, executionId, taskId, name, input, traceparent }) => {
      add.run(instance, instanceId, executionId, taskId, name, input, traceparent);
    },
    read: (after, limit) => read.all(after, limit).map((row) => row as ActivityOrder),
    remove: (number) => {
      remove.run(number);
    },
  };
}
