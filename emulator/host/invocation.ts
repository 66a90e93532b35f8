import { randomUUID } from "node:crypto";
import type {
  CoreInvocationContext,
  CoreModule,
  CoreResponse,
  FunctionCallback,
  ProgrammingModel,
} from "./core-module.ts";
import type { HostFunction } from "./functions.ts";
import { describeError, type Logger } from "./log.ts";
import type { TypedData } from "./typed-data.ts";

export type InvocationRequest = {
  /** The trigger's data. */
  readonly data: TypedData;
  /** Default: a fresh one. */
  readonly invocationId?: string;
  readonly triggerMetadata?: Readonly<Record<string, TypedData>>;
  /** Given from the first repetition on. */
  readonly retryContext?: RetryContext;
  /** W3C header the invocation continues; default: a new trace. */
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
};

export type RetryContext = {
  readonly retryCount: number;
  /** -1 = for ever. */
  readonly maxRetryCount: number;
  readonly exception: {
    readonly message: string;
    readonly source: string;
    readonly stackTrace: string;
  };
};

export type Invoker = {
  /** Runs a function once through the app's hooks; rejects with what the handler threw. */
  invoke(target: HostFunction, request: InvocationRequest): Promise<CoreResponse>;
  /** Resolves when no invocation is running. */
  idle(): Promise<void>;
};

export function createInvoker(core: CoreModule, model: ProgrammingModel, logger: Logger): Invoker {
  const waiting: (() => void)[] = [];
  let running = 0;

  const invoke = async (
    target: HostFunction,
    request: InvocationRequest,
  ): Promise<CoreResponse> => {
    const invocationId = request.invocationId ?? randomUUID();
    const log = executionLog(logger, target, invocationId);
    running += 1;
    log.started();
    try {
      const inputs = await target.inputData();
      const context = coreContext(core, target, {
        invocationId,
        functionId: target.id,
        inputData: [{ name: target.triggerName, data: request.data }, ...inputs],
        triggerMetadata: request.triggerMetadata ?? {},
        traceContext: traceContext(request),
        retryContext: request.retryContext ?? null,
      });
      const response = await runOnce(core, model, context, target.callback);
      log.succeeded();
      return response;
    } catch (error) {
      log.failed(error);
      throw error;
    } finally {
      running -= 1;
      if (running === 0) for (const resolve of waiting.splice(0)) resolve();
    }
  };

  const idle = (): Promise<void> =>
    running === 0
      ? Promise.resolve()
      : new Promise((resolve) => {
          waiting.push(resolve);
        });

  return { invoke, idle };
}

type CoreRequest = CoreInvocationContext["request"] & { readonly invocationId: string };

/** One pass through the library, in the order of the real worker (src/InvocationHandler.ts). */
async function runOnce(
  core: CoreModule,
  model: ProgrammingModel,
  coreCtx: CoreInvocationContext,
  callback: FunctionCallback,
): Promise<CoreResponse> {
  const invocation = model.getInvocationModel(coreCtx);
  const { context, inputs } = await invocation.getArguments();
  if (!core.hasHooks("preInvocation") && !core.hasHooks("postInvocation")) {
    coreCtx.state = "invocation";
    const result = await invocation.invokeFunction(context, inputs, callback);
    return invocation.getResponse(context, result);
  }

  const hookData = {};
  const before = { hookData, inputs, functionCallback: callback, invocationContext: context };
  coreCtx.state = "preInvocationHooks";
  await core.runHooks("preInvocation", before);

  coreCtx.state = "invocation";
  const after: { result: unknown; error: unknown } & Record<string, unknown> = {
    hookData,
    inputs: before.inputs,
    invocationContext: context,
    result: null,
    error: null,
  };
  try {
    after.result = await invocation.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    after.error = error;
  }

  coreCtx.state = "postInvocationHooks";
  await core.runHooks("postInvocation", after);
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- what the handler threw
  if (after.error !== null && after.error !== undefined) throw after.error;
  return invocation.getResponse(context, after.result);
}

function coreContext(
  core: CoreModule,
  target: HostFunction,
  request: CoreRequest,
): CoreInvocationContext {
  const category = `Function.${target.name}`;
  return {
    invocationId: request.invocationId,
    metadata: target.metadata,
    request,
    state: undefined,
    log: (level, origin, message) => {
      core.log({ level, origin, message, category });
    },
  };
}

const traceparentForm = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/;

/** As the host's own request span would be: same trace, a span id of its own, sampled. */
function traceContext(request: InvocationRequest): object {
  const parent = traceparentForm.exec(request.traceparent ?? "");
  const fresh = randomUUID().replaceAll("-", "");
  const spanId = fresh.slice(16);
  const traceId = parent?.[1] ?? randomUUID().replaceAll("-", "");
  return {
    traceParent: `00-${traceId}-${spanId}-${parent?.[2] ?? "01"}`,
    traceState: parent === null ? "" : (request.tracestate ?? ""),
    attributes: {},
  };
}

type ExecutionLog = { started(): void; succeeded(): void; failed(error: unknown): void };

const silent: Pick<ExecutionLog, "started" | "succeeded"> = {
  started: () => undefined,
  succeeded: () => undefined,
};

function executionLog(logger: Logger, target: HostFunction, invocationId: string): ExecutionLog {
  const category = `Function.${target.name}`;
  const startedAt = performance.now();
  const ended = (how: string): string =>
    `Executed 'Functions.${target.name}' (${how}, Id=${invocationId}, ` +
    `Duration=${Math.round(performance.now() - startedAt)}ms)`;
  const failed = (error: unknown): void => {
    logger.write("error", category, `${ended("Failed")}\n${describeError(error)}`);
  };
  if (!logger.isEnabled("information", category)) return { ...silent, failed };
  return {
    started: () => {
      const message = `Executing 'Functions.${target.name}' (Id=${invocationId})`;
      logger.write("information", category, message);
    },
    succeeded: () => {
      logger.write("information", category, ended("Succeeded"));
    },
    failed,
  };
}
