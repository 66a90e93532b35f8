/** A reporter for Node's test runner: one JSON line for each test that has ended, and for each suite that was skipped. */
import type { TestEvent } from "node:test/reporters";

export type Tallied = {
  readonly name: string;
  readonly file: string;
  readonly end: "passed" | "failed" | "skipped";
  /** Why it was skipped, if it says so. */
  readonly reason: string;
};

export default async function* tally(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type !== "test:pass" && event.type !== "test:fail") continue;
    const { name, file = "", skip, details } = event.data;
    const isSkipped = skip !== undefined && skip !== false;
    // A suite ends as its tests do, unless none of them has been looked at.
    if (details.type === "suite" && !isSkipped) continue;
    const ended = event.type === "test:pass" ? "passed" : "failed";
    const tallied: Tallied = {
      ...{ name, file, end: isSkipped ? "skipped" : ended },
      reason: typeof skip === "string" ? skip : "",
    };
    yield `${JSON.stringify(tallied)}\n`;
  }
}
