import { randomUUID } from "node:crypto";
import type { Api } from "../client/api.ts";
import type { Asked } from "../client/commands.ts";
import { ContractBreach } from "../client/json.ts";
import { submit } from "../client/submit.ts";
import { formatMoney, loadFeeE4 } from "../money.ts";

/** Two people with fresh accounts, and whom they ask. */
export type Stage = {
  api: Api;
  sender: Account;
  receiver: Account;
  amountE4: bigint;
  /** How long each hop is waited for. */
  patienceMs: number;
};

type Account = { accountId: string; name: string; availableE4: bigint };

/** The sender has a little more than will be sent. */
export const newStage = async (api: Api, amountE4: bigint, patienceMs: number): Promise<Stage> => {
  const sender = await open(api, "Ada", patienceMs);
  const receiver = await open(api, "Barbara", patienceMs);
  const loadE4 = amountE4 + 10_0000n;
  const body = { amount: formatMoney(loadE4) };
  await say(api, { operation: "loadCredits", accountId: sender.accountId, body }, patienceMs);
  const availableE4 = loadE4 - loadFeeE4(loadE4);
  return { api, sender: { ...sender, availableE4 }, receiver, amountE4, patienceMs };
};

const open = async (api: Api, name: string, patienceMs: number): Promise<Account> => {
  const email = `${name.toLowerCase()}.${randomUUID()}@example.com`;
  const body = { name, email, currency: "EUR" };
  const resource = await say(api, { operation: "openAccount", body }, patienceMs);
  return { accountId: resource.slice(resource.lastIndexOf("/") + 1), name, availableE4: 0n };
};

/** Gives the resource of the command, once it is visible. */
const say = async (api: Api, asked: Asked, patienceMs: number): Promise<string> => {
  const request = { asked, idempotencyKey: randomUUID(), until: "visible" } as const;
  const submitted = await submit(api, request, patienceMs);
  if (submitted.kind !== "stored" || !submitted.ended) {
    throw new ContractBreach(`${asked.operation} had no effect in ${patienceMs / 1000} s`);
  }
  return submitted.document.resource;
};
