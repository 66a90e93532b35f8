/** Reads a password from standard input and prints its hash for the file of approvers. */
import { createInterface } from "node:readline/promises";
import { hashPassword } from "./sign-in/password-hash.ts";

const terminal = createInterface({ input: process.stdin, output: process.stderr });
const password = await terminal.question("Password: ");
terminal.close();
if (password.length < 8) {
  process.stderr.write("A password has at least eight characters.\n");
  process.exitCode = 1;
} else {
  process.stdout.write(`${await hashPassword(password)}\n`);
}
