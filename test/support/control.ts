/** The emulator's control door, as tests use it: they change the weather over HTTP, whatever process it is in. */
import type { Usage } from "../../emulator/control/usage.ts";
import type { ActiveFault, FaultRule } from "../../emulator/cosmos/faults.ts";

export type Control = {
  /** How many requests for a container's items have been answered since the start, of one kind or all. */
  requests(container: string, kind?: string): Promise<number>;
  /** Sets up a fault; answers its id. */
  fault(rule: FaultRule): Promise<string>;
  /** How often a fault has struck. */
  hits(id: string): Promise<number>;
  /** Ends one fault, or all of them. */
  clear(id?: string): Promise<void>;
  /** Moves the time of the emulated services; the functions' own clock stays as it is. */
  advanceClock(ms: number): Promise<void>;
};

export function controlOf(controlUrl: string): Control {
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(`${controlUrl}${path}`, init);
    if (!response.ok) throw new Error(`${method} ${path} answered ${await response.text()}`);
    return response.json();
  };
  return {
    requests: async (container, kind) => {
      const usage = (await call("GET", "/usage")) as Usage;
      const kinds = Object.entries(usage[container] ?? {});
      return kinds
        .filter(([name]) => kind === undefined || name === kind)
        .reduce((sum, [, { requests }]) => sum + requests, 0);
    },
    fault: async (rule) => ((await call("POST", "/faults", rule)) as { id: string }).id,
    hits: async (id) => {
      const { faults } = (await call("GET", "/faults")) as { faults: ActiveFault[] };
      return faults.find((active) => active.id === id)?.hits ?? 0;
    },
    clear: async (id) => {
      await call("DELETE", id === undefined ? "/faults" : `/faults/${id}`);
    },
    advanceClock: async (ms) => {
      await call("POST", "/clock/advance", { ms });
    },
  };
}
