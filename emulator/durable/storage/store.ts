import { isFinished, type Instance, type Message } from "../engine/instance.ts";
import { openDatabase } from "./database.ts";
import { openExecutionTable, type ExecutionTable } from "./executions.ts";
import { openInstanceTable, type InstanceTable } from "./instances.ts";
import { openActivityQueue, openInbox, type ActivityQueue, type Inbox } from "./queues.ts";
import { createTransactions, type Transactions } from "./transactions.ts";

/** Everything a task hub holds. Changes must be made inside `write`. */
export type Store = {
  readonly write: Transactions["write"];
  readonly instances: InstanceTable;
  readonly executions: ExecutionTable;
  readonly inbox: Inbox;
  readonly activities: ActivityQueue;
  /** An instance with all its next turn needs. */
  load(number: number): Instance | undefined;
  /** Puts a message into an instance's inbox; false when it is gone or finished. */
  send(instance: number, message: Message): boolean;
  /** Turns timers that are due into messages; gives the instances that got one. */
  fireTimers(nowMs: number, limit: number): readonly number[];
  /** Deletes an instance and everything of it. */
  deleteInstance(number: number): void;
  /** Keeps a value under a name; gives the value kept before if there is one. */
  keepSetting(name: string, value: string): string;
  close(): void;
};

/**
 * @param directory state directory; in memory when undefined
 * @throws Error when another host has the file
 */
export function openStore(directory: string | undefined, hubName: string): Store {
  const database = openDatabase(directory, hubName);
  const transactions = createTransactions(database);
  const instances = openInstanceTable(database);
  const executions = openExecutionTable(database);
  const inbox = openInbox(database);
  const setting = database.prepare("SELECT value FROM settings WHERE name = ?");
  const addSetting = database.prepare("INSERT INTO settings VALUES (?, ?)");

  const send = (instance: number, message: Message): boolean => {
    const found = instances.findByNumber(instance);
    if (found === undefined || isFinished(found.status)) return false;
    inbox.add(instance, message);
    return true;
  };

  return {
    write: transactions.write,
    instances,
    executions,
    inbox,
    activities: openActivityQueue(database),
    load: (number) => {
      const record = instances.findByNumber(number);
      return record && { ...record, ...executions.load(number) };
    },
    send,
    fireTimers: (nowMs, limit) =>
      executions.takeDue(nowMs, limit).map(({ instance, executionId, taskId }) => {
        send(instance, { kind: "timer-fired", executionId, taskId });
        return instance;
      }),
    deleteInstance: (number) => {
      executions.clear(number);
      inbox.clear(number);
      instances.remove(number);
    },
    keepSetting: (name, value) => {
      const kept = setting.get(name)?.["value"];
      if (typeof kept === "string") return kept;
      addSetting.run(name, value);
      return value;
    },
    close: () => {
      transactions.close();
      database.close();
    },
  };
}
