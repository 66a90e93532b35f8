/** Event Grid → the outbox: the owner of an account is told what happened to their money and their requests. */
import { looksLikeDate } from "../../platform/stored-texts.ts";
import type { IntegrationEvent } from "../account/integration-events.ts";
import type { OriginalOf } from "../account/original-event.ts";
import { type Notification, notificationsOf } from "./notifications-of.ts";
import type { NotificationOutbox } from "./outbox.ts";

/** Safe to repeat and in any order; throws PlatformFault, so that Event Grid delivers the event again. */
export function notifyOwners(
  outbox: Pick<NotificationOutbox, "post">,
  originalOf: OriginalOf,
): (event: IntegrationEvent) => Promise<void> {
  return async (event) => {
    const arrived = notificationsOf(event);
    const notifications = arrived.some(isDistorted)
      ? notificationsOf(await originalOf(event))
      : arrived;
    await Promise.all(notifications.map((notification) => outbox.post(notification)));
  };
}

/** What a person gave as reason may have been another text. */
function isDistorted({ reason = "" }: Notification): boolean {
  return looksLikeDate(reason.trimStart());
}
