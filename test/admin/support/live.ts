import { withCookie, type ApproverClient } from "./approver.ts";
import type { Admin } from "./given.ts";

type LiveEvent = { id: string; event: string; data: Record<string, unknown> };

export type Live = {
  type: string | null;
  /** The next event, or undefined once the stream has ended. */
  next: () => Promise<LiveEvent | undefined>;
  leave: () => void;
};

/** Reads server-sent events as they come. */
export async function openLive(
  admin: Admin,
  { cookie }: Pick<ApproverClient, "cookie">,
  lastEventId?: string,
): Promise<Live> {
  const leaving = new AbortController();
  const response = await fetch(`${admin.url}/api/live`, {
    headers: { cookie, ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }) },
    signal: AbortSignal.any([leaving.signal, AbortSignal.timeout(patienceMs)]),
  });
  if (response.body === null) throw new Error("There is no stream.");
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let unread = "";

  const next = async (): Promise<LiveEvent | undefined> => {
    for (;;) {
      const end = unread.indexOf("\n\n");
      if (end >= 0) {
        const block = unread.slice(0, end);
        unread = unread.slice(end + 2);
        const fields = new Map(block.split("\n").map((line) => split(line)));
        const data = fields.get("data");
        if (data === undefined) continue;
        return {
          id: fields.get("id") ?? "",
          event: fields.get("event") ?? "",
          data: JSON.parse(data) as Record<string, unknown>,
        };
      }
      const { done, value } = await reader.read();
      if (done) return undefined;
      unread += value;
    }
  };

  return {
    type: response.headers.get("content-type"),
    next,
    leave: (): void => {
      leaving.abort();
    },
  };
}

const split = (line: string): [string, string] => {
  const colon = line.indexOf(": ");
  return [line.slice(0, colon), line.slice(colon + 2)];
};

/** Waits on the live stream until a transfer looks as wanted: no polling, no fixed times. */
export async function until(
  admin: Admin,
  cookie: string,
  transferId: string,
  isWanted: (transfer: Record<string, unknown>) => boolean,
): Promise<Record<string, unknown>> {
  const live = await openLive(admin, { cookie });
  try {
    const { status, body } = await withCookie(admin, cookie).get(`/api/transfers/${transferId}`);
    if (status === 200 && isWanted(body)) return body;
    for (;;) {
      const event = await live.next();
      if (event === undefined) throw new Error("The live stream has ended.");
      if (event.data["transferId"] === transferId && isWanted(event.data)) return event.data;
    }
  } finally {
    live.leave();
  }
}

/** Longer than anything takes on a busy machine: only what never comes fails. */
const patienceMs = 90_000;
