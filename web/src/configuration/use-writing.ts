import { openConfiguration, type Section } from "./place";
import { type Saving, type Sending, useSaving } from "./saving";

export interface WritingProps {
  /** Says that a change was accepted. */
  onSaved: () => void;
  /** Loads the thing again. */
  onReload: () => void;
}

interface Writing<Field extends string> {
  saving: Saving<Field>;
  /** Sends a change, then loads the thing again; or creates it, then goes to it. */
  save: (what: "create" | "change", send: () => Promise<Sending>) => Promise<void>;
}

/** A form that writes one thing of a section. */
export function useWriting<Field extends string>(
  section: Section,
  fields: readonly Field[],
  { onSaved, onReload }: WritingProps,
): Writing<Field> {
  const saving = useSaving(fields);
  const save: Writing<Field>["save"] = async (what, send) => {
    let id: string | null = null;
    const accepted = await saving.run(async () => {
      const sent = await send();
      ({ id } = sent);
      return sent.problems;
    });
    if (!accepted) return;
    onSaved();
    if (what === "create") openConfiguration(section, id);
    else onReload();
  };
  return { saving, save };
}
