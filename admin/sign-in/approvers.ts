import { z } from "zod";
import { isPasswordHash } from "./password-hash.ts";

/** Somebody who may decide about transfers. */
export type Approver = {
  /** Lower case: it is the name they sign in and decide under. */
  email: string;
  name: string;
  passwordHash: string;
};

/** Reads the file of approvers; throws an error that says what is wrong with it. */
export const approversFrom = (json: string): Approver[] => {
  const read = approversShape.safeParse(JSON.parse(json));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Error(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "is wrong"}`);
};

const approversShape = z
  .array(
    z.object({
      email: z.email().toLowerCase(),
      name: z.string().min(1).max(100),
      passwordHash: z.string().refine(isPasswordHash, "is not made by admin/hash-password.ts"),
    }),
  )
  .min(1);
