import type { Approver } from "../approvers/approver.ts";
import type { NotificationType } from "../client/transfer-documents.ts";
import { formatMoney } from "../money.ts";
import { balanceShown, inHistory, notified, type Hop } from "./hops.ts";
import { noteFirstHops, post, type Posted } from "./posting.ts";
import type { Stage } from "./stage.ts";

/** A transfer that waits until a person has approved it in the admin app. */
export const traceLarge = async (
  stage: Stage,
  approver: Approver,
): Promise<{ transferId: string; hops: Hop[] }> => {
  const { api, sender, receiver, amountE4 } = stage;
  const posted = await post(stage);
  const { journey, transferId } = posted;
  const told = (who: Stage["sender"], what: string, type: NotificationType): Promise<void> =>
    journey.note(`${who.name} notified: ${what}`, (deadlineMs) =>
      notified(api, { ...who, transferId }, type, deadlineMs),
    );
  /** One after another: so many eyes on one transfer would be in its way. */
  const recorded = async (...hops: [hop: string, what: string][]): Promise<void> => {
    for (const [hop, what] of hops) {
      await journey.note(hop, async (deadlineMs) => {
        const found = await inHistory(api, transferId, what, deadlineMs);
        return found && { at: found.at, detail: `by ${found.by}` };
      });
    }
  };
  await Promise.all([
    ...noteFirstHops(stage, posted),
    recorded(
      ["approval requested", "approval_requested"],
      ["approved", "approved"],
      ["settled", "settled"],
    ),
    decide(approver, posted, stage),
    journey.note(`${sender.name}'s balance`, (deadlineMs) =>
      balanceShown(api, sender, sender.availableE4 - amountE4, deadlineMs),
    ),
    journey.note(`${receiver.name}'s balance`, (deadlineMs) =>
      balanceShown(api, receiver, receiver.availableE4 + amountE4, deadlineMs),
    ),
    told(sender, "waiting", "transfer_awaiting_approval"),
    told(sender, "approved", "transfer_approved"),
    told(receiver, "received", "credits_received"),
  ]);
  return { transferId, hops: journey.hops() };
};

/** The approver sees it on the live page, and approves at once. */
const decide = async (
  { email, session, sees }: Approver,
  { journey, transferId }: Posted,
  { patienceMs }: Stage,
): Promise<void> => {
  await journey.note("in the admin app", async () => {
    const shown = await sees(transferId, patienceMs);
    if (shown === undefined) return undefined;
    return { detail: `${email} sees ${formatMoney(shown.amountE4)} ${shown.currency}` };
  });
  await journey.note("decision answered", async () => {
    const answer = await session.decide(transferId, "approval", "as an example");
    return answer.outcome === "approved" ? { detail: answer.detail } : undefined;
  });
};
