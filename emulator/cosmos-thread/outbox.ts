/** Collects what is put in during one turn of the event loop and sends it together. */
export function outbox<Item>(send: (items: readonly Item[]) => void): (item: Item) => void {
  let items: Item[] = [];
  return (item) => {
    if (items.length === 0)
      setImmediate(() => {
        const due = items;
        items = [];
        send(due);
      });
    items.push(item);
  };
}
