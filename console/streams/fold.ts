/** A folded state as a flat list of fields, and what changed between two of them. */
export type Field = {
  readonly path: string;
  readonly value: string;
  /** Since the state before. */
  readonly change: "none" | "new" | "changed" | "gone";
};

export const fieldsOf = (state: unknown, before: unknown): readonly Field[] => {
  const now = flat(state);
  const earlier = flat(before);
  const fields = [...now].map(([path, value]): Field => {
    const was = earlier.get(path);
    return { path, value, change: was === undefined ? "new" : was === value ? "none" : "changed" };
  });
  const gone = [...earlier].filter(([path]) => !now.has(path));
  const all = [...fields, ...gone.map(([path, value]): Field => ({ path, value, change: "gone" }))];
  // That something is empty now, or was before, is told by what has gone from it or come into it.
  const isTold = ({ path, value }: Field): boolean =>
    (value === "{}" || value === "[]") && all.some((other) => other.path.startsWith(`${path}.`));
  return all.filter((field) => !isTold(field));
};

const flat = (value: unknown, path = ""): Map<string, string> => {
  if (typeof value !== "object" || value === null)
    return new Map(value === undefined ? [] : [[path, JSON.stringify(value)]]);
  const inner = Object.entries(value);
  if (inner.length === 0 && path !== "")
    return new Map([[path, Array.isArray(value) ? "[]" : "{}"]]);
  return new Map(
    inner.flatMap(([name, each]) => [...flat(each, path === "" ? name : `${path}.${name}`)]),
  );
};
