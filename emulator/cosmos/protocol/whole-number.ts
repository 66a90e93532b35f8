/** The whole number that a header holds in decimal digits; undefined for any other text. */
export const wholeNumber = (text: string): number | undefined =>
  /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
