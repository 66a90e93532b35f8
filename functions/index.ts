/** The entry of the deployed bundle: every trigger there is. */
import "./feed.handle-commands.ts";
import "./feed.handle-events.ts";
import "./http.close-account.ts";
import "./http.freeze-account.ts";
import "./http.load-credits.ts";
import "./http.open-account.ts";
import "./http.past-balance.ts";
import "./http.replay-dead-letters.ts";
import "./http.send-credits.ts";
import "./http.show-account.ts";
import "./http.show-command.ts";
import "./http.show-dead-letters.ts";
import "./http.show-statement.ts";
import "./http.show-totals.ts";
import "./http.show-transfer.ts";
import "./http.unfreeze-account.ts";
