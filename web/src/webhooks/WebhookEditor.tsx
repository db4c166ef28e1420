import { useState } from "react";
import { useClient } from "urql";

import { send } from "../api/send";
import { Editor, Part } from "../configuration/Editor";
import { openConfiguration } from "../configuration/place";
import { useSaving } from "../configuration/saving";
import {
  CreateWebhookDocument,
  DeleteWebhookDocument,
  type EventCategory,
  type Severity,
  UpdateWebhookDocument,
  type WebhookRowFragment,
} from "../gql/operations";
import { Check } from "../ui/Check";
import { type Choice, idsOf, Picker } from "../ui/Picker";
import { Text } from "../ui/Text";
import { Secret } from "./Secret";
import { CATEGORIES, SEVERITIES } from "./words";

interface WebhookEditorProps {
  /** Null: a new one. */
  webhook: WebhookRowFragment | null;
  types: readonly { type: string; title: string }[];
  onSaved: () => void;
  onReload: () => void;
}

/** Where a webhook goes and what it is sent. A new one's secret is shown once, then its screen. */
export function WebhookEditor({ webhook, types, onSaved, onReload }: WebhookEditorProps) {
  const api = useClient();
  const saving = useSaving(["name", "url", "types"] as const);
  const [name, setName] = useState(webhook?.name ?? "");
  const [url, setUrl] = useState(webhook?.url ?? "https://");
  const [categories, setCategories] = useState<readonly EventCategory[]>(webhook?.filter.categories ?? []);
  const [severities, setSeverities] = useState<readonly Severity[]>(webhook?.filter.severities ?? []);
  const options: Choice[] = types.map(({ type, title }) => ({ id: type, name: `${title} (${type})` }));
  const [chosen, setChosen] = useState<readonly Choice[]>(options.filter(({ id }) => webhook?.filter.types.includes(id)));
  const [made, setMade] = useState<{ id: string; secret: string } | null>(null);
  const { doorId, cardholderId, correlation } = webhook?.filter ?? { doorId: null, cardholderId: null, correlation: null };
  const narrowed = [doorId, cardholderId, correlation].some((each) => each !== null);

  const submit = async (): Promise<void> => {
    const filter = { categories: [...categories], severities: [...severities], types: idsOf(chosen), doorId, cardholderId, correlation };
    const given = { name: name.trim(), url: url.trim(), filter };
    const accepted = await saving.run(async () => {
      if (webhook !== null) {
        const input = { id: webhook.id, expectedVersion: webhook.version, ...given };
        return (await send(api, UpdateWebhookDocument, { input })).problems;
      }
      const { payload, problems } = await send(api, CreateWebhookDocument, { input: given });
      if (payload?.webhook && payload.secret !== null) setMade({ id: payload.webhook.id, secret: payload.secret });
      return problems;
    });
    if (!accepted) return;
    onSaved();
    if (webhook !== null) onReload();
  };

  return (
    <>
      <Editor
        saving={saving}
        action={webhook === null ? "Create the webhook" : "Save"}
        writable
        onSubmit={submit}
        onCancel={() => openConfiguration("webhooks")}
        onReload={onReload}
        removal={
          webhook === null
            ? undefined
            : {
                name: webhook.name,
                consequence: "Nothing is sent to it any more, and its delivery log is deleted. The events stay.",
                remove: async () =>
                  (await send(api, DeleteWebhookDocument, { input: { id: webhook.id, expectedVersion: webhook.version } })).problems,
                onRemoved: () => openConfiguration("webhooks"),
              }
        }
      >
        <Part title="Receiver">
          <Text label="Name" hint="What the program there is." required value={name} onChange={setName} problem={saving.problems.fields.name} />
          <Text
            label="Address"
            hint={webhook === null ? "Where the program takes messages: https://…" : "Another address has to be enabled again."}
            required
            value={url}
            onChange={setUrl}
            problem={saving.problems.fields.url}
          />
          <p className="quiet">
            {webhook !== null && webhook.ownerName !== null && `${webhook.ownerName} answers for it now. `}
            It is sent what the person who saves it may see.
          </p>
        </Part>
        <Part title="What it is sent">
          <p className="quiet">Where nothing is chosen, everything is sent.</p>
          <Choices legend="Categories" all={CATEGORIES} chosen={categories} onChange={setCategories} />
          <Choices legend="Severities" all={SEVERITIES} chosen={severities} onChange={setSeverities} />
          <Picker
            label="Types"
            chosen={chosen}
            options={options}
            onChange={setChosen}
            hint="Only these types of events."
            problem={saving.problems.fields.types}
          />
          {narrowed && <p className="quiet">It is narrowed down further over the API, to one door, cardholder or correlation. That stays.</p>}
        </Part>
      </Editor>
      {made && <Secret secret={made.secret} onClose={() => openConfiguration("webhooks", made.id)} />}
    </>
  );
}

interface ChoicesProps<Value extends string> {
  legend: string;
  all: readonly (readonly [Value, string])[];
  chosen: readonly Value[];
  onChange: (chosen: readonly Value[]) => void;
}

/** Any of a few. */
function Choices<Value extends string>({ legend, all, chosen, onChange }: ChoicesProps<Value>) {
  return (
    <fieldset className="webhook-choices">
      <legend>{legend}</legend>
      {all.map(([value, words]) => (
        <Check
          key={value}
          label={words}
          checked={chosen.includes(value)}
          onChange={(checked) => onChange(checked ? [...chosen, value] : chosen.filter((each) => each !== value))}
        />
      ))}
    </fieldset>
  );
}
