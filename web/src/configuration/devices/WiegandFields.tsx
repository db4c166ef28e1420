import type { FramingChoiceFragment } from "../../gql/operations";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { CONVERTER_BAUDS, framingWords, KEYPADS, type WiegandDraft, type WiegandField } from "./wiegand-draft";
import "../doors/doors.css";
import "./devices.css";

interface WiegandFieldsProps {
  draft: WiegandDraft;
  change: (part: Partial<WiegandDraft>) => void;
  problems: Partial<Record<WiegandField, string>>;
  framings: readonly FramingChoiceFragment[];
}

/** The line and the channel of a Wiegand reader, and how its converter and its keypad write. */
export function WiegandFields({ draft, change, problems, framings }: WiegandFieldsProps) {
  const framing = framings.find(({ name }) => name === draft.framing);
  return (
    <>
      <Text
        label="Serial port of the converter"
        hint="As the controller calls it. Prefer a name that stays."
        placeholder="/dev/serial/by-id/usb-converter"
        required
        value={draft.port}
        onChange={(port) => change({ port })}
        problem={problems.port}
      />
      <Select
        label="Framing"
        hint="How the converter writes what its readers send. Prefer one with a checksum that carries all bits."
        value={draft.framing}
        options={[["", "Choose one"], ...framings.map(({ name, title }) => [name, `${title} (${name})`] as const)]}
        onChange={(chosen) => change({ framing: chosen })}
        problem={problems.framing}
      />
      {framing && <Framing framing={framing} />}
      <div className="form-pair">
        <Select
          label="Baud"
          value={draft.baud}
          options={CONVERTER_BAUDS}
          onChange={(baud) => change({ baud })}
          problem={problems.baud}
        />
        <Text
          label="Channel of the converter"
          hint={framing && framing.channels > 1 ? `0 to ${framing.channels - 1}.` : "0, for a converter with one reader."}
          type="number"
          min={0}
          max={(framing?.channels ?? 1) - 1}
          value={draft.channel}
          onChange={(channel) => change({ channel })}
          problem={problems.channel}
        />
        <Select
          label="What the keypad sends"
          value={draft.keypad}
          options={KEYPADS}
          onChange={(keypad) => change({ keypad })}
          problem={problems.keypad}
        />
        {draft.keypad === "BUFFERED_26" && (
          <>
            <Text
              label="Facility code of PINs"
              hint="As it is set in the keypad, 0 to 255."
              type="number"
              min={0}
              max={255}
              required
              value={draft.pinFacility}
              onChange={(pinFacility) => change({ pinFacility })}
              problem={problems.pinFacility}
            />
            <Text
              label="Digits of a PIN at least"
              hint="1 to 5: the zeros that a PIN begins with are not sent."
              type="number"
              min={1}
              max={5}
              value={draft.pinDigits}
              onChange={(pinDigits) => change({ pinDigits })}
              problem={problems.pinDigits}
            />
          </>
        )}
      </div>
      {draft.keypad !== "BUFFERED_26" && problems.pinFacility !== undefined && (
        <p className="field-problem">{problems.pinFacility}</p>
      )}
    </>
  );
}

function Framing({ framing }: { framing: FramingChoiceFragment }) {
  return (
    <div className="framing quiet">
      <p>{framing.description}</p>
      <p>
        A card looks so: <code>{framing.example}</code>
      </p>
      <p>{framingWords(framing).join(" ")}</p>
    </div>
  );
}
