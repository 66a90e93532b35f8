import { jsonApi } from "./source.ts";

/** The emulator's control door: what the weather is, and how to change it (docs/emulator-control.md). */
export type ControlDoor = {
  weather(): Promise<Weather>;
  usage(): Promise<Usage>;
  addFault(rule: object): Promise<void>;
  addEventRule(rule: object): Promise<void>;
  clearFault(id: string): Promise<void>;
  clearEventRule(id: string): Promise<void>;
  clearAll(): Promise<void>;
  advanceClock(ms: number): Promise<void>;
};

export type Weather = {
  readonly faults: readonly Rule[];
  readonly eventRules: readonly Rule[];
  /** The emulated services' time, ISO 8601, and how far it is ahead of this machine's. */
  readonly now: string;
  readonly aheadMs: number;
};

export type Rule = {
  readonly id: string;
  readonly hits: number;
  readonly match?: Readonly<Record<string, unknown>>;
  readonly effect: { readonly kind: string } & Readonly<Record<string, unknown>>;
  readonly times?: number;
  readonly probability?: number;
};

/** Container → kind of request → count. */
export type Usage = Readonly<
  Record<
    string,
    Readonly<Record<string, { readonly requests: number; readonly requestUnits: number }>>
  >
>;

export const controlDoorAt = (controlUrl: string): ControlDoor => {
  const api = jsonApi("The control door", controlUrl);
  const clear = async (path: string): Promise<void> => {
    await api.remove(path);
  };
  return {
    weather: async () => {
      const [faults, rules, clock] = await Promise.all([
        api.get("/faults"),
        api.get("/event-grid/rules"),
        api.get("/clock"),
      ]);
      const { now } = clock as { now: string };
      return {
        faults: (faults as { faults: Rule[] }).faults,
        eventRules: (rules as { rules: Rule[] }).rules,
        now,
        aheadMs: Date.parse(now) - Date.now(),
      };
    },
    usage: async () => (await api.get("/usage")) as Usage,
    addFault: async (rule) => {
      await api.post("/faults", rule);
    },
    addEventRule: async (rule) => {
      await api.post("/event-grid/rules", rule);
    },
    clearFault: (id) => clear(`/faults/${encodeURIComponent(id)}`),
    clearEventRule: (id) => clear(`/event-grid/rules/${encodeURIComponent(id)}`),
    clearAll: async () => {
      await Promise.all([clear("/faults"), clear("/event-grid/rules")]);
    },
    advanceClock: async (ms) => {
      await api.post("/clock/advance", { ms });
    },
  };
};
