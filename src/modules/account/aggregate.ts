import { accountReactions } from "../../../domain/account/account.reactions.ts";
import { accountPostings } from "../../../domain/account/account.postings.ts";
import { account } from "../../../domain/account/account.ts";
import type { AccountEvent } from "../../../domain/account/account.messages.ts";
import type { Aggregate } from "../../kernel/messages/model.ts";
import { faultInSums } from "./adds-up.ts";
import { measureEvent } from "./measure-event.ts";
import { accountCommandSchemas } from "./stored-commands.ts";
import { accountEventSchemas, accountStateSchema } from "./stored-events.ts";
import { toIntegrationEvents } from "./to-integration-events.ts";

export const accountAggregate: Aggregate = {
  decider: account,
  reactor: accountReactions,
  commands: accountCommandSchemas,
  events: accountEventSchemas,
  state: accountStateSchema,
  postings: (event, stream) => accountPostings(event as AccountEvent, stream),
  tell: toIntegrationEvents,
  faultInSums,
  measure: (event) => {
    measureEvent(event as unknown as AccountEvent);
  },
};
