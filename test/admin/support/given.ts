import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { startAdmin, type AdminOptions } from "../../../admin/server.ts";
import { approversFrom } from "../../../admin/sign-in/approvers.ts";
import type { CloudEvent } from "./cloud-events.ts";
import { accessToken, startFakeSaldo, type FakeSaldo } from "./fake-saldo.ts";

const webhookKey = "webhook-key-of-the-tests";
export const password = "let-me-decide";

export type Admin = {
  url: string;
  /** Stops it and starts it again on the same file and port, with something done in between. */
  restart: (meanwhile?: () => void | Promise<void>) => Promise<void>;
  stop: () => Promise<void>;
  /** What was written to the log. */
  log: string[];
};

export type Given = { saldo: FakeSaldo; admin: Admin; clock: { aheadMs: number } };

/** The real admin app and a fake Saldo, gone when the test ends. */
export async function given(
  test: Pick<TestContext, "after">,
  options: Partial<AdminOptions> = {},
): Promise<Given> {
  const clock = { aheadMs: 0 };
  const now = (): number => Date.now() + clock.aheadMs;
  const saldo = await startFakeSaldo(now);
  const folder = await mkdtemp(join(tmpdir(), "saldo-admin-"));
  const log: string[] = [];
  const sample = new URL("../../../admin/approvers.sample.json", import.meta.url);
  const approvers = approversFrom(await readFile(sample, "utf8"));
  const start = (port: number) =>
    startAdmin({
      port,
      file: join(folder, "admin.sqlite"),
      saldoUrl: saldo.url,
      tokens: { current: () => Promise.resolve(accessToken), refused: () => undefined },
      webhookKey,
      approvers,
      now,
      decisionPausesMs: [1, 2, 4],
      writeLog: (line) => log.push(line),
      ...options,
    });
  let running: Awaited<ReturnType<typeof start>> | undefined;
  const stop = async (): Promise<void> => {
    await running?.close();
    running = undefined;
  };
  test.after(async () => {
    await stop();
    await saldo.close();
    await rm(folder, { recursive: true });
  });
  const first = await start(0);
  running = first;
  const restart = async (meanwhile: () => void | Promise<void> = () => undefined) => {
    await stop();
    await meanwhile();
    running = await start(Number(new URL(first.url).port));
  };
  return { saldo, clock, admin: { url: first.url, restart, stop, log } };
}

/** Delivers as Event Grid does: one event a request. */
export async function deliver(admin: Admin, ...events: unknown[]): Promise<void> {
  for (const event of events) {
    const response = await post(admin, JSON.stringify(event), "application/cloudevents+json");
    if (response.status !== 204) throw new Error(`Not delivered: ${await response.text()}`);
  }
}

export const post = (
  admin: Admin,
  body: string,
  type: string,
  key: string | undefined = webhookKey,
): Promise<Response> =>
  fetch(`${admin.url}/webhooks/saldo`, {
    method: "POST",
    headers: { "content-type": type, ...(key === "" ? {} : { "x-saldo-webhook-key": key }) },
    body,
  });

export const idOf = (event: CloudEvent): string => event.data.transferId;
