/** Names that the task hub has stored: what is deployed goes on under them. */

/** What new instances of the process are started with. */
export const transferProcessName = "transfer-process-v2";

export const activityNames = { look: "look-at-transfer", issue: "issue-commands" };
