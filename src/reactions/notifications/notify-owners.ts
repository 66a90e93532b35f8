/** Event Grid → the outbox: the owner of an account is told what happened to their money and their requests. */
import type { IntegrationEvent } from "../../publishing/integration-events.ts";
import { notificationsOf } from "./notifications-of.ts";
import type { NotificationOutbox } from "./outbox.ts";

/** Safe to repeat and in any order; throws PlatformFault, so that Event Grid delivers the event again. */
export function notifyOwners(
  outbox: Pick<NotificationOutbox, "post">,
): (event: IntegrationEvent) => Promise<void> {
  return async (event) => {
    await Promise.all(notificationsOf(event).map((notification) => outbox.post(notification)));
  };
}
