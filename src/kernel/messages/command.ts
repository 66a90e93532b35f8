/** A command on its way: what is asked for, by whom, and as part of which story. */
export type CommandEnvelope = {
  /** Unique in its stream: derived from the idempotency key, or from the transfer and step that caused it. */
  readonly commandId: string;
  readonly stream: string;
  readonly type: string;
  readonly data: object;
  /** When it was accepted; for a consequence, when its cause was committed. Never changes. */
  readonly acceptedAt: string;
  /** In whose name, as others may read it. */
  readonly actor: string;
  /** Who asked: the subject of the access token. Absent of what a process asks for. */
  readonly subject?: string;
  /** The client's command that everything goes back to. */
  readonly correlationId: string;
  /** The command that led directly to this one (itself, if a client sent it). */
  readonly causationId: string;
  readonly traceparent: string;
};

/** As stored in `commands` (partition key: stream). Written once, never changed. */
export type CommandDocument = CommandEnvelope & {
  /** The command id. */
  readonly id: string;
  /** Of the validated request: the same key with another body is another intention, and refused. */
  readonly fingerprint: string;
  /** The app that it came by, and the person's e-mail address as the issuer tells it. */
  readonly client?: string;
  readonly email?: string;
  /** Where the thing it is about can be read. */
  readonly resource: string;
};
