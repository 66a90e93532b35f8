import { randomUUID } from "node:crypto";
import type { HttpRecord, InvocationRecord } from "./application-insights/envelopes.ts";
import type { HostTelemetry } from "./application-insights/telemetry.ts";
import type {
  CoreInvocationContext,
  CoreModule,
  CoreResponse,
  FunctionCallback,
  ProgrammingModel,
} from "./core-module.ts";
import type { HostFunction } from "./functions.ts";
import { describeError, type InvocationScope, type Logger } from "./log.ts";
import { continueTrace, toTraceparent, type TraceContext } from "./trace-context.ts";
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
  /** `traceparent` of spans that the invocation does not continue but is linked to. */
  readonly links?: readonly string[];
  /** The HTTP request that the invocation answers; what it is answered is asked when the invocation has ended. */
  readonly http?: Omit<HttpRecord, "resultCode"> & {
    readonly resultCode: (response: CoreResponse | undefined) => number;
  };
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

type InvokerServices = {
  readonly core: CoreModule;
  readonly model: ProgrammingModel;
  readonly logger: Logger;
  readonly telemetry: HostTelemetry | undefined;
};

export function createInvoker({ core, model, logger, telemetry }: InvokerServices): Invoker {
  const waiting: (() => void)[] = [];
  let running = 0;

  const invoke = async (
    target: HostFunction,
    request: InvocationRequest,
  ): Promise<CoreResponse> => {
    const scope: InvocationScope = {
      name: target.name,
      invocationId: request.invocationId ?? randomUUID(),
      trace: continueTrace(request.traceparent, request.tracestate),
    };
    const log = executionLog(logger, scope);
    const record = telemetry && startRecord(telemetry, scope, request);
    running += 1;
    log.started();
    try {
      const inputs = await target.inputData();
      const context = coreContext(core, target, scope, {
        invocationId: scope.invocationId,
        functionId: target.id,
        inputData: [{ name: target.triggerName, data: request.data }, ...inputs],
        triggerMetadata: request.triggerMetadata ?? {},
        traceContext: toRpcTraceContext(telemetry === undefined ? undefined : scope.trace),
        retryContext: request.retryContext ?? null,
      });
      const response = await runOnce(core, model, context, target.callback);
      log.succeeded();
      record?.({ response });
      return response;
    } catch (error) {
      log.failed(error);
      record?.({ error });
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
  scope: InvocationScope,
  request: CoreRequest,
): CoreInvocationContext {
  const category = `Function.${scope.name}`;
  return {
    invocationId: request.invocationId,
    metadata: target.metadata,
    request,
    state: undefined,
    log: (level, origin, message) => {
      core.log({ level, origin, message, category, scope });
    },
  };
}

/** Empty unless the host records telemetry (OBSERVED on host 4.1037): only then it has a span. */
function toRpcTraceContext(trace: TraceContext | undefined): object {
  return {
    traceParent: trace === undefined ? "" : toTraceparent(trace),
    traceState: trace?.state ?? "",
    attributes: {},
  };
}

/** What an invocation came to. */
type Result = { readonly response: CoreResponse } | { readonly error: unknown };

function startRecord(
  telemetry: HostTelemetry,
  scope: InvocationScope,
  { http, links = [] }: InvocationRequest,
): (result: Result) => void {
  const startedMs = Date.now();
  const startedAt = performance.now();
  return (result) => {
    const isFailed = "error" in result;
    const record: InvocationRecord = {
      scope,
      startedMs,
      durationMs: performance.now() - startedAt,
      failure: isFailed ? { error: result.error } : undefined,
      http: http && {
        ...http,
        resultCode: http.resultCode(isFailed ? undefined : result.response),
      },
      links,
    };
    telemetry.recordInvocation(record);
  };
}

type ExecutionLog = { started(): void; succeeded(): void; failed(error: unknown): void };

const silent: Pick<ExecutionLog, "started" | "succeeded"> = {
  started: () => undefined,
  succeeded: () => undefined,
};

function executionLog(logger: Logger, scope: InvocationScope): ExecutionLog {
  const { name, invocationId } = scope;
  const category = `Function.${name}`;
  const startedAt = performance.now();
  const ended = (how: string): string =>
    `Executed 'Functions.${name}' (${how}, Id=${invocationId}, ` +
    `Duration=${Math.round(performance.now() - startedAt)}ms)`;
  const failed = (error: unknown): void => {
    logger.write("error", category, `${ended("Failed")}\n${describeError(error)}`, scope);
  };
  if (!logger.isEnabled("information", category)) return { ...silent, failed };
  return {
    started: () => {
      const message = `Executing 'Functions.${name}' (Id=${invocationId})`;
      logger.write("information", category, message, scope);
    },
    succeeded: () => {
      logger.write("information", category, ended("Succeeded"), scope);
    },
    failed,
  };
}
