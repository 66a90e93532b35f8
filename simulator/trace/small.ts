import { balanceShown, inHistory, notified, reached, type Hop } from "./hops.ts";
import { noteFirstHops, post } from "./posting.ts";
import type { Stage } from "./stage.ts";

/** A transfer that goes at once: nobody is asked. */
export const traceSmall = async (stage: Stage): Promise<{ transferId: string; hops: Hop[] }> => {
  const { api, sender, receiver, amountE4 } = stage;
  const posted = await post(stage);
  const { journey, location, transferId } = posted;
  await Promise.all([
    ...noteFirstHops(stage, posted),
    journey.note("both balances", async (deadlineMs) => {
      const document = await reached(api, location, "settled", deadlineMs);
      if (document === undefined) return undefined;
      // The contract promises both balances with "settled": it is not looked for again.
      const [left, right] = await Promise.all([
        balanceShown(api, sender, sender.availableE4 - amountE4, 0),
        balanceShown(api, receiver, receiver.availableE4 + amountE4, 0),
      ]);
      return left && right && { detail: `${left.detail}, ${right.detail}` };
    }),
    journey.note("settled", async (deadlineMs) => {
      const settled = await inHistory(api, transferId, "settled", deadlineMs);
      return settled && { at: settled.at, detail: `by ${settled.by}` };
    }),
    journey.note(`${receiver.name} notified`, (deadlineMs) =>
      notified(api, { ...receiver, transferId }, "credits_received", deadlineMs),
    ),
  ]);
  return { transferId, hops: journey.hops() };
};
