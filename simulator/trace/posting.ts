import { randomUUID } from "node:crypto";
import { ContractBreach } from "../client/json.ts";
import { formatMoney } from "../money.ts";
import { newJourney, reached, type Journey } from "./hops.ts";
import type { Stage } from "./stage.ts";

/** A transfer that has been accepted, and how to go on looking at it. */
export type Posted = { journey: Journey; location: string; transferId: string };

/** Sends the transfer without waiting for anything but its acceptance. */
export const post = async ({
  api,
  sender,
  receiver,
  amountE4,
  patienceMs,
}: Stage): Promise<Posted> => {
  const body = { to: receiver.accountId, amount: formatMoney(amountE4) };
  const asked = { operation: "sendCredits", accountId: sender.accountId, body } as const;
  const journey = newJourney(patienceMs);
  const request = { asked, idempotencyKey: randomUUID(), until: "visible" } as const;
  const answer = await api.command({ ...request, impatient: true });
  if (answer.kind === "refused") throw new ContractBreach(`The transfer was ${answer.code}.`);
  const { acceptedAt, resource, commandId } = answer.document;
  journey.startsAt(acceptedAt);
  await journey.note("accepted", () =>
    Promise.resolve({ at: acceptedAt, detail: `the command ${commandId} is stored` }),
  );
  const transferId = resource.slice(resource.lastIndexOf("/") + 1);
  return { journey, location: answer.location, transferId };
};

/** What all transfers have in common: handled, and visible to the sender. */
export const noteFirstHops = (
  { api, sender, amountE4 }: Stage,
  { journey, location }: Posted,
): Promise<void>[] => [
  journey.note("handled", async (deadlineMs) => {
    const document = await reached(api, location, "handled", deadlineMs);
    return document && { at: document.handledAt, detail: "a rule has said yes" };
  }),
  journey.note("visible", async (deadlineMs) => {
    const document = await reached(api, location, "visible", deadlineMs);
    const left = formatMoney(sender.availableE4 - amountE4);
    return document && { detail: `${sender.name} has ${left} left` };
  }),
];
