/**
 * Envelopes as the Azure Monitor exporters send them (source: npm:@azure/monitor-opentelemetry-exporter, its generated
 * models and utils; the Breeze schema of Application Insights).
 */
import {
  logKinds,
  type Item,
  type LogItem,
  type MetricPoint,
  type Severity,
  type Span,
  type SpanLink,
} from "./items.ts";
import {
  isJsonObject,
  numberAt,
  objectAt,
  objectsAt,
  textAt,
  type JsonObject,
} from "../shared/json.ts";

/** Why an envelope was not accepted; the service answers it with 400 in the list of errors. */
export class EnvelopeRefused extends Error {
  override readonly name = "EnvelopeRefused";
}

/** @throws EnvelopeRefused */
export function readEnvelope(envelope: unknown): Item {
  if (!isJsonObject(envelope)) throw new EnvelopeRefused("The envelope is not a JSON object.");
  const atMs = Date.parse(textAt(envelope, "time"));
  if (Number.isNaN(atMs)) throw new EnvelopeRefused("Field 'time' is not a valid date.");
  if (!keyForm.test(textAt(envelope, "iKey")))
    throw new EnvelopeRefused("Invalid instrumentation key.");
  const data = objectAt(envelope, "data");
  const base = objectAt(data, "baseData");
  const context = { atMs, tags: objectAt(envelope, "tags"), base };
  const type = textAt(data, "baseType");
  switch (type) {
    case "RequestData":
      return { kind: "span", span: request(context) };
    case "RemoteDependencyData":
      return { kind: "span", span: dependency(context) };
    case "MessageData":
      return { kind: "log", log: message(context) };
    case "ExceptionData":
      return { kind: "log", log: exception(context) };
    case "EventData":
    case "PageViewData":
    case "AvailabilityData":
      return { kind: "log", log: customEvent(context) };
    case "MetricData":
      return { kind: "metrics", points: metrics(context) };
    default:
      throw new EnvelopeRefused(`Field 'baseType' is "${type}", which is none that is known.`);
  }
}

const keyForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Context = { readonly atMs: number; readonly tags: JsonObject; readonly base: JsonObject };

function request(context: Context): Span {
  const { base } = context;
  return {
    ...spanCommon(context),
    kind: "request",
    code: textAt(base, "responseCode"),
    type: "",
    target: textAt(base, "source"),
    detail: textAt(base, "url"),
  };
}

function dependency(context: Context): Span {
  const { base } = context;
  return {
    ...spanCommon(context),
    kind: "dependency",
    code: textAt(base, "resultCode"),
    type: textAt(base, "type"),
    target: textAt(base, "target"),
    detail: textAt(base, "data"),
  };
}

type OfSpan = Omit<Span, "kind" | "code" | "type" | "target" | "detail">;

function spanCommon({ atMs, tags, base }: Context): OfSpan {
  const properties = attributesOf(base);
  const { [linksProperty]: links, ...attributes } = properties;
  const traceId = textAt(tags, "ai.operation.id");
  const spanId = textAt(base, "id");
  if (traceId === "" || spanId === "")
    throw new EnvelopeRefused("A request or dependency needs an id and an operation id.");
  return {
    atMs,
    traceId,
    spanId,
    parentId: textAt(tags, "ai.operation.parentId"),
    name: textAt(base, "name"),
    service: serviceOf(tags),
    instance: textAt(tags, "ai.cloud.roleInstance"),
    durationMs: durationMs(textAt(base, "duration")),
    isFailed: base["success"] === false,
    attributes,
    links: linksIn(links),
  };
}

const linksProperty = "_MS.links";

/** `[{"operation_Id": "…", "id": "…"}]` as text (OBSERVED: the exporter puts span links into a property). */
function linksIn(text: string | undefined): readonly SpanLink[] {
  let links: unknown;
  try {
    links = JSON.parse(text ?? "[]");
  } catch {
    return []; // cut off by the exporter: properties have a longest length
  }
  if (!Array.isArray(links)) return [];
  return links
    .filter(isJsonObject)
    .map((link) => ({ traceId: textAt(link, "operation_Id"), spanId: textAt(link, "id") }));
}

/** `hh:mm:ss.fffffff`, with days before it where there are any: `1.02:00:00.5`. */
function durationMs(text: string): number {
  const match = /^(?:(\d+)\.)?(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec(text);
  if (match === null) throw new EnvelopeRefused(`Field 'duration' is "${text}".`);
  const [, days = "0", hours = "0", minutes = "0", seconds = "0"] = match;
  const wholeMinutes = (Number(days) * 24 + Number(hours)) * 60 + Number(minutes);
  return wholeMinutes * 60_000 + Math.round(Number(seconds) * 10_000_000) / 10_000;
}

function message(context: Context): LogItem {
  const { base } = context;
  const severity = severityOf(base["severityLevel"], 1);
  return { ...logCommon(context), kind: "message", severity, message: textAt(base, "message") };
}

function exception(context: Context): LogItem {
  const { base } = context;
  const [first] = objectsAt(base, "exceptions");
  return {
    ...logCommon(context),
    kind: "exception",
    severity: severityOf(base["severityLevel"], 3),
    message: first === undefined ? "" : textAt(first, "message"),
    type: first === undefined ? "" : textAt(first, "typeName"),
    stack: first === undefined ? "" : textAt(first, "stack"),
  };
}

function customEvent(context: Context): LogItem {
  const name = textAt(context.base, "name");
  return { ...logCommon(context), kind: logKinds[2], severity: 1, message: name };
}

function logCommon({ atMs, tags, base }: Context): Omit<LogItem, "kind" | "severity" | "message"> {
  return {
    atMs,
    traceId: textAt(tags, "ai.operation.id"),
    spanId: textAt(tags, "ai.operation.parentId"),
    service: serviceOf(tags),
    attributes: attributesOf(base),
    type: "",
    stack: "",
  };
}

const severities = ["Verbose", "Information", "Warning", "Error", "Critical"];

/** By name as the exporter sends it, or by number as older SDKs do. */
function severityOf(level: unknown, otherwise: Severity): Severity {
  const number = typeof level === "number" ? level : severities.indexOf(String(level));
  return number in severities ? (number as Severity) : otherwise;
}

function metrics({ atMs, tags, base }: Context): MetricPoint[] {
  const points = objectsAt(base, "metrics");
  if (points.length === 0) throw new EnvelopeRefused("Field 'metrics' is empty.");
  return points.filter(isMeasured).map((point) => {
    const value = numberAt(point, "value");
    if (value === undefined) throw new EnvelopeRefused("Field 'value' of a metric is no number.");
    return {
      atMs,
      service: serviceOf(tags),
      name: textAt(point, "name"),
      dimensions: attributesOf(base),
      value,
      ...counted(point),
    };
  });
}

/** The exporter sends one such point with every batch of spans, only to say whom they are from (OBSERVED). */
function isMeasured(point: JsonObject): boolean {
  return point["name"] !== "_OTELRESOURCE_";
}

function counted(point: JsonObject): Pick<MetricPoint, "count" | "min" | "max"> {
  const [count, min, max] = [
    numberAt(point, "count"),
    numberAt(point, "min"),
    numberAt(point, "max"),
  ];
  return {
    ...(count === undefined ? {} : { count }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
}

/** Properties and measurements alike: both are columns to whoever looks. */
function attributesOf(base: JsonObject): Record<string, string> {
  const all = { ...objectAt(base, "properties"), ...objectAt(base, "measurements") };
  return Object.fromEntries(Object.keys(all).map((name) => [name, textAt(all, name)]));
}

function serviceOf(tags: JsonObject): string {
  return textAt(tags, "ai.cloud.role");
}
