import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { InstanceRecord, Parent, RuntimeStatus } from "../engine/instance.ts";

/** Which instances a query means; what is absent does not matter. */
export type InstanceFilter = {
  readonly createdFromMs?: number | undefined;
  readonly createdToMs?: number | undefined;
  readonly statuses?: readonly RuntimeStatus[] | undefined;
  readonly idPrefix?: string | undefined;
};

type NewInstance = Pick<
  InstanceRecord,
  "id" | "name" | "executionId" | "input" | "parent" | "traceparent"
>;

type InstanceChanges = Pick<
  InstanceRecord,
  "executionId" | "status" | "input" | "output" | "customStatus"
>;

/** One row for each instance. */
export type InstanceTable = {
  find(id: string): InstanceRecord | undefined;
  findByNumber(number: number): InstanceRecord | undefined;
  /** In order of their start, those behind number `after`. */
  list(filter: InstanceFilter, after: number, limit: number): readonly InstanceRecord[];
  /** Numbers of those that wait for a turn, by a message or for their first. */
  listReady(): readonly number[];
  /** Gives the new instance's number. */
  insert(instance: NewInstance, nowMs: number): number;
  update(number: number, changes: InstanceChanges, nowMs: number): void;
  remove(number: number): void;
};

export function openInstanceTable(database: DatabaseSync): InstanceTable {
  const prepare = database.prepare.bind(database);
  const byId = prepare("SELECT * FROM instances WHERE id = ?");
  const byNumber = prepare("SELECT * FROM instances WHERE number = ?");
  const ready = prepare(
    `SELECT number FROM instances WHERE status IN ('Pending', 'ContinuedAsNew')
     UNION SELECT DISTINCT instance FROM inbox`,
  );
  const insert = prepare(
    `INSERT INTO instances
       (id, name, execution_id, status, input, created_ms, updated_ms, parent, traceparent)
     VALUES (?, ?, ?, 'Pending', ?, ?, ?, ?, ?)`,
  );
  const update = prepare(
    `UPDATE instances SET execution_id = ?, status = ?, input = ?, output = ?, custom_status = ?,
       updated_ms = ? WHERE number = ?`,
  );
  const remove = prepare("DELETE FROM instances WHERE number = ?");
  const record = (row: Row | undefined): InstanceRecord | undefined =>
    row === undefined ? undefined : toRecord(row);

  return {
    find: (id) => record(byId.get(id)),
    findByNumber: (number) => record(byNumber.get(number)),
    list: (filter, after, limit) => {
      const { sql, values } = toCondition(filter);
      const select = `SELECT * FROM instances WHERE number > ? ${sql} ORDER BY number LIMIT ?`;
      return prepare(select)
        .all(after, ...values, limit)
        .map(toRecord);
    },
    listReady: () => ready.all().map(({ number }) => Number(number)),
    insert: (instance, nowMs) => {
      const { id, name, executionId, input, parent, traceparent } = instance;
      const from = parent === undefined ? null : JSON.stringify(parent);
      const values = [id, name, executionId, input, nowMs, nowMs, from, traceparent ?? null];
      return Number(insert.run(...values).lastInsertRowid);
    },
    update: (number, changes, nowMs) => {
      const { executionId, status, input, output, customStatus } = changes;
      update.run(executionId, status, input, output, customStatus, nowMs, number);
    },
    remove: (number) => {
      remove.run(number);
    },
  };
}

function toCondition(filter: InstanceFilter): {
  readonly sql: string;
  readonly values: readonly (string | number)[];
} {
  const { createdFromMs, createdToMs, statuses, idPrefix } = filter;
  const conditions = [
    ["AND created_ms >= ?", createdFromMs],
    ["AND created_ms <= ?", createdToMs],
    ["AND status IN (SELECT value FROM json_each(?))", statuses && JSON.stringify(statuses)],
    ["AND instr(id, ?) = 1", idPrefix],
  ] as const;
  const wanted = conditions.flatMap(([sql, value]) =>
    value === undefined ? [] : [{ sql, value }],
  );
  return {
    sql: wanted.map(({ sql }) => sql).join(" "),
    values: wanted.map(({ value }) => value),
  };
}

type Row = Record<string, SQLOutputValue>;

function toRecord(row: Row): InstanceRecord {
  const text = (key: string): string | null => {
    const value = row[key];
    return typeof value === "string" ? value : null;
  };
  const parent = text("parent");
  return {
    number: Number(row["number"]),
    id: text("id") ?? "",
    name: text("name") ?? "",
    executionId: text("execution_id") ?? "",
    status: text("status") as RuntimeStatus,
    input: text("input"),
    output: text("output"),
    customStatus: text("custom_status"),
    createdMs: Number(row["created_ms"]),
    updatedMs: Number(row["updated_ms"]),
    parent: parent === null ? undefined : (JSON.parse(parent) as Parent),
    traceparent: text("traceparent") ?? undefined,
  };
}
