import type { Client } from "urql";

import { sentenceOf } from "../../api/client";
import { DeviceOrderDocument, type OrderStateFragment } from "../../gql/operations";

export const ASK_AGAIN_MS = 500;
/** So many questions in a row may stay without an answer before we stop asking. */
const MOST_SILENT = 20;

/** Asks how an order goes on until it has ended, or `signal` says that nobody wants to know. */
export async function followOrder(
  api: Client,
  begun: OrderStateFragment,
  signal: AbortSignal,
  onNews: (order: OrderStateFragment) => void,
): Promise<OrderStateFragment> {
  let order = begun;
  let silent = 0;
  while (!order.ended && !signal.aborted) {
    await pause(ASK_AGAIN_MS, signal);
    if (signal.aborted) break;
    const { data, error } = await api.query(DeviceOrderDocument, { id: order.id }, { requestPolicy: "network-only" }).toPromise();
    if (data) {
      order = data.deviceOrder;
      silent = 0;
      if (!signal.aborted) onNews(order);
    } else if (error && (error.graphQLErrors.length > 0 || ++silent > MOST_SILENT)) {
      order = { ...order, ended: true, step: "FAILED", detail: `How it ended is not known: ${sentenceOf(error)}` };
      if (!signal.aborted) onNews(order);
    }
  }
  return order;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
