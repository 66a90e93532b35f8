import { uuid, type Random } from "../random.ts";
import type { Malformed } from "../world/intentions.ts";

/** A request with a flaw that the service must see at the door. */
export const malformedRequest = (
  accountIds: readonly string[],
  { random, keys }: { random: Random; keys: Random },
): Malformed => {
  const [code, path, body, key] = random.pick(FLAWS);
  return {
    kind: "malformed",
    key: key === undefined ? uuid(keys) : key(keys),
    duplicate: "none",
    expected: [code],
    path: path.replace("{accountId}", random.pick(accountIds)),
    body: body.replace("{receiverId}", random.pick(accountIds)),
  };
};

type Flaw = readonly [
  code: string,
  path: string,
  body: string,
  key?: (keys: Random) => string | undefined,
];

const ACCOUNTS = "/api/accounts";
const LOADS = "/api/accounts/{accountId}/loads";
const TRANSFERS = "/api/accounts/{accountId}/transfers";
/** More than 366 days, whenever this is run. */
const FAR_AHEAD = `{"to":"{receiverId}","amount":"1.00","scheduledFor":"2100-01-01T00:00:00.000Z"}`;
const LONG_NOTE = "x".repeat(141);

const FLAWS: readonly Flaw[] = [
  ["invalid_request", LOADS, `{"amount":"0"}`],
  ["invalid_request", LOADS, `{"amount":"0.00"}`],
  ["invalid_request", LOADS, `{"amount":"-5.00"}`],
  ["invalid_request", LOADS, `{"amount":"1.00001"}`],
  ["invalid_request", LOADS, `{"amount":"1,00"}`],
  ["invalid_request", LOADS, `{"amount":"1e3"}`],
  ["invalid_request", LOADS, `{"amount":""}`],
  ["invalid_request", LOADS, `{"amount":12.5}`],
  ["invalid_request", LOADS, `{"amount":null}`],
  ["invalid_request", LOADS, `{}`],
  ["invalid_request", LOADS, `[]`],
  ["invalid_request", "/api/accounts/NOBODY/loads", `{"amount":"1.00"}`],
  ["invalid_request", TRANSFERS, `{"amount":"1.00"}`],
  ["invalid_request", TRANSFERS, `{"to":"nobody","amount":"1.00"}`],
  ["invalid_request", TRANSFERS, `{"to":"{receiverId}","amount":"-0.01"}`],
  ["invalid_request", TRANSFERS, `{"to":"{receiverId}","amount":"1.00","note":"${LONG_NOTE}"}`],
  ["invalid_request", TRANSFERS, `{"to":"{receiverId}","amount":"1.00","scheduledFor":"soon"}`],
  ["invalid_request", TRANSFERS, FAR_AHEAD],
  ["invalid_request", ACCOUNTS, `{"email":"ada@example.com","currency":"EUR"}`],
  ["invalid_request", ACCOUNTS, `{"name":"Ada","email":"ada","currency":"EUR"}`],
  ["invalid_request", ACCOUNTS, `{"name":"Ada","email":"ada@example.com","currency":"euro"}`],
  ["malformed_json", LOADS, ""],
  ["malformed_json", LOADS, `{"amount":`],
  ["idempotency_key_missing", LOADS, `{"amount":"1.00"}`, () => undefined],
  ["idempotency_key_malformed", LOADS, `{"amount":"1.00"}`, (keys) => uuid(keys).slice(0, 15)],
];
