import type { Binding, FunctionCallback, FunctionMetadata, Registration } from "./core-module.ts";
import { toRetryPolicy, type RetryPolicy } from "./retry-policy.ts";
import { resolveSettings } from "./settings.ts";
import type { TypedData } from "./typed-data.ts";

/** A registered function as the host runs it, its binding values resolved. */
export type HostFunction = {
  readonly name: string;
  readonly id: string;
  /** Type of the trigger in lower case, e.g. `cosmosdbtrigger`. */
  readonly triggerType: string;
  readonly trigger: Binding;
  /** Under this name the trigger's data is handed over. */
  readonly triggerName: string;
  /** Data of the input bindings beside the trigger, made anew for each invocation. */
  readonly inputData: () => Promise<readonly InputData[]>;
  readonly retry: RetryPolicy | undefined;
  readonly metadata: FunctionMetadata;
  readonly callback: FunctionCallback;
};

type InputData = { readonly name: string; readonly data: TypedData };

/** Makes the data of one input binding, at each invocation of its function. */
export type InputKind = (binding: Binding) => Promise<TypedData>;

/**
 * @throws ConfigurationError when a `%SETTING%` does not exist
 * @throws Error when the function has not exactly one trigger, or a binding the host does not know
 */
export function toHostFunction(
  registration: Registration,
  inputKinds: ReadonlyMap<string, InputKind>,
): HostFunction {
  const { id, metadata, callback } = registration;
  const bindings = Object.entries(metadata.bindings).map(
    ([name, binding]) => [name, resolveSettings(binding) as Binding] as const,
  );
  const triggers = bindings.filter(([, { type }]) => /trigger$/i.test(type));
  const [trigger] = triggers;
  if (trigger === undefined || triggers.length > 1) {
    throw new Error(`Function "${metadata.name}" must have exactly one trigger.`);
  }
  const target = {
    name: metadata.name,
    id,
    triggerType: trigger[1].type.toLowerCase(),
    trigger: trigger[1],
    triggerName: trigger[0],
    retry: toRetryPolicy(metadata.retryOptions),
    metadata,
    callback,
  };
  const others = bindings.filter((binding) => binding !== trigger);
  const inputs = others.flatMap(([name, binding]) => {
    if (binding.direction === "out") {
      if (name !== "$return" || binding.type !== "http") throw unsupported(binding);
      return [];
    }
    const kind = inputKinds.get(binding.type.toLowerCase());
    if (kind === undefined) throw unsupported(binding);
    return [{ name, binding, kind }];
  });
  return {
    ...target,
    inputData: () =>
      Promise.all(
        inputs.map(async ({ name, binding, kind }) => ({ name, data: await kind(binding) })),
      ),
  };
}

function unsupported({ direction, type }: Binding): Error {
  return new Error(`The ${direction}put binding type "${type}" is not supported.`);
}

/** Text option of a binding; empty counts as absent. */
export function textOption(binding: Binding, key: string): string | undefined {
  const value = binding[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Numeric option of a binding, which may have come as the text of an app setting. */
export function numberOption(binding: Binding, key: string, fallback: number): number {
  const value = binding[key];
  if (value === undefined || value === null || value === "") return fallback;
  const number = Number(value);
  if (Number.isFinite(number)) return number;
  throw new Error(`"${key}" must be a number, but is ${JSON.stringify(value)}.`);
}

/** Yes-or-no option of a binding, which may have come as the text of an app setting. */
export function flagOption(binding: Binding, key: string): boolean {
  const value = binding[key];
  return value === true || (typeof value === "string" && value.toLowerCase() === "true");
}
