import type { TransferStore } from "../store/transfers.ts";
import { listItem } from "../transfers/shown.ts";
import type { Changes } from "./changes.ts";

/** Server-sent events (HTML Standard, "Server-sent events"): one `transfer` for every change. */
export type LiveStreams = {
  /**
   * A stream of all changes after the one given, past ones included. It ends when `mayGoOn` says
   * no, when the reader is too slow or when the app closes; a browser then comes back by itself.
   */
  open: (after: number, mayGoOn: () => boolean) => ReadableStream<Uint8Array>;
  close: () => void;
};

type Needs = { transfers: TransferStore; changes: Changes };

export const createLiveStreams = ({ transfers, changes }: Needs): LiveStreams => {
  const endings = new Set<() => void>();
  let isClosed = false;

  const open = (after: number, mayGoOn: () => boolean): ReadableStream<Uint8Array> => {
    const encoder = new TextEncoder();
    // A number from the future belongs to a store that is gone: then everything is news.
    let sent = after > transfers.lastChange() ? 0 : after;
    let end = (): void => undefined;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          const write = (text: string): void => {
            if ((controller.desiredSize ?? 0) < -unreadAtMostBytes) end();
            else controller.enqueue(encoder.encode(text));
          };
          const sendNews = (): void => {
            const news = transfers.newerThan(sent).map((transfer) => {
              sent = transfer.change;
              const data = JSON.stringify(listItem(transfer));
              return `id: ${transfer.change}\nevent: transfer\ndata: ${data}\n\n`;
            });
            if (news.length > 0) write(news.join(""));
          };
          const beat = setInterval(() => {
            if (mayGoOn()) write(": still here\n\n");
            else end();
          }, beatMs);
          const stopListening = changes.listen(sendNews);
          end = () => {
            clearInterval(beat);
            stopListening();
            if (endings.delete(end)) controller.close();
          };
          endings.add(end);
          write(`retry: ${comeBackAfterMs}\n\n`);
          sendNews();
          if (isClosed) end();
        },
        cancel: () => {
          endings.delete(end); // closed by the reader: only what listens is left to end
          end();
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
    );
  };

  return {
    open,
    close: () => {
      isClosed = true;
      for (const end of [...endings]) end();
    },
  };
};

/** Keeps proxies from closing a quiet connection, and notices a session that has ended. */
const beatMs = 15_000;

const comeBackAfterMs = 1_000;

const unreadAtMostBytes = 1_024 * 1_024;
