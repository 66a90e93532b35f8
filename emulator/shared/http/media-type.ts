/** `application/json`, or a type built on it (RFC 6839, suffix `+json`), whatever its parameters. */
export function isJsonType(contentType: string | undefined): boolean {
  const [type = ""] = (contentType ?? "").toLowerCase().split(";", 1);
  return /^application\/([\w.-]+\+)?json$/.test(type.trim());
}
