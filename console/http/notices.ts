import { randomUUID } from "node:crypto";

/** What became of something that was just done, shown on the next page. */
export type Notice = { readonly kind: "done" | "error"; readonly text: string };

export type Notices = {
  /** Gives the name under which the next page finds it. */
  leave(notice: Notice): string;
  find(name: string | undefined): Notice | undefined;
};

const kept = 50;

export const createNotices = (): Notices => {
  const notices = new Map<string, Notice>();
  return {
    leave: (notice) => {
      const name = randomUUID();
      notices.set(name, notice);
      for (const oldest of notices.keys()) {
        if (notices.size <= kept) break;
        notices.delete(oldest);
      }
      return name;
    },
    find: (name) => (name === undefined ? undefined : notices.get(name)),
  };
};
