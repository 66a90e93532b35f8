/** Says whether a decoded path segment satisfies the constraint. */
export type Constraint = (value: string) => boolean;

/** By name as a route has it: none that every object inherits is among them. */
const patterns: ReadonlyMap<string, RegExp> = new Map([
  ["int", /^[+-]?\d{1,10}$/],
  ["long", /^[+-]?\d{1,19}$/],
  ["bool", /^(true|false)$/i],
  ["guid", /^\{?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$/i],
  ["alpha", /^[a-z]*$/i],
  ["decimal", /^[+-]?(\d+\.?\d*|\.\d+)$/],
  ["double", /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i],
  ["float", /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i],
  ["required", /./],
]);

const integerLimits: ReadonlyMap<string, readonly [bigint, bigint]> = new Map([
  ["int", [-(2n ** 31n), 2n ** 31n - 1n]],
  ["long", [-(2n ** 63n), 2n ** 63n - 1n]],
]);

/**
 * The constraints of ASP.NET Core routing that Azure Functions accept in `{name:constraint}`
 * (documentation: "Routing in ASP.NET Core", route constraints).
 * @throws Error for a constraint it does not know
 */
export function parseConstraint(text: string): Constraint {
  const [, name = "", argument] = /^(\w+)(?:\((.*)\))?$/.exec(text) ?? [];
  const pattern = patterns.get(name);
  if (argument === undefined) {
    if (name === "datetime") return (value) => !Number.isNaN(Date.parse(value));
    if (pattern !== undefined) return withinLimits(pattern, integerLimits.get(name));
  } else {
    const made = withArgument(name, argument);
    if (made !== undefined) return made;
  }
  throw new Error(`Unknown route constraint "${text}".`);
}

function withinLimits(pattern: RegExp, limits: readonly [bigint, bigint] | undefined): Constraint {
  if (limits === undefined) return (value) => pattern.test(value);
  const [lowest, highest] = limits;
  return (value) => {
    if (!pattern.test(value)) return false;
    const number = BigInt(value.replace("+", ""));
    return number >= lowest && number <= highest;
  };
}

function withArgument(name: string, argument: string): Constraint | undefined {
  if (name === "regex") {
    const pattern = new RegExp(argument, "i");
    return (value) => pattern.test(value);
  }
  const [low = Number.NaN, high = low] = argument.split(",").map(Number);
  const isBetween = (value: number): boolean => value >= low && value <= high;
  switch (name) {
    case "length":
      return (value) => isBetween(value.length);
    case "minlength":
      return (value) => value.length >= low;
    case "maxlength":
      return (value) => value.length <= low;
    case "min":
      return (value) => isInteger(value) && Number(value) >= low;
    case "max":
      return (value) => isInteger(value) && Number(value) <= low;
    case "range":
      return (value) => isInteger(value) && isBetween(Number(value));
    default:
      return undefined;
  }
}

function isInteger(value: string): boolean {
  return /^[+-]?\d+$/.test(value);
}
