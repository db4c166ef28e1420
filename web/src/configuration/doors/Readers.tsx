import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { DeleteReaderDocument, type ReaderSetupFragment, type Side } from "../../gql/operations";
import { Badge } from "../../ui/Badge";
import { Confirm } from "../../ui/Confirm";
import { Part } from "../Editor";
import { Cell, Rows } from "../Page";
import { configurationHref, inConfiguration } from "../place";
import { kindOfReader } from "../devices/device-words";
import { DeviceOfReaderDialog } from "../devices/DeviceOfReaderDialog";
import { connectionWords, type WiredDevice } from "./hardware-words";
import { ReaderDialog } from "./ReaderDialog";

interface ReadersProps {
  /** The door, or the floor at which a reader of the cab is added. */
  doorId: string;
  readers: readonly ReaderSetupFragment[];
  /** The devices of the controller. */
  devices: readonly WiredDevice[];
  inCab: boolean;
  writable: boolean;
  onChanged: () => void;
}

/** The readers of a door, or of an elevator's cab. */
export function Readers({ doorId, readers, devices, inCab, writable, onChanged }: ReadersProps) {
  const [adding, setAdding] = useState<Side | null>(null);
  const add = (side: Side, words: string) => (
    <button type="button" onClick={() => setAdding(side)}>
      {words}
    </button>
  );
  return (
    <Part
      title={inCab ? "Readers in the cab" : "Readers"}
      end={
        writable && (
          <span className="row-actions">
            {add("A", inCab ? "Add a reader" : "Add a reader on side A")}
            {!inCab && add("B", "Add a reader on side B")}
          </span>
        )
      }
    >
      {inCab && <p className="quiet">They serve every floor and are changed once, for all.</p>}
      {readers.length === 0 && <p className="quiet">There is no reader yet.</p>}
      {readers.length > 0 && (
        <Rows caption="Readers" columns={["Reader", "Side", "Connection", "Keypad", "What to do"]}>
          {readers.map((reader) => (
            <ReaderRow key={reader.id} {...{ reader, devices, inCab, writable, onChanged }} />
          ))}
        </Rows>
      )}
      {adding !== null && (
        <ReaderDialog
          reader={null}
          doorId={doorId}
          side={adding}
          inCab={inCab}
          onClose={() => setAdding(null)}
          onReload={onChanged}
          onDone={() => {
            setAdding(null);
            onChanged();
          }}
        />
      )}
    </Part>
  );
}

interface ReaderRowProps extends Pick<ReadersProps, "devices" | "inCab" | "writable" | "onChanged"> {
  reader: ReaderSetupFragment;
}

function ReaderRow({ reader, devices, inCab, writable, onChanged }: ReaderRowProps) {
  const api = useClient();
  const [asking, setAsking] = useState<"change" | "delete" | "device" | null>(null);
  const { id, name, version } = reader;
  const device = devices.find(({ readerId }) => readerId === id);
  const waits = kindOfReader(reader.type) !== null && !device;
  const close = (): void => setAsking(null);
  const done = (): void => {
    close();
    onChanged();
  };
  return (
    <tr>
      <th scope="row">{name}</th>
      <Cell label="Side">{reader.side}</Cell>
      <Cell label="Connection">
        {connectionWords(reader, device)}{" "}
        <span className="badges">
          {reader.muster && <Badge tone="notice" word="Muster" />}
          {reader.pairsMobile && <Badge tone="notice" word="Pairs phones" />}
          {waits && <Badge tone="warning" word="To be added" />}
        </span>
      </Cell>
      <Cell label="Keypad">{reader.hasKeypad === null ? "not known" : reader.hasKeypad ? "yes" : "no"}</Cell>
      <td>
        <span className="row-actions">
          {writable && (
            <button type="button" aria-label={`Change ${name}`} onClick={() => setAsking("change")}>
              Change
            </button>
          )}
          <a className="button" href={configurationHref(inConfiguration("readers", id))} aria-label={`Formats and PINs of ${name}`}>
            Formats and PINs
          </a>
          {device && "kind" in device && (
            <a className="button" href={configurationHref(inConfiguration("devices", device.id))} aria-label={`Device of ${name}`}>
              Device
            </a>
          )}
          {writable && waits && (
            <button type="button" aria-label={`Add the device of ${name}`} onClick={() => setAsking("device")}>
              Add the device
            </button>
          )}
          {writable && (
            <button type="button" className="danger" aria-label={`Delete ${name}`} onClick={() => setAsking("delete")}>
              Delete
            </button>
          )}
        </span>
        {asking === "change" && (
          <ReaderDialog
            key={version}
            reader={reader}
            doorId={reader.doorId}
            inCab={inCab}
            onDone={done}
            onReload={onChanged}
            onClose={close}
          />
        )}
        {asking === "device" && <DeviceOfReaderDialog reader={reader} onAdded={onChanged} onClose={close} />}
        {asking === "delete" && (
          <Confirm
            title={`Delete ${name}?`}
            action="Delete the reader"
            onConfirm={async () => (await send(api, DeleteReaderDocument, { id, expectedVersion: version })).problems}
            onDone={done}
            onReload={onChanged}
            onClose={close}
          >
            <p>Its device goes with it, and nobody can identify there any more. The log keeps what happened.</p>
          </Confirm>
        )}
      </td>
    </tr>
  );
}
