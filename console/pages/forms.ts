import type { Context } from "hono";
import { Problem } from "../http/problem.ts";

/** One field of a posted form, trimmed; empty if it is not there. */
export const optionalText = async (c: Context, name: string): Promise<string> => {
  const value = (await c.req.parseBody())[name];
  return typeof value === "string" ? value.trim() : "";
};

/** @throws Problem if it is not there */
export const formText = async (c: Context, name: string): Promise<string> => {
  const value = await optionalText(c, name);
  if (value === "") throw new Problem(400, "The form is not complete", `${name} is missing.`);
  return value;
};

/** @throws Problem unless it is a number from `least` to `most` */
export const formNumber = async (
  c: Context,
  name: string,
  { least, most }: { readonly least: number; readonly most: number },
): Promise<number> => {
  const value = Number(await formText(c, name));
  if (value >= least && value <= most) return value;
  throw new Problem(400, "The form is not valid", `${name} is a number from ${least} to ${most}.`);
};
