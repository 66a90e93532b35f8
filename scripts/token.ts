/**
 * `npm run -s token -- <who>`: prints an access token of the local issuer, for requests by hand. `who` is a person's e-mail
 * address, `operator` or `approval-desk`.
 */
import { portFrom } from "./environment.ts";
import { localTokens, type Who } from "./local-tokens.ts";

const [who] = process.argv.slice(2);
if (who === undefined || !isWho(who)) {
  console.error("Say whose token: an e-mail address, operator, or approval-desk.");
  process.exit(2);
}
const url = `http://127.0.0.1:${portFrom("SALDO_FUNCTIONS_PORT", 7071)}`;
try {
  console.log(await localTokens(url).of(who));
} catch (error) {
  console.error(`No token from ${url}: ${String(error)}. Is \`npm start\` running?`);
  process.exitCode = 3;
}

function isWho(word: string): word is Who {
  return word === "operator" || word === "approval-desk" || /^[^@\s]+@[^@\s]+$/.test(word);
}
