import type { PlaceInput } from "../gql/operations";
import { Check } from "../ui/Check";
import { type Choice, KIND_WORDS, keyOf, placeInput } from "./places";

interface WhereProps {
  /** What it is about, for those who hear it. */
  about: string;
  /** Null: everywhere. */
  places: readonly PlaceInput[] | null;
  choices: readonly Choice[];
  onChange: (places: readonly PlaceInput[] | null) => void;
  disabled?: boolean;
}

/** Everywhere, or at some places that are ticked. */
export function Where({ about, places, choices, onChange, disabled = false }: WhereProps) {
  const chosen = new Set((places ?? []).map(keyOf));
  const turn = (choice: Choice, on: boolean): void => {
    const others = (places ?? []).filter((each) => keyOf(each) !== keyOf(choice));
    onChange(on ? [...others, placeInput(choice)] : others);
  };
  return (
    <div className="where">
      <select
        aria-label={`Where: ${about}`}
        disabled={disabled}
        value={places === null ? "everywhere" : "some"}
        onChange={({ currentTarget }) => onChange(currentTarget.value === "everywhere" ? null : [])}
      >
        <option value="everywhere">Everywhere</option>
        {choices.length > 0 && <option value="some">At some places</option>}
      </select>
      {places !== null && (
        <fieldset className="token-choices" disabled={disabled}>
          <legend className="heard-only">Places: {about}</legend>
          {choices.map((choice) => (
            <Check
              key={keyOf(choice)}
              label={`${KIND_WORDS[choice.kind]} ${choice.name}`}
              checked={chosen.has(keyOf(choice))}
              onChange={(on) => turn(choice, on)}
            />
          ))}
        </fieldset>
      )}
    </div>
  );
}
