import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  isJsonObject,
  numberAt,
  objectAt,
  parseJsonObject,
  stringAt,
  type JsonObject,
} from "../shared/json.ts";
import type { SamplingSettings, TelemetryType } from "./application-insights/sampling.ts";
import type { LogLevel, LogLevels } from "./log.ts";

/** What host.json and local.settings.json (or its committed sample) say about the host itself. */
export type HostConfiguration = {
  readonly directory: string;
  /** `main` of package.json: a path or glob, relative to the directory. */
  readonly main: string;
  /** `Values` of local.settings.json. */
  readonly settings: Readonly<Record<string, string>>;
  readonly logLevels: LogLevels;
  readonly sampling: SamplingSettings;
  readonly http: HttpConfiguration;
  /** `extensions` of host.json, for the triggers that read their own section. */
  readonly extensions: JsonObject;
  /** `Host.LocalHttpPort`; Core Tools' default when absent. */
  readonly port: number;
  /** Access keys by name: `master` opens everything, any other name the `function` level. */
  readonly keys: Readonly<Record<string, string>>;
  /** Origins of `Host.CORS`; `*` admits all. */
  readonly corsOrigins: readonly string[];
};

export type HttpConfiguration = {
  readonly routePrefix: string;
  /** Requests waiting or running before 429 is answered. */
  readonly maxOutstandingRequests: number;
  /** Requests running at one time; the others wait. */
  readonly maxConcurrentRequests: number;
};

/** Thrown for a host.json, package.json or local.settings.json the host cannot start with. */
class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

const defaultPort = 7071;

/** @throws ConfigurationError when a file is missing, malformed or encrypted */
export function readConfiguration(
  directory: string,
  keys: Readonly<Record<string, string>>,
): HostConfiguration {
  const hostJson = readObject(directory, "host.json");
  if (hostJson === undefined) throw new ConfigurationError(`No host.json in ${directory}.`);
  const local = readLocalSettings(directory);
  const host = objectAt(local, "Host");
  const extensions = objectAt(hostJson, "extensions");
  const logging = objectAt(hostJson, "logging");
  return {
    directory,
    main: readMain(directory),
    settings: readTexts(objectAt(local, "Values")),
    logLevels: readLogLevels(objectAt(logging, "logLevel")),
    sampling: readSampling(objectAt(objectAt(logging, "applicationInsights"), "samplingSettings")),
    http: readHttp(objectAt(extensions, "http")),
    extensions,
    port: typeof host["LocalHttpPort"] === "number" ? host["LocalHttpPort"] : defaultPort,
    keys: { ...readTexts(objectAt(host, "Keys")), ...keys },
    corsOrigins: (stringAt(host, "CORS") ?? "")
      .split(",")
      .map((origin) => origin.trim())
      .filter((origin) => origin !== ""),
  };
}

/**
 * Puts the app settings into `process.env`, as Core Tools do: a variable already in the environment
 * wins over local.settings.json, `overrides` win over both.
 */
export function applySettings(
  { directory, settings }: HostConfiguration,
  overrides: Readonly<Record<string, string>>,
): void {
  for (const [name, value] of Object.entries(settings)) {
    if (readSetting(name) === undefined) process.env[name] = value;
  }
  Object.assign(process.env, overrides);
  process.env["FUNCTIONS_WORKER_RUNTIME"] ??= "node";
  process.env["AZURE_FUNCTIONS_ENVIRONMENT"] ??= "Development";
  process.env["AzureWebJobsScriptRoot"] = directory;
}

/**
 * Replaces every `%NAME%` by the app setting NAME (documentation: "Azure Functions binding
 * expression patterns", section app settings).
 * @throws ConfigurationError when the setting does not exist
 */
export function resolveSettings(value: unknown): unknown {
  if (typeof value === "string")
    return value.replace(/%([^%\s]+)%/g, (_, name: string) => setting(name));
  if (Array.isArray(value)) return value.map(resolveSettings);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, resolveSettings(entry)]),
  );
}

/** An app setting; names that every object inherits are not set unless they are. */
export function readSetting(name: string): string | undefined {
  return Object.hasOwn(process.env, name) ? process.env[name] : undefined;
}

function setting(name: string): string {
  const value = readSetting(name);
  if (value === undefined) throw new ConfigurationError(`'%${name}%' does not resolve to a value.`);
  return value;
}

function readLocalSettings(directory: string): JsonObject {
  const local =
    readObject(directory, "local.settings.json") ??
    readObject(directory, "local.settings.sample.json") ??
    {};
  if (local["IsEncrypted"] === true) {
    throw new ConfigurationError("local.settings.json is encrypted; run `func settings decrypt`.");
  }
  return local;
}

function readMain(directory: string): string {
  const main = stringAt(readObject(directory, "package.json") ?? {}, "main");
  if (main === undefined) {
    throw new ConfigurationError(`package.json in ${directory} has no "main" to load.`);
  }
  return main;
}

function readObject(directory: string, file: string): JsonObject | undefined {
  const path = join(directory, file);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  return parseJsonObject(text, path);
}

function readHttp(section: JsonObject): HttpConfiguration {
  const limit = (key: string): number => {
    const value = section[key];
    return typeof value === "number" && value > 0 ? value : Number.POSITIVE_INFINITY;
  };
  return {
    routePrefix: stringAt(section, "routePrefix") ?? "api",
    maxOutstandingRequests: limit("maxOutstandingRequests"),
    maxConcurrentRequests: limit("maxConcurrentRequests"),
  };
}

const telemetryTypes = ["Request", "Trace", "Exception"] as const satisfies TelemetryType[];

function readSampling(section: JsonObject): SamplingSettings {
  const listed = (key: string): readonly string[] =>
    (stringAt(section, key) ?? "").split(";").map((type) => type.trim().toLowerCase());
  const [included, excluded] = [listed("includedTypes"), listed("excludedTypes")];
  const isSampled = (type: TelemetryType): boolean =>
    (included.join("") === "" || included.includes(type.toLowerCase())) &&
    !excluded.includes(type.toLowerCase());
  return {
    isEnabled: section["isEnabled"] !== false,
    maxTelemetryItemsPerSecond: numberAt(section, "maxTelemetryItemsPerSecond") ?? 20,
    types: new Set(telemetryTypes.filter(isSampled)),
  };
}

function readLogLevels(section: JsonObject): LogLevels {
  return Object.fromEntries(
    Object.entries(section).map(([category, level]) => [category, logLevel(category, level)]),
  );
}

function logLevel(category: string, value: unknown): LogLevel | "none" {
  const level = typeof value === "string" ? value.toLowerCase() : value;
  switch (level) {
    case "trace":
    case "debug":
    case "information":
    case "warning":
    case "error":
    case "critical":
    case "none":
      return level;
    default:
      throw new ConfigurationError(`host.json: unknown log level for "${category}".`);
  }
}

function readTexts(section: JsonObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(section).map(([name, value]) => [name, settingText(name, value)]),
  );
}

function settingText(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new ConfigurationError(`local.settings.json: "${name}" must be a string.`);
}
