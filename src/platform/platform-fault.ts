/**
 * The platform said "not now": throttling, an outage, an unknown outcome after a lost reply. Nothing is wrong with the
 * message, so it is never parked for it; a feed function lets it out, and the host delivers the batch again.
 */
export class PlatformFault extends Error {
  override readonly name = "PlatformFault";
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: ErrorOptions & { retryAfterMs?: number | undefined } = {}) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}
