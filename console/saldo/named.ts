/** What somebody may type into the search: told apart by form alone. */
export type Named =
  | { readonly what: "trace"; readonly traceId: string }
  | { readonly what: "transfer"; readonly transferId: string }
  | { readonly what: "stream"; readonly stream: string }
  | { readonly what: "command"; readonly commandId: string }
  | { readonly what: "nothing" };

export const named = (text: string): Named => {
  const word = text.trim();
  const traceId = /^(?:00-)?([0-9a-f]{32})(?:-[0-9a-f]{16}-[0-9a-f]{2})?$/i.exec(word)?.[1];
  if (traceId !== undefined) return { what: "trace", traceId: traceId.toLowerCase() };
  const [, transferId] = /^(?:transfers\/)?([0-9a-z]{16}-[0-9a-z]{20})$/.exec(word) ?? [];
  if (transferId !== undefined) return { what: "transfer", transferId };
  const [, account] = /^(?:account[-:]|accounts\/)?([0-9a-z]{16})$/.exec(word) ?? [];
  if (account !== undefined) return { what: "stream", stream: `account-${account}` };
  // The commands of a transfer's steps are named after it: `{transferId}.settle`.
  if (/^([0-9a-z]{16}-)?[0-9a-z]{20}(\.[\w-]+)?$/.test(word))
    return { what: "command", commandId: word };
  return { what: "nothing" };
};

/** `account-…` of the sender, whose id a transfer's begins with. */
export const senderOf = (transferId: string): string =>
  `account-${transferId.split("-", 1)[0] ?? ""}`;
