type Due = { readonly dueAt: number; readonly number: number };

/** What waits, the first due on top; of equals the one with the lowest number. */
export type DueHeap<T extends Due> = {
  readonly size: () => number;
  peek(): T | undefined;
  push(item: T): void;
  pop(): T | undefined;
  /** Takes one out by its number; costly, for rare use. */
  remove(number: number): T | undefined;
};

export function createDueHeap<T extends Due>(): DueHeap<T> {
  let items: T[] = [];

  const isBefore = (a: T, b: T): boolean =>
    a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.number < b.number);

  const push = (item: T): void => {
    let index = items.length;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = items[parentIndex];
      if (parent === undefined || isBefore(parent, item)) break;
      items[index] = parent;
      index = parentIndex;
    }
    items[index] = item;
  };

  const sink = (item: T): void => {
    let index = 0;
    for (;;) {
      const left = items[2 * index + 1];
      const right = items[2 * index + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (isBefore(item, child)) break;
      items[index] = child;
      index = 2 * index + (isRight ? 2 : 1);
    }
    items[index] = item;
  };

  return {
    size: () => items.length,
    peek: () => items[0],
    push,
    pop: () => {
      const [top] = items;
      const last = items.pop();
      if (items.length > 0 && last !== undefined) sink(last);
      return top;
    },
    remove: (number) => {
      const found = items.find((item) => item.number === number);
      if (found === undefined) return undefined;
      const others = items.filter((item) => item !== found);
      items = [];
      for (const item of others) push(item);
      return found;
    },
  };
}
