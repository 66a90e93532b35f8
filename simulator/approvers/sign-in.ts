import { httpClient } from "../client/http.ts";
import { withRetries, type RetryPolicy } from "../client/retry.ts";
import { adminSession, type Credentials } from "./admin-api.ts";
import { newApprover, type Approver } from "./approver.ts";

const TIMEOUT_MS = 30_000;

/**
 * Lets the approvers in, each with connections and a session of their own. Every other one
 * watches the live stream; the others reload the page.
 *
 * @throws SignInRefused, ServiceUnreachable
 */
export const signInApprovers = async (
  admin: URL,
  people: readonly Credentials[],
  policy: RetryPolicy,
): Promise<{ approvers: Approver[]; close: () => void }> => {
  const client = httpClient(admin, TIMEOUT_MS);
  const sessions = people.map((person) =>
    adminSession(withRetries(client.send, policy), admin, person),
  );
  await Promise.all(sessions.map((session) => session.signIn()));
  const approvers = sessions.map((session, index) =>
    newApprover(people[index]?.email ?? "", session, index % 2 === 0 ? "watches_live" : "reloads"),
  );
  return {
    approvers,
    close: () => {
      for (const approver of approvers) approver.leave();
      client.close();
    },
  };
};
