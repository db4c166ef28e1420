import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import {
  type BusDeviceFragment,
  DropNextDeviceKeyDocument,
  type OsdpRowFragment,
  RotateDeviceKeyDocument,
} from "../../gql/operations";
import { Confirm } from "../../ui/Confirm";
import { FormProblems } from "../../ui/Field";
import { Part } from "../Editor";
import { OrderNews } from "./OrderNews";
import { deviceTitle } from "./osdp-words";
import { Provision } from "./Provision";
import { useOrder } from "./use-order";

interface KeyPartProps {
  row: OsdpRowFragment;
  live: BusDeviceFragment | undefined;
  onChanged: () => void;
}

/** The key of a device's secure channel: given the first time, and changed. It is never shown. */
export function KeyPart({ row, live, onChanged }: KeyPartProps) {
  const api = useClient();
  const { order, saving, begin, stop } = useOrder([], onChanged);
  const [asking, setAsking] = useState<"provision" | "drop" | null>(null);
  const { id: deviceId, keyPlanned } = row;
  const name = deviceTitle(row);
  const running = order !== null && !order.ended;
  const close = (): void => setAsking(null);
  return (
    <Part title="Key of its secure channel">
      <p className="quiet">
        {live?.online
          ? "It is online with its own key. A new one goes over the secure channel; the reader stays usable."
          : "A device out of its box, or one that was reset, is given its key in a short window while it is in install mode."}
      </p>
      {keyPlanned && !running && asking !== "provision" && (
        <p className="note-problem">
          A new key was sent and the device was not heard with it yet. It is tried with both. If it was reset since, or is
          online again with its old key, forget the new one.
        </p>
      )}
      <FormProblems sentences={saving.problems.form} />
      <div className="row-actions">
        {live?.online && (
          <button
            type="button"
            disabled={saving.pending || running}
            onClick={() => void begin(() => send(api, RotateDeviceKeyDocument, { input: { deviceId } }))}
          >
            Give it a new key
          </button>
        )}
        {!live?.online && (
          <button type="button" disabled={running} onClick={() => setAsking("provision")}>
            Give it its first key…
          </button>
        )}
        {keyPlanned && !running && (
          <button type="button" onClick={() => setAsking("drop")}>
            Forget the new key…
          </button>
        )}
      </div>
      {order && (
        <OrderNews
          order={order}
          name={`New key for ${name}`}
          onStop={() => void stop()}
          words={{ DONE: "It was heard with its new key.", WAITING: "It is about to get its key." }}
        />
      )}
      {asking === "provision" && (
        <Provision
          deviceId={deviceId}
          name={name}
          live={live}
          onClose={() => {
            close();
            onChanged();
          }}
          onChanged={onChanged}
        />
      )}
      {asking === "drop" && (
        <Confirm
          title="Forget the new key?"
          action="Forget it"
          onConfirm={async () => (await send(api, DropNextDeviceKeyDocument, { deviceId })).problems}
          onDone={() => {
            close();
            onChanged();
          }}
          onReload={onChanged}
          onClose={close}
        >
          <p>If the device has taken it after all, it will not come online any more until it is reset and given a key again.</p>
        </Confirm>
      )}
    </Part>
  );
}
