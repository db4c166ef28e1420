import { useState } from "react";
import { useClient } from "urql";

import { DAY_S, durationOf, secondsOf } from "../../api/duration";
import { send } from "../../api/send";
import { type ControllerSettingsFragment, SetControllerSettingsDocument, type UpdateSiteInput } from "../../gql/operations";
import { Check } from "../../ui/Check";
import { Text } from "../../ui/Text";
import { wholeNumber } from "../doors/hardware-words";
import { Editor, Part } from "../Editor";
import { useSaving } from "../saving";

const FIELDS = ["journalEvents", "journalKeeps", "aloneAlarm", "staleAfter", "trustsClock"] as const;
const HOUR_S = 3600;
const USUAL_HOURS = "72";

/** The settings as their form holds them; null hours: never. */
interface SettingsDraft {
  journalEvents: string;
  journalDays: string;
  alarmHours: string | null;
  staleHours: string | null;
  trustsClock: boolean;
}

export function settingsDraft(settings: ControllerSettingsFragment): SettingsDraft {
  return {
    journalEvents: String(settings.journalEvents),
    journalDays: String(secondsOf(settings.journalKeeps) / DAY_S),
    alarmHours: hours(settings.aloneAlarm),
    staleHours: hours(settings.staleAfter),
    trustsClock: settings.trustsClock,
  };
}

export function settingsInput(draft: SettingsDraft) {
  return {
    journalEvents: wholeNumber(draft.journalEvents),
    journalKeeps: durationOf(wholeNumber(draft.journalDays) * DAY_S),
    aloneAlarm: length(draft.alarmHours),
    staleAfter: length(draft.staleHours),
    trustsClock: draft.trustsClock,
  } satisfies UpdateSiteInput;
}

function hours(value: string | null): string | null {
  return value === null ? null : String(secondsOf(value) / HOUR_S);
}

function length(typed: string | null): string | null {
  if (typed === null) return null;
  return durationOf(typed.trim() === "" ? -1 : wholeNumber(String(Number(typed) * HOUR_S)));
}

interface ControllerSettingsProps {
  settings: ControllerSettingsFragment;
  writable: boolean;
  onReload: () => void;
}

/** How much every controller keeps, and for how long it may be alone. The form begins anew with other settings. */
export function ControllerSettings({ settings, writable, onReload }: ControllerSettingsProps) {
  const [saved, setSaved] = useState(false);
  return (
    <div className="editor" onInput={() => setSaved(false)}>
      <SettingsEditor
        key={JSON.stringify(settings)}
        settings={settings}
        writable={writable}
        onReload={onReload}
        onSaved={() => {
          setSaved(true);
          onReload();
        }}
      />
      <p className="saved" role="status">
        {saved ? "The settings are saved." : ""}
      </p>
    </div>
  );
}

interface SettingsEditorProps {
  settings: ControllerSettingsFragment;
  writable: boolean;
  onSaved: () => void;
  onReload: () => void;
}

function SettingsEditor({ settings, writable, onSaved, onReload }: SettingsEditorProps) {
  const api = useClient();
  const saving = useSaving(FIELDS);
  const [draft, setDraft] = useState(() => settingsDraft(settings));
  const { fields } = saving.problems;
  const change = (part: Partial<SettingsDraft>): void => setDraft((was) => ({ ...was, ...part }));
  const submit = async (): Promise<void> => {
    const input = { ...settingsInput(draft), expectedVersion: settings.version };
    if (await saving.run(async () => (await send(api, SetControllerSettingsDocument, { input })).problems)) onSaved();
  };
  return (
    <Editor
      saving={saving}
      action="Save the settings"
      cancel="Undo the changes"
      writable={writable}
      onSubmit={submit}
      onCancel={() => setDraft(settingsDraft(settings))}
      onReload={onReload}
    >
      <Part title="Settings of every controller">
        <div className="form-pair">
          <Text
            label="Events that a journal keeps"
            hint="1,000 to 10,000,000. When it is full, what the server has stored goes first, oldest first. Events that the server does not have go last, and an alarm comes before."
            type="number"
            min={1000}
            max={10_000_000}
            value={draft.journalEvents}
            onChange={(journalEvents) => change({ journalEvents })}
            problem={fields.journalEvents}
          />
          <Text
            label="Days that it keeps what the server has"
            hint="1 to 3,650. What the server does not have is never dropped for its age."
            type="number"
            min={1}
            max={3650}
            value={draft.journalDays}
            onChange={(journalDays) => change({ journalDays })}
            problem={fields.journalKeeps}
          />
        </div>
        <Check
          label="Raise an alarm when a controller is alone for long"
          checked={draft.alarmHours !== null}
          onChange={(on) => change({ alarmHours: on ? USUAL_HOURS : null })}
        />
        {draft.alarmHours !== null && (
          <Text
            label="Alone before the alarm, hours"
            type="number"
            min={0}
            value={draft.alarmHours}
            onChange={(alarmHours) => change({ alarmHours })}
            problem={fields.aloneAlarm}
          />
        )}
        <Check
          label="A controller that is alone for too long denies everybody"
          hint="Otherwise it goes on deciding by what it last had, however long."
          checked={draft.staleHours !== null}
          onChange={(on) => change({ staleHours: on ? USUAL_HOURS : null })}
        />
        {draft.staleHours !== null && (
          <Text
            label="Alone before it denies everybody, hours"
            type="number"
            min={0}
            value={draft.staleHours}
            onChange={(staleHours) => change({ staleHours })}
            problem={fields.staleAfter}
          />
        )}
        <Check
          label="Go by schedules even under a clock that is known to be wrong"
          hint="Otherwise schedules do not count until the clock is right again: what needs one is denied."
          checked={draft.trustsClock}
          onChange={(trustsClock) => change({ trustsClock })}
        />
      </Part>
    </Editor>
  );
}
