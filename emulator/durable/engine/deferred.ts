/**
 * A task of the extension's: it settles once, and what waits for it goes on at once, before the next
 * event is processed, as on the single thread of an orchestrator in Azure.
 */
export type Deferred = {
  readonly isSettled: boolean;
  /** Later calls change nothing. */
  settle(how: Settlement): void;
  /** Calls back when it settles, at once if it has. */
  onSettled(next: (how: Settlement) => void): void;
};

export type Settlement = "completed" | "failed";

export function createDeferred(): Deferred {
  const waiting: ((how: Settlement) => void)[] = [];
  let settlement: Settlement | undefined;
  return {
    get isSettled() {
      return settlement !== undefined;
    },
    settle: (how) => {
      if (settlement !== undefined) return;
      settlement = how;
      for (const next of waiting.splice(0)) next(how);
    },
    onSettled: (next) => {
      if (settlement === undefined) waiting.push(next);
      else next(settlement);
    },
  };
}

export function settled(): Deferred {
  const deferred = createDeferred();
  deferred.settle("completed");
  return deferred;
}

/** Waits for all of them, also when one fails (unlike `Task.all` of the library). */
export function whenAll(tasks: readonly Deferred[]): Deferred {
  const all = createDeferred();
  let left = tasks.length;
  let outcome: Settlement = "completed";
  for (const task of tasks) {
    task.onSettled((how) => {
      left -= 1;
      if (how === "failed") outcome = how;
      if (left === 0) all.settle(outcome);
    });
  }
  return all;
}

/** Settles with the first that does, however that one ends. */
export function whenAny(tasks: readonly Deferred[]): Deferred {
  const any = createDeferred();
  for (const task of tasks) {
    task.onSettled(() => {
      any.settle("completed");
    });
  }
  return any;
}
