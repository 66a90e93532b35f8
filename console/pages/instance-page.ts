import { html } from "hono/html";
import type { HistoryEvent, Instance } from "../azure/instances.ts";
import type { StoredDocument } from "../azure/documents.ts";
import type { Read } from "../azure/source.ts";
import { nothing, type Html } from "../../web/html.ts";
import { page } from "./layout.ts";
import { badge, errorBox, json, moment } from "./parts.ts";
import { statusTone } from "./processes-page.ts";
import { durationText, shortJson } from "./texts.ts";

export type InstanceView = {
  readonly instance: Instance & { readonly historyEvents: readonly HistoryEvent[] };
  /** The transfer's read model. */
  readonly view: Read<StoredDocument | undefined>;
};

export const instancePage = ({ instance, view }: InstanceView): Html => {
  const { instanceId, name, runtimeStatus, createdTime, historyEvents, output } = instance;
  return page({
    title: `Process ${instanceId}`,
    section: "processes",
    asked: instanceId,
    content: html`
      <p class="back"><a href="/processes">Processes</a></p>
      <div class="page-head">
        <h1>${instanceId}</h1>
        <p class="lede">
          ${name} ${badge(runtimeStatus, statusTone(runtimeStatus))}
          <span class="hint">created ${moment(createdTime)}</span>
        </p>
        <p><a href="/causation?transfer=${instanceId}">Causation</a></p>
      </div>
      <div class="two">
        <section aria-labelledby="history">
          <h2 id="history">History</h2>
          <ol class="history">
            ${historyEvents.map((event, index) => historyLine(event, historyEvents[index - 1]))}
          </ol>
          ${
            output === null
              ? nothing
              : html`<h2>Output</h2>
                  ${json(output, "Output")}`
          }
        </section>
        <section aria-labelledby="view">
          <h2 id="view">The transfer</h2>
          ${view.isRead ? readModel(view.value) : errorBox(view.why)}
        </section>
      </div>
    `,
  });
};

const readModel = (view: StoredDocument | undefined): Html =>
  view === undefined
    ? html`<p class="hint">No read model is kept of it.</p>`
    : json(withoutSystem(view), "Read model");

const withoutSystem = (document: StoredDocument): object =>
  Object.fromEntries(Object.entries(document).filter(([name]) => !name.startsWith("_")));

const historyLine = (event: HistoryEvent, before: HistoryEvent | undefined): Html => {
  const { Timestamp, Input, Result } = event;
  const sinceMs = before === undefined ? 0 : Date.parse(Timestamp) - Date.parse(before.Timestamp);
  const told = Input ?? Result;
  return html`<li data-tone="${event.EventType.includes("Failed") ? "wrong" : "calm"}">
    <span>${sentence(event)}</span>
    <span class="hint"
      >${moment(Timestamp)}${sinceMs > 0 ? `, ${durationText(sinceMs)} later` : ""}</span
    >
    ${
      told === undefined || told === null
        ? nothing
        : html`<details>
            <summary>${shortJson(told, 70)}</summary>
            ${json(told, `Told at ${Timestamp}`)}
          </details>`
    }
  </li>`;
};

const sentence = (event: HistoryEvent): string => {
  const { EventType, FunctionName = "", Name = "", Timestamp, ScheduledTime, FireAt } = event;
  const tookMs = Date.parse(Timestamp) - Date.parse(ScheduledTime ?? Timestamp);
  switch (EventType) {
    case "ExecutionStarted":
      return `${FunctionName} started`;
    case "ExecutionCompleted":
      return `Ended: ${event.OrchestrationStatus ?? "completed"}`;
    case "TaskCompleted":
      return `Activity ${FunctionName} done in ${durationText(tookMs)}`;
    case "TaskFailed":
      return `Activity ${FunctionName} failed: ${event.Reason ?? ""}`;
    case "EventRaised":
      return `Told: ${Name}`;
    case "TimerCreated":
      return `Timer set${FireAt === undefined ? "" : ` for ${FireAt}`}`;
    case "TimerFired":
      return `Timer fired${FireAt === undefined ? "" : `, due ${FireAt}`}`;
    default:
      return [EventType, FunctionName, Name].filter((word) => word !== "").join(" ");
  }
};
