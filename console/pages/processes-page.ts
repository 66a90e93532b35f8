import { html } from "hono/html";
import type { Instance } from "../azure/instances.ts";
import type { ProcessItem } from "../azure/operators.ts";
import type { Read } from "../azure/source.ts";
import type { Html } from "../../web/html.ts";
import { page } from "./layout.ts";
import { age, badge, empty, errorBox, moment, scrolling, type Tone } from "./parts.ts";

export type ProcessesView = {
  readonly led: Read<readonly ProcessItem[]>;
  readonly listed: Read<readonly Instance[]>;
  readonly nowMs: number;
};

export const processesPage = ({ led, listed, nowMs }: ProcessesView): Html =>
  page({
    title: "Processes",
    section: "processes",
    live: 3_000,
    content: html`
      <div class="page-head">
        <h1>Processes</h1>
        <p class="lede">
          Transfers that wait for people or time, and the Durable instances that lead them.
        </p>
      </div>
      <h2>Not ended</h2>
      <div data-live="led">${led.isRead ? ledTable(led.value, nowMs) : errorBox(led.why)}</div>
      <h2>Instances in the task hub</h2>
      <div data-live="instances">
        ${listed.isRead ? instanceTable(listed.value) : errorBox(listed.why)}
      </div>
    `,
  });

const ledTable = (items: readonly ProcessItem[], nowMs: number): Html =>
  items.length === 0
    ? empty("No transfer waits", "One that is scheduled or needs approval appears here.")
    : scrolling(
        "Transfers that a process leads",
        html`<table>
          <thead>
            <tr>
              <th scope="col">Transfer</th>
              <th scope="col">Stage</th>
              <th scope="col">Since</th>
              <th scope="col">Due</th>
              <th scope="col">State</th>
              <th scope="col">Instance</th>
              <th scope="col">Story</th>
            </tr>
          </thead>
          <tbody>
            ${items.map(
              ({ transferId, stage, since, dueAt, isOverdue, runtimeStatus }) =>
                html`<tr>
                  <th scope="row">
                    <a class="id" href="/processes/${transferId}">${transferId}</a>
                  </th>
                  <td>${stage}</td>
                  <td>${age(since, nowMs)}</td>
                  <td>${dueAt === undefined ? "now" : age(dueAt, nowMs)}</td>
                  <td>${isOverdue ? badge("overdue", "wrong") : badge("in time", "good")}</td>
                  <td>${badge(runtimeStatus, runtimeStatus === "running" ? "calm" : "wrong")}</td>
                  <td>
                    <a
                      href="/causation?transfer=${transferId}"
                      aria-label="Causation of ${transferId}"
                      >causation</a
                    >
                  </td>
                </tr>`,
            )}
          </tbody>
        </table>`,
      );

const instanceTable = (instances: readonly Instance[]): Html =>
  instances.length === 0
    ? empty("The task hub is empty", "No process has been started yet.")
    : scrolling(
        "Instances",
        html`<table>
          <thead>
            <tr>
              <th scope="col">Instance</th>
              <th scope="col">Orchestrator</th>
              <th scope="col">Status</th>
              <th scope="col">Created</th>
              <th scope="col">Updated</th>
            </tr>
          </thead>
          <tbody>
            ${instances.map(
              ({ instanceId, name, runtimeStatus, createdTime, lastUpdatedTime }) =>
                html`<tr>
                  <th scope="row">
                    <a class="id" href="/processes/${encodeURIComponent(instanceId)}"
                      >${instanceId}</a
                    >
                  </th>
                  <td>${name}</td>
                  <td>${badge(runtimeStatus, statusTone(runtimeStatus))}</td>
                  <td>${moment(createdTime)}</td>
                  <td>${moment(lastUpdatedTime)}</td>
                </tr>`,
            )}
          </tbody>
        </table>`,
      );

export const statusTone = (status: string): Tone => {
  if (status === "Completed") return "good";
  return status === "Failed" || status === "Terminated" ? "wrong" : "calm";
};
