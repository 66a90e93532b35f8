import { describeError, type InvocationScope, type Logger, type LogLevel } from "./log.ts";
import type { TypedData } from "./typed-data.ts";

/**
 * The module `@azure/functions-core`, which exists on no registry: the worker of Azure Functions
 * makes it at run time, and `@azure/functions` finds its host through it (source:
 * Azure/azure-functions-nodejs-worker, src/setupCoreModule.ts).
 */
export type CoreModule = {
  /** What `require("@azure/functions-core")` answers. */
  readonly exports: object;
  readonly functions: ReadonlyMap<string, Registration>;
  readonly model: () => ProgrammingModel | undefined;
  /** Ends the start-up: from now on registering throws. */
  lock(): void;
  /** Runs the hooks of one name in order of registration; a throwing hook rejects. */
  runHooks(name: HookName, context: object): Promise<void>;
  hasHooks(name: HookName): boolean;
  /** Passes a line through the app's log hooks and on to the host's log. */
  log(line: LogLine): void;
};

type LogLine = {
  readonly level: LogLevel;
  /** Written by the app (`user`) or by the library (`system`). */
  readonly origin: string;
  readonly message: string;
  /** Log category of the invocation, e.g. `Function.accept`. */
  readonly category: string;
  readonly scope?: InvocationScope;
};

type HookName = "appStart" | "appTerminate" | "preInvocation" | "postInvocation" | "log";

export type Registration = {
  readonly id: string;
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
};

export type FunctionCallback = (...args: unknown[]) => unknown;

export type FunctionMetadata = {
  readonly name: string;
  readonly functionId?: string;
  /** By binding name; an HTTP answer goes out by `$return`. */
  readonly bindings: Readonly<Record<string, Binding>>;
  readonly retryOptions?: RetryOptions;
};

export type Binding = Readonly<Record<string, unknown>> & {
  readonly type: string;
  readonly direction: "in" | "out";
  readonly name?: string;
};

/** As the library hands it over: intervals rounded to whole seconds. */
export type RetryOptions = {
  readonly retryStrategy?: "fixedDelay" | "exponentialBackoff";
  readonly maxRetryCount?: number;
  readonly delayInterval?: { readonly seconds?: number };
  readonly minimumInterval?: { readonly seconds?: number };
  readonly maximumInterval?: { readonly seconds?: number };
};

export type ProgrammingModel = {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
  /** Locks `app.setup`; in stream mode starts the library's own HTTP server. */
  getCapabilities?(capabilities: Record<string, string>): Promise<Record<string, string>>;
};

type InvocationModel = {
  getArguments(): Promise<{ readonly context: unknown; readonly inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<CoreResponse>;
};

export type CoreResponse = {
  readonly returnValue?: TypedData | null;
  readonly outputData?: readonly { readonly name: string; readonly data: TypedData }[];
};

export type CoreInvocationContext = {
  readonly invocationId: string;
  readonly metadata: FunctionMetadata;
  readonly request: {
    readonly functionId: string;
    readonly inputData: readonly { readonly name: string; readonly data: TypedData }[];
    readonly triggerMetadata: Readonly<Record<string, TypedData>>;
    readonly traceContext: object;
    readonly retryContext: object | null;
  };
  state: "preInvocationHooks" | "invocation" | "postInvocationHooks" | undefined;
  log(level: LogLevel, origin: string, message: string): void;
};

/** Versions the library sees; it asks for a host of 4.34 or newer for log hooks. */
const workerVersion = "3.10.1";
const hostVersion = "4.1036.0";

export function createCoreModule(logger: Logger): CoreModule {
  const functions = new Map<string, Registration>();
  const hooks = createHookTable(logger);
  let model: ProgrammingModel | undefined;
  let locked = false;

  const requireStartUp = (action: string): void => {
    if (locked) throw new Error(`${action} only during app startup.`);
  };

  const log = ({ scope, ...line }: LogLine): void => {
    const context = { hookData: {}, ...line, category: line.origin };
    hooks.runLogHooks(context);
    const suffix = line.origin === "user" ? ".User" : "";
    logger.write(context.level, line.category + suffix, context.message, scope);
  };

  const exports = {
    version: workerVersion,
    hostVersion,
    Disposable,
    setProgrammingModel: (next: ProgrammingModel): void => {
      requireStartUp("The programming model can be set");
      model = next;
    },
    getProgrammingModel: () => model,
    registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback): Disposable => {
      requireStartUp("A function can be registered");
      const registration = toRegistration(metadata, callback);
      assertUnique(functions, registration);
      functions.set(registration.id, registration);
      return new Disposable(() => {
        requireStartUp("A function can be disposed");
        functions.delete(registration.id);
      });
    },
    registerHook: (name: string, callback: FunctionCallback) => hooks.register(name, callback),
    log: (level: LogLevel, origin: string, message: string): void => {
      log({ level, origin, message, category: "Worker" });
    },
  };

  return {
    exports,
    functions,
    log,
    model: () => model,
    lock: () => {
      locked = true;
    },
    runHooks: hooks.run,
    hasHooks: hooks.has,
  };
}

type HookTable = {
  readonly register: (name: string, callback: FunctionCallback) => Disposable;
  readonly run: (name: HookName, context: object) => Promise<void>;
  readonly has: (name: HookName) => boolean;
  readonly runLogHooks: (context: object) => void;
};

function createHookTable(logger: Logger): HookTable {
  const callbacks: Record<HookName, FunctionCallback[]> = {
    appStart: [],
    appTerminate: [],
    preInvocation: [],
    postInvocation: [],
    log: [],
  };
  const isHookName = (name: string): name is HookName => Object.hasOwn(callbacks, name);

  return {
    register: (name, callback) => {
      if (!isHookName(name)) throw new RangeError(`Unrecognized hook "${name}".`);
      callbacks[name].push(callback);
      return new Disposable(() => {
        callbacks[name] = callbacks[name].filter((other) => other !== callback);
      });
    },
    run: async (name, context) => {
      for (const callback of callbacks[name]) await callback(context);
    },
    has: (name) => callbacks[name].length > 0,
    runLogHooks: (context) => {
      for (const callback of callbacks.log) {
        try {
          callback(context);
        } catch (error) {
          logger.write("error", "Worker", `A log hook failed: ${describeError(error)}`);
        }
      }
    },
  };
}

/** The worker's own class of this name: hooks and registrations are taken back by `dispose()`. */
class Disposable {
  readonly #dispose: () => void;

  constructor(dispose: () => void) {
    this.#dispose = dispose;
  }

  dispose(): void {
    this.#dispose();
  }
}

function toRegistration(metadata: FunctionMetadata, callback: FunctionCallback): Registration {
  if (typeof callback !== "function") {
    throw new TypeError(`Function "${metadata.name}" has no handler.`);
  }
  return { id: metadata.functionId ?? metadata.name, metadata, callback };
}

/** Names decide routes, leases and `/admin/functions/{name}`, which all ignore case. */
function assertUnique(known: ReadonlyMap<string, Registration>, next: Registration): void {
  if (known.has(next.id)) {
    throw new Error(`A function with id "${next.id}" has already been registered.`);
  }
  const name = next.metadata.name.toLowerCase();
  for (const { metadata } of known.values()) {
    if (metadata.name.toLowerCase() === name) {
      throw new Error(`A function with the name "${metadata.name}" has already been registered.`);
    }
  }
}
