/** HTML from templates in which every value is escaped, unless it is HTML already. */

/** Markup as it is. */
export type Html = { readonly raw: string };

export function html(parts: TemplateStringsArray, ...values: readonly (string | Html)[]): Html {
  const shown = values.map((value) => (typeof value === "string" ? escaped(value) : value.raw));
  return { raw: parts.map((part, index) => part + (shown[index] ?? "")).join("") };
}

export function joined(parts: readonly Html[]): Html {
  return { raw: parts.map(({ raw }) => raw).join("") };
}

/** A sentence in which `code` stands between backticks. */
export function marked(sentence: string): Html {
  return joined(
    sentence
      .split("`")
      .map((part, index) => (index % 2 === 0 ? html`${part}` : html`<code>${part}</code>`)),
  );
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
