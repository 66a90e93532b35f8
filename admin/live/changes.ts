/** Tells whoever listens which transfers look different now. */
export type Changes = {
  announce: (transferIds: readonly string[]) => void;
  /** Gives the call that ends it. */
  listen: (listener: (transferIds: readonly string[]) => void) => () => void;
};

export const createChanges = (): Changes => {
  const listeners = new Set<(transferIds: readonly string[]) => void>();
  return {
    announce: (transferIds) => {
      if (transferIds.length > 0) for (const listener of [...listeners]) listener(transferIds);
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
