import { randomInt } from "node:crypto";
import type { Suite } from "../suite.ts";
import { compareWithNewtonsoft } from "./main.ts";

const documentCount = 20_000;

/** What the emulated host makes of texts that look like dates, and what Newtonsoft.Json does. */
export const newtonsoft: Suite = {
  name: "newtonsoft",
  run: async (selection, report) => {
    // The selection is the seed of an earlier run.
    const seed = selection === "" ? randomInt(1_000_000_000) : Number(selection);
    if (!Number.isInteger(seed)) return;
    const name = `${documentCount} generated documents, seed ${seed}`;
    try {
      await compareWithNewtonsoft(documentCount, seed);
      report({ name, passed: true, reason: "" });
    } catch (error) {
      report({ name, passed: false, reason: String(error) });
    }
  },
};
