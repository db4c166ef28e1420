import { useEffect, useRef, useState } from "react";
import { useClient } from "urql";

import { type Sent, send } from "../../api/send";
import { type OrderStateFragment, type ProblemFragment, StopDeviceOrderDocument } from "../../gql/operations";
import { type Saving, useSaving } from "../saving";
import { followOrder } from "./follow-order";

interface OrderPayload {
  order: OrderStateFragment | null;
  errors: readonly ProblemFragment[];
}

export interface Ordering<Field extends string> {
  /** The order that was begun here last; null: none. */
  order: OrderStateFragment | null;
  saving: Saving<Field>;
  begin: (ask: () => Promise<Sent<OrderPayload>>) => Promise<void>;
  stop: () => Promise<void>;
  /** Forgets an order that has ended. */
  clear: () => void;
}

/** Begins an order at a device and follows it for as long as the component is there. `onEnded` once it has ended. */
export function useOrder<Field extends string>(fields: readonly Field[], onEnded: () => void): Ordering<Field> {
  const api = useClient();
  const saving = useSaving(fields);
  const [order, setOrder] = useState<OrderStateFragment | null>(null);
  const following = useRef<AbortController | null>(null);
  useEffect(() => () => following.current?.abort(), []);

  const begin: Ordering<Field>["begin"] = async (ask) => {
    let begun: OrderStateFragment | null = null;
    const accepted = await saving.run(async () => {
      const { payload, problems } = await ask();
      begun = payload?.order ?? null;
      return problems;
    });
    if (!accepted || begun === null) return;
    setOrder(begun);
    following.current?.abort();
    const mine = new AbortController();
    following.current = mine;
    await followOrder(api, begun, mine.signal, setOrder);
    if (!mine.signal.aborted) onEnded();
  };
  const stop = async (): Promise<void> => {
    if (order !== null) await send(api, StopDeviceOrderDocument, { id: order.id });
  };
  return { order, saving, begin, stop, clear: () => setOrder(null) };
}
