/** given(process).when(…news and passing time).then(…commands): a process's behaviour as a story in time. */
import assert from "node:assert/strict";
import type { Message } from "../../domain/kernel/decider.ts";
import type { Next, Process, Step } from "../../domain/kernel/process.ts";

export type Story<News> = {
  /** News has come by itself. */
  hears(news: News): Story<News>;
  /** The process looks, and this is how things stand; it must have wanted to. */
  sees(news: News): Story<News>;
  /** Time passes up to an instant (ms); the process wakes as often as it wanted to. */
  until(atMs: number): Story<News>;
  /** The commands of the last step or, after time has passed, of all steps on the way. */
  thenIssues(
    ...commands: readonly (Message & { readonly to: string; readonly id: string })[]
  ): Story<News>;
  thenNext(next: Next): Story<News>;
};

/** A process that has just been started, at `atMs`. */
export function tell<State, News>(process: Process<State, News>, atMs: number): Story<News> {
  let nowMs = atMs;
  let step: Step<State> = {
    state: process.initialState,
    commands: [],
    next: { kind: "look" },
  };
  let issued: Step<State>["commands"] = [];
  const take = (next: Step<State>): Story<News> => {
    step = next;
    issued = next.commands;
    return story;
  };
  const story: Story<News> = {
    hears: (news) => take(process.hear(step.state, news, nowMs)),
    sees: (news) => {
      assert.equal(step.next.kind, "look", "the process did not want to look");
      return take(process.see(step.state, news, nowMs));
    },
    until: (untilMs) => {
      const onTheWay = [];
      while (step.next.kind === "wait" && step.next.untilMs <= untilMs) {
        nowMs = step.next.untilMs;
        step = process.wake(step.state, nowMs);
        onTheWay.push(...step.commands);
      }
      nowMs = untilMs;
      issued = onTheWay;
      return story;
    },
    thenIssues: (...commands) => {
      const told = issued.map(({ stream, commandId, command }) => ({
        to: stream,
        id: commandId,
        ...command,
      }));
      assert.deepEqual(told, commands);
      return story;
    },
    thenNext: (next) => {
      assert.deepEqual(step.next, next);
      return story;
    },
  };
  return story;
}
