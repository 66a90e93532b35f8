import { signInApprovers } from "../approvers/sign-in.ts";
import { accessTokens } from "../client/access-tokens.ts";
import { serviceApi, WAIT_SECONDS } from "../client/api.ts";
import { asOwner } from "../client/as-owner.ts";
import { httpClient } from "../client/http.ts";
import { withRetries } from "../client/retry.ts";
import type { Settings } from "../flags.ts";
import { formatMoney } from "../money.ts";
import { seededRandom } from "../random.ts";
import type { Hop } from "./hops.ts";
import { traceLarge } from "./large.ts";
import { traceSmall } from "./small.ts";
import { newStage, type Stage } from "./stage.ts";

/** The life of two transfers; printed as it is with `--json`. */
export type Traced = {
  url: string;
  admin: string;
  transfers: TracedTransfer[];
  /** 1 when something did not arrive. */
  exitCode: 0 | 1;
};

export type TracedTransfer = {
  size: "small" | "large";
  amount: string;
  from: string;
  to: string;
  transferId: string;
  /** In the order in which they were seen. */
  hops: Hop[];
};

const SMALL_E4 = 25_5000n;
const REQUEST_TIMEOUT_MS = (WAIT_SECONDS + 5) * 1000;

/**
 * Sends one small and one large transfer between new accounts, and notes when each hop of their
 * lives could be seen from outside.
 *
 * @throws ServiceUnreachable, SignInRefused, ContractBreach
 */
export const trace = async (settings: Settings): Promise<Traced> => {
  const { url, admin, patienceMs, operator, approvers: people } = settings;
  if (admin === undefined) throw new RangeError("A trace needs the admin app.");
  const random = seededRandom(settings.seed);
  const policy = { patienceMs, random, onRetry: () => undefined };
  const client = httpClient(url, REQUEST_TIMEOUT_MS);
  const signedSend = asOwner(client.send, accessTokens(client.send), operator);
  const api = serviceApi(withRetries(signedSend, policy), random);
  const { approvers, close } = await signInApprovers(admin, people.slice(0, 1), policy);
  try {
    const [approver] = approvers;
    if (approver === undefined) throw new RangeError("A trace needs an approver.");
    const small = await newStage(api, SMALL_E4, patienceMs);
    const large = await newStage(api, settings.approvalFromE4, patienceMs);
    const transfers = [
      { ...headOf("small", small), ...(await traceSmall(small)) },
      { ...headOf("large", large), ...(await traceLarge(large, approver)) },
    ];
    const everything = transfers.flatMap(({ hops }) => hops);
    const exitCode = everything.every(({ arrived }) => arrived) ? 0 : 1;
    return { url: url.origin, admin: admin.origin, transfers, exitCode };
  } finally {
    close();
    client.close();
  }
};

const headOf = (
  size: TracedTransfer["size"],
  { amountE4, sender, receiver }: Stage,
): Pick<TracedTransfer, "size" | "amount" | "from" | "to"> => ({
  size,
  amount: formatMoney(amountE4),
  from: sender.name,
  to: receiver.name,
});
