import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import { type OsdpRowFragment, ReaderChoicesDocument, UpdateOsdpDeviceDocument } from "../../gql/operations";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { wholeNumber } from "../doors/hardware-words";
import { Editor, Part } from "../Editor";
import { openConfiguration } from "../place";
import { useWriting, type WritingProps } from "../use-writing";
import { BAUDS } from "./osdp-words";

const FIELDS = ["name", "port", "address", "baud", "readerId"] as const;

interface PlaceEditorProps extends WritingProps {
  row: OsdpRowFragment;
  /** So many other devices are on its line. */
  shared: number;
  writable: boolean;
}

/** Where a device is and what it serves, as somebody has set it. */
export function PlaceEditor({ row, shared, writable, ...writing }: PlaceEditorProps) {
  const api = useClient();
  const { saving, save } = useWriting("osdp", FIELDS, writing);
  const [{ data }] = useWhole({ query: ReaderChoicesDocument });
  const [draft, setDraft] = useState({
    name: row.name,
    port: row.port,
    address: String(row.address),
    baud: String(row.baud),
    readerId: row.readerId ?? "",
  });
  const { fields } = saving.problems;
  const set = (field: keyof typeof draft) => (value: string) => setDraft((was) => ({ ...was, [field]: value }));
  const readers = data?.readerSettings.map(({ readerId, readerName }) => [readerId, readerName] as const) ?? [];
  const known = row.readerId === null || readers.some(([id]) => id === row.readerId);
  const submit = (): Promise<void> =>
    save("change", async () => {
      const { name, port, address, baud, readerId } = draft;
      // Only what was changed is sent: it says which reader it is, or where, and nothing else is meant.
      const input = {
        id: row.id,
        expectedVersion: row.version,
        ...(name === row.name ? {} : { name }),
        ...(port === row.port ? {} : { port: port.trim() }),
        ...(address === String(row.address) ? {} : { address: wholeNumber(address) }),
        ...(baud === String(row.baud) ? {} : { baud: Number(baud) }),
        ...(readerId === (row.readerId ?? "") ? {} : { readerId: readerId === "" ? null : readerId }),
      };
      return { problems: (await send(api, UpdateOsdpDeviceDocument, { input })).problems, id: row.id };
    });
  return (
    <Editor
      saving={saving}
      action="Save"
      writable={writable}
      onSubmit={submit}
      onCancel={() => openConfiguration("osdp")}
      onReload={writing.onReload}
    >
      <Part title="Where it is">
        <p className="quiet">
          For a device that somebody has set or connected otherwise. The device itself is told nothing; that is under “Move it”.
        </p>
        <Text label="Name" required value={draft.name} onChange={set("name")} problem={fields.name} />
        <Text
          label="Serial port"
          hint="As its controller calls it, or socket://address:port of a converter."
          required
          value={draft.port}
          onChange={set("port")}
          problem={fields.port}
        />
        <div className="form-pair">
          <Text label="Address, 0 to 126" type="number" min={0} max={126} value={draft.address} onChange={set("address")} problem={fields.address} />
          <Select
            label="Speed of the line"
            hint={shared > 0 ? `It changes for ${shared === 1 ? "the other device" : `the ${shared} other devices`} on the line too.` : undefined}
            value={draft.baud}
            options={BAUDS}
            onChange={set("baud")}
            problem={fields.baud}
          />
        </div>
        <Select
          label="Reader that it is"
          value={draft.readerId}
          options={[
            ["", "None: inputs and outputs only"],
            ...(known ? [] : [[row.readerId ?? "", row.readerName ?? "its present reader"] as const]),
            ...readers,
          ]}
          onChange={set("readerId")}
          problem={fields.readerId}
        />
      </Part>
    </Editor>
  );
}
