/** What becomes of idempotency keys when callers send at the same time, on containers that show chosen interleavings. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { model } from "../../../../src/modules/aggregates.ts";
import type { CallerHandler } from "../../../../src/kernel/access/guard.ts";
import { intentionOf } from "../../../../src/modules/account/read-intention.ts";
import { acceptCommand } from "../../../../src/kernel/ingress/accept.ts";
import type { CommandDocument } from "../../../../src/kernel/messages/command.ts";
import { notifier } from "../../../../src/kernel/messages/notifier.ts";
import { requestKinds } from "../../../../src/modules/account/requests.ts";
import { statusReader } from "../../../../src/kernel/ingress/status.ts";
import { termsOf } from "../../../../src/modules/account/terms.ts";
import { eventStore } from "../../../../src/kernel/store/event-store.ts";
import type { HttpRequest } from "../../../../src/platform/http/exchange.ts";
import { Problem } from "../../../../src/platform/http/problem.ts";
import type { Caller } from "../../../../src/platform/identity/caller.ts";
import { PlatformFault } from "../../../../src/platform/platform-fault.ts";
import { accountProjection } from "../../../../src/modules/account/account-projection.ts";
import { deadLetters } from "../../../../src/kernel/parking/dead-letters.ts";
import { epochMs } from "../../../support/envelopes.ts";
import { type MemoryDocuments, memoryDocuments } from "../../../support/memory-documents.ts";
import { requestOf } from "../access/support.ts";
import { uncorrected } from "../../../support/uncorrected.ts";

const accountId = "0123456789abcdef";
const stream = `account-${accountId}`;
const clock = { now: () => epochMs, sleep: () => Promise.resolve() };

function loadsInto(commands: MemoryDocuments<CommandDocument>): CallerHandler {
  const parked = deadLetters(memoryDocuments(), clock);
  const statuses = statusReader({
    store: eventStore(memoryDocuments(), model),
    model,
    projections: accountProjection(memoryDocuments(), uncorrected),
    deadLetters: parked,
    notifier: notifier(),
    clock,
  });
  const intention = intentionOf(
    { kind: requestKinds.loadCredits, actor: "customer" },
    {
      clock,
      termsAt: termsOf({ approvalFrom: "1000.00", approvalWithinMs: 1 }),
      ownAccounts: () => Promise.resolve([]),
    },
  );
  return acceptCommand(intention, { commands, statuses });
}

type Load = { readonly subject: string; readonly key: string; readonly amount: string };

function requestFor({ key, amount }: Load): HttpRequest {
  const headers = { "content-type": "application/json", "idempotency-key": key };
  const text = (): Promise<string> => Promise.resolve(JSON.stringify({ amount }));
  return { ...requestOf({ accountId }, headers), text };
}

const callerOf = ({ subject }: Load): Caller => ({ subject, client: "app", roles: ["customer"] });

const log = { error: () => undefined };

type End = { readonly load: Load; readonly commandId: string; readonly isHit: boolean } | Refused;
type Refused = { readonly load: Load; readonly refusal: string };

async function send(accept: CallerHandler, load: Load): Promise<End> {
  try {
    const { body, headers } = await accept(requestFor(load), log, callerOf(load));
    const { commandId } = JSON.parse(body) as { commandId: string };
    return { load, commandId, isHit: new Headers(headers).has("idempotency-hit") };
  } catch (error) {
    if (error instanceof Problem) return { load, refusal: error.code };
    throw error;
  }
}

describe("An idempotency key", () => {
  const anyLoad = fc.record({
    subject: fc.constantFrom("ada", "grace", "desk"),
    key: fc.constantFrom("key-number-one-00", "key-number-two-00"),
    amount: fc.constantFrom("1.00", "2.00"),
  });

  it("stands for one command of each caller, in whatever order they are stored and read", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyLoad, { minLength: 1, maxLength: 12 }),
        fc.scheduler(),
        async (loads, scheduler) => {
          const before = (): Promise<void> => scheduler.schedule(Promise.resolve());
          const commands = memoryDocuments<CommandDocument>({ before });
          const accept = loadsInto(commands);
          const ends = await scheduler.waitFor(
            Promise.all(loads.map((load) => send(accept, load))),
          );

          const byKey = Map.groupBy(ends, ({ load: { subject, key } }) => `${subject} ${key}`);
          assert.equal(commands.stored(stream).length, byKey.size);
          const ids = new Set<string>();
          for (const ofOne of byKey.values()) {
            const taken = ofOne.filter((end) => "commandId" in end);
            const id = taken[0]?.commandId ?? "";
            const stored = commands.stored(stream).find((command) => command.id === id);
            assert.equal(stored?.subject, ofOne[0]?.load.subject);
            assert.ok(taken.every(({ commandId }) => commandId === id));
            assert.equal(taken.filter(({ isHit }) => !isHit).length, 1);
            assert.equal(new Set(taken.map(({ load }) => load.amount)).size, 1);
            const refused = ofOne.filter((end) => "refusal" in end);
            for (const { refusal, load } of refused) {
              assert.equal(refusal, "idempotency_key_reused");
              assert.notEqual(load.amount, taken[0]?.load.amount);
            }
            ids.add(id);
          }
          assert.equal(ids.size, byKey.size);
        },
      ),
    );
  });

  it("is nobody's mistake while the command that has it cannot be read: it may be tried again", async () => {
    const commands = memoryDocuments<CommandDocument>();
    const load = { subject: "ada", key: "key-number-one-00", amount: "1.00" };
    await send(loadsInto(commands), load);
    const behind = { ...commands, read: () => Promise.resolve(undefined) };
    await assert.rejects(send(loadsInto(behind), load), (error) => error instanceof PlatformFault);
    assert.equal(commands.stored(stream).length, 1);
    const again = await send(loadsInto(commands), load);
    assert.ok("isHit" in again && again.isHit);
  });
});
