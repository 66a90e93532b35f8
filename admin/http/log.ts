/** Tells the operators what failed, where and why; never anything that somebody typed. */
export type Log = (where: string, what: string, error?: unknown) => void;

/** One JSON object a line. */
export const logTo =
  (write: (line: string) => void): Log =>
  (where, what, error) => {
    const why = error instanceof Error ? (error.stack ?? error.message) : error;
    write(JSON.stringify({ at: new Date().toISOString(), where, what, why }));
  };
