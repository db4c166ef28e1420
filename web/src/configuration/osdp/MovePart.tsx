import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { DropDeviceMoveDocument, MoveDeviceDocument, type OsdpRowFragment } from "../../gql/operations";
import { Confirm } from "../../ui/Confirm";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { wholeNumber } from "../doors/hardware-words";
import { Part } from "../Editor";
import { ActionForm } from "./ActionForm";
import { OrderNews } from "./OrderNews";
import { BAUDS, deviceTitle } from "./osdp-words";
import { useOrder } from "./use-order";

interface MovePartProps {
  row: OsdpRowFragment;
  /** Whether nothing else is on its line. */
  alone: boolean;
  onChanged: () => void;
}

/** Tells a device to go to another address or speed (OSDP's COMSET). */
export function MovePart({ row, alone, onChanged }: MovePartProps) {
  const api = useClient();
  const { order, saving, begin, stop } = useOrder(["address", "baud"], onChanged);
  const [address, setAddress] = useState(String(row.address));
  const [baud, setBaud] = useState(String(row.baud));
  const [dropping, setDropping] = useState(false);
  const { id: deviceId, nextAddress, nextBaud } = row;
  const name = deviceTitle(row);
  const running = order !== null && !order.ended;
  const fixed = !alone || row.port.startsWith("socket://");
  const input = { deviceId, address: wholeNumber(address), baud: fixed ? row.baud : Number(baud) };
  const close = (): void => setDropping(false);
  return (
    <Part title="Move it">
      <p className="quiet">
        Tells the device itself, over its secure channel, to use another address or speed. It is away for a moment. If
        anything stops in between, it is looked for at both places.
      </p>
      {nextAddress !== null && !running && (
        <p className="note-problem">
          It was told to go to address {nextAddress} at {nextBaud} baud and was not heard there yet. It is looked for at both
          places. Switch it off and on; if it stays away, set it by its maker’s way and save that under “Where it is”.
        </p>
      )}
      <ActionForm
        saving={saving}
        action="Move it"
        disabled={running}
        onSubmit={() => begin(() => send(api, MoveDeviceDocument, { input }))}
        tools={
          nextAddress !== null &&
          !running && (
            <button type="button" onClick={() => setDropping(true)}>
              Forget the new place…
            </button>
          )
        }
      >
        <div className="form-pair">
          <Text
            label="New address, 0 to 126"
            type="number"
            min={0}
            max={126}
            value={address}
            onChange={setAddress}
            problem={saving.problems.fields.address}
          />
          {fixed ? (
            <p className="quiet">
              {alone
                ? "The speed is the converter’s; it is not changed from here."
                : "Another speed only for a device that is alone on its line."}
              {saving.problems.fields.baud !== undefined && <span className="field-problem"> {saving.problems.fields.baud}</span>}
            </p>
          ) : (
            <Select label="New speed" value={baud} options={BAUDS} onChange={setBaud} problem={saving.problems.fields.baud} />
          )}
        </div>
      </ActionForm>
      {order && (
        <OrderNews
          order={order}
          name={`Moving ${name}`}
          onStop={() => void stop()}
          words={{
            WAITING: "It is told as soon as it is online.",
            RUNNING: "It was told. It is looked for at its new place.",
            DONE: "It was heard at its new place.",
          }}
        />
      )}
      {dropping && (
        <Confirm
          title="Forget the new place?"
          action="Forget it"
          onConfirm={async () => (await send(api, DropDeviceMoveDocument, { deviceId })).problems}
          onDone={() => {
            close();
            onChanged();
          }}
          onReload={onChanged}
          onClose={close}
        >
          <p>
            The device is then looked for at address {row.address} with {row.baud} baud alone. If it went away from there, it
            is not found.
          </p>
        </Confirm>
      )}
    </Part>
  );
}
