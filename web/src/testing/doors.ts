import type { Door } from "../doors/door-states";

/** A door that follows its rules, locked and closed, unless told otherwise. */
export function aDoor(state: Partial<Door["state"]> = {}, named: { id?: string; name?: string } = {}): Door {
  return {
    id: "d1",
    name: "Office",
    ...named,
    state: {
      condition: "LOCKED",
      mode: "LOCKED",
      position: "CLOSED",
      online: true,
      released: false,
      source: "REST",
      manual: null,
      ...state,
    },
  };
}
