/** Who asks, as an access token tells it. */
export type Caller = {
  /** Never changes and is never given to somebody else: what ownership hangs on. */
  readonly subject: string;
  /** Of a person, if the issuer tells it: who decides about a transfer, but nobody gets access for it. */
  readonly email?: string;
  readonly roles: readonly Role[];
  /** The app that the request came by. */
  readonly client: string;
};

/**
 * `customer`: any person, by an app that may act for them. The others are app roles that the issuer assigns. An
 * `approval-desk` is an app that signs approvers in itself and names who decides.
 */
export type Role = "customer" | "approver" | "operator" | "approval-desk";
