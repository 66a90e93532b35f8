import type { Instance } from "./engine/instance.ts";

/** The instances that had a turn lately; the others are on disk only. */
export type InstanceCache = {
  read(number: number): Instance | undefined;
  /** Replaces what is known; undefined forgets it. */
  keep(number: number, instance: Instance | undefined): void;
};

const maxInstances = 1_000;

export function createInstanceCache(load: (number: number) => Instance | undefined): InstanceCache {
  const instances = new Map<number, Instance>();
  return {
    read: (number) => instances.get(number) ?? load(number),
    keep: (number, instance) => {
      instances.delete(number);
      if (instance === undefined) return;
      instances.set(number, instance);
      const [oldest] = instances.keys();
      if (instances.size > maxInstances && oldest !== undefined) instances.delete(oldest);
    },
  };
}
