import type { ReaderType } from "../../gql/operations";
import { Check } from "../../ui/Check";
import { Text } from "../../ui/Text";
import { EDGES, type NetworkDraft, type NetworkField } from "./network-draft";
import "../doors/doors.css";
import "./devices.css";

const EDGE_WORDS = { left: "Left", top: "Top", right: "Right", bottom: "Bottom" } as const;

interface NetworkFieldsProps {
  draft: NetworkDraft;
  change: (part: Partial<NetworkDraft>) => void;
  problems: Partial<Record<NetworkField, string>>;
  /** The type of the reader that it is; null: not known yet. */
  type: ReaderType | null;
  /** Whether it has a stream now. */
  hadStream: boolean;
}

/** What is set on a reader, intercom or camera on the network, as far as its type has it. */
export function NetworkFields({ draft, change, problems, type, hadStream }: NetworkFieldsProps) {
  return (
    <>
      <Text label="Name" required value={draft.name} onChange={(name) => change({ name })} problem={problems.name} />
      {(type === "IP" || type === "BARCODE_CAMERA") && (
        <>
          <Check
            label="The controller reads QR codes in a stream of this camera"
            hint="For cameras without software of their own: it looks about five times a second."
            checked={draft.streams}
            onChange={(streams) => change({ streams })}
          />
          {draft.streams && <StreamFields draft={draft} change={change} problems={problems} hadStream={hadStream} />}
          {!draft.streams && problems.streamUrl !== undefined && <p className="field-problem">{problems.streamUrl}</p>}
        </>
      )}
      {type === "PLATE_CAMERA" && (
        <Text
          label="How sure the camera must be, per cent"
          hint="Plates that it is less sure of are passed over."
          type="number"
          min={0}
          max={100}
          value={draft.minPercent}
          onChange={(minPercent) => change({ minPercent })}
          problem={problems.minConfidence}
        />
      )}
    </>
  );
}

function StreamFields({ draft, change, problems, hadStream }: Omit<NetworkFieldsProps, "type">) {
  return (
    <div className="nested">
      <Text
        label="Address of the stream"
        hint={
          hadStream
            ? "Leave it empty to keep the present one. That is not shown, because a password may be in it."
            : "RTSP or HTTP. A name and a password may be in it; they are kept sealed."
        }
        placeholder="rtsp://camera.example/stream"
        value={draft.streamUrl}
        onChange={(streamUrl) => change({ streamUrl })}
        problem={problems.streamUrl}
      />
      <fieldset className="plain region">
        <legend>Part of the picture to look at, per cent</legend>
        {EDGES.map((edge) => (
          <Text
            key={edge}
            label={EDGE_WORDS[edge]}
            type="number"
            min={0}
            max={100}
            value={draft.region[edge]}
            onChange={(value) => change({ region: { ...draft.region, [edge]: value } })}
          />
        ))}
      </fieldset>
      {problems.region !== undefined && (
        <p className="field-problem" role="alert">
          {problems.region}
        </p>
      )}
    </div>
  );
}
