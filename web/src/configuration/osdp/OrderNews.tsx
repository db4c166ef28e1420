import type { ReactNode } from "react";

import type { OrderStateFragment } from "../../gql/operations";
import { ENDINGS } from "./osdp-words";

interface OrderNewsProps {
  order: OrderStateFragment;
  /** What it is, in words, such as "Firmware to Office in". */
  name: string;
  onStop: () => void;
  /** What stopping is called. */
  stop?: string;
  /** Words in place of the usual ones. */
  words?: Partial<Record<OrderStateFragment["step"], string>>;
  /** What else can be done once it has ended. */
  children?: ReactNode;
}

/** How an order goes on: said aloud when it changes, with a bar where there is something to count. */
export function OrderNews({ order, name, onStop, stop = "Stop", words, children }: OrderNewsProps) {
  const { step, ended, detail, done, total } = order;
  const tone = !ended ? "tone-notice" : step === "DONE" ? "tone-good" : "tone-warning";
  return (
    <div className={`order ${tone}`}>
      <p role="status">
        <strong>{words?.[step] ?? ENDINGS[step]}</strong> {detail}
      </p>
      {!ended && total > 0 && (
        <p className="order-bar">
          <progress aria-label={name} value={done} max={total} />
          <span className="numbers">{Math.floor((100 * done) / total)} %</span>
        </p>
      )}
      <div className="row-actions">
        {!ended && (
          <button type="button" onClick={onStop}>
            {stop}
          </button>
        )}
        {ended && children}
      </div>
    </div>
  );
}
