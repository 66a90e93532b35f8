/** The emulator's control door, as tests use it: they change the weather over HTTP, whatever process it is in. */
import type { Usage } from "../../emulator/control/usage.ts";
import type { ActiveFault, FaultRule } from "../../emulator/cosmos/faults.ts";
import type { WeatherRule } from "../../emulator/event-grid/index.ts";
import { eventually } from "./eventually.ts";

type RequestKind = "create" | "replace" | "query" | "bulk";

export type Control = {
  /** How many requests of some kinds a container has answered since the process started. */
  requests(container: string, ...kinds: readonly RequestKind[]): Promise<number>;
  /** Waits until so many more requests have stored commands; `false` if the traffic is over before. */
  untilMoreCommands(more: number, isOver?: () => boolean): Promise<boolean>;
  /** Sets up a fault; answers its id. */
  fault(rule: FaultRule): Promise<string>;
  /** How often a fault has struck. */
  hits(id: string): Promise<number>;
  /** Ends one fault, or all of them. */
  clear(id?: string): Promise<void>;
  /** Sets up a rule of Event Grid's weather. */
  eventRule(rule: WeatherRule): Promise<void>;
  /** Those in force, with how often each has applied. */
  eventRules(): Promise<readonly (WeatherRule & { readonly hits: number })[]>;
  clearEventRules(): Promise<void>;
  /** Moves the time of the emulated services, of the functions and of the admin app. */
  advanceClock(ms: number): Promise<void>;
};

export function controlOf(controlUrl: string): Control {
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const init =
      body === undefined
        ? { method }
        : { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const response = await fetch(`${controlUrl}${path}`, init);
    if (!response.ok) throw new Error(`${method} ${path} answered ${await response.text()}`);
    return response.json();
  };
  const requests: Control["requests"] = async (container, ...kinds) => {
    const usage = (await call("GET", "/usage")) as Usage;
    return kinds.reduce((sum, kind) => sum + (usage[container]?.[kind]?.requests ?? 0), 0);
  };

  return {
    requests,
    untilMoreCommands: async (more, isOver = () => false) => {
      const stored = (): Promise<number> => requests("commands", "create", "bulk");
      const wanted = (await stored()) + more;
      await eventually("more commands", async () => isOver() || (await stored()) >= wanted);
      return !isOver();
    },
    fault: async (rule) => ((await call("POST", "/faults", rule)) as { id: string }).id,
    hits: async (id) => {
      const { faults } = (await call("GET", "/faults")) as { faults: ActiveFault[] };
      return faults.find((active) => active.id === id)?.hits ?? 0;
    },
    clear: async (id) => {
      await call("DELETE", id === undefined ? "/faults" : `/faults/${id}`);
    },
    eventRule: async (rule) => {
      await call("POST", "/event-grid/rules", rule);
    },
    eventRules: async () =>
      ((await call("GET", "/event-grid/rules")) as { rules: (WeatherRule & { hits: number })[] })
        .rules,
    clearEventRules: async () => {
      await call("DELETE", "/event-grid/rules");
    },
    advanceClock: async (ms) => {
      await call("POST", "/clock/advance", { ms });
    },
  };
}
