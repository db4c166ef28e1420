import { Check } from "../../ui/Check";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { Part } from "../Editor";
import { COLOURS, OUTCOMES, type SignalDraft, type SIGNAL_FIELDS, type SignalsDraft } from "./signals-draft";
import { SignalPreview } from "./SignalPreview";

interface SignalFieldsProps {
  draft: SignalsDraft;
  onChange: (draft: SignalsDraft) => void;
  problems: Partial<Record<(typeof SIGNAL_FIELDS)[number], string>>;
}

/** The signal of each outcome, with what it will look like. */
export function SignalFields({ draft, onChange, problems }: SignalFieldsProps) {
  return (
    <>
      {OUTCOMES.map(([outcome, title, hint]) => {
        const signal = draft[outcome];
        const change = (part: Partial<SignalDraft>): void => onChange({ ...draft, [outcome]: { ...signal, ...part } });
        return (
          <Part key={outcome} title={title}>
            {hint !== "" && <p className="quiet">{hint}</p>}
            <SignalPreview name={title} {...signal} tones={Number(signal.tones) || 0} />
            <div className="form-pair">
              <Select
                label={`Light: ${title.toLowerCase()}`}
                value={signal.colour}
                options={COLOURS}
                onChange={(colour) => change({ colour })}
                problem={problems[`${outcome}.colour`]}
              />
              <Text
                label="Tones, 0 to 10"
                type="number"
                min={0}
                max={10}
                value={signal.tones}
                onChange={(tones) => change({ tones })}
                problem={problems[`${outcome}.tones`]}
              />
            </div>
            <Check label="The light blinks" checked={signal.blinks} onChange={(blinks) => change({ blinks })} />
            <Text
              label="Text on readers with a display"
              hint="At most 32 plain characters (ASCII)."
              value={signal.text}
              onChange={(text) => change({ text })}
              problem={problems[`${outcome}.text`]}
            />
          </Part>
        );
      })}
    </>
  );
}
