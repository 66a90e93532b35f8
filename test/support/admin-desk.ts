/** An approver at the admin app's interface for scripts (docs/admin.md). */
import assert from "node:assert/strict";
import { eventually } from "./eventually.ts";

/** Signs in as Grace, waits until the app has heard of the transfer, and approves it. */
export async function approveAtDesk(adminUrl: string, transferId: string): Promise<void> {
  const common = { "content-type": "application/json", origin: adminUrl };
  const session = await fetch(`${adminUrl}/api/session`, {
    method: "POST",
    headers: common,
    body: JSON.stringify({ email: "grace@bank.example", password: "let-me-decide" }),
  });
  assert.equal(session.status, 200);
  const cookie = session.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const headers = { ...common, cookie };
  const transfer = `${adminUrl}/api/transfers/${transferId}`;
  await eventually("the admin app has heard of the transfer", async () => {
    const { status } = await fetch(transfer, { headers });
    return status === 200;
  });
  const decided = await fetch(`${transfer}/approval`, { method: "POST", headers, body: "{}" });
  const body = (await decided.json()) as { outcome?: string };
  assert.equal(body.outcome, "approved", JSON.stringify(body));
}
