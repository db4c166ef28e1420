import { useSyncExternalStore } from "react";

/** A value that changes over time, outside React's tree. */
export interface Store<T> {
  get: () => T;
  subscribe: (listener: () => void) => () => void;
}

/** A store that its owner may write. Listeners run only when the value is another one. */
export interface WritableStore<T> extends Store<T> {
  set: (value: T) => void;
}

export function createStore<T>(initial: T): WritableStore<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The store's present value; the component renders again when it changes. */
export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}
