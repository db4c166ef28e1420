import { useState } from "react";
import { useClient } from "urql";

import { send } from "../../api/send";
import { useWhole } from "../../api/use-whole";
import {
  CreateLocalRuleDocument,
  DeleteLocalRuleDocument,
  LocalRuleChoicesDocument,
  LocalRuleListDocument,
  type LocalRuleRowFragment,
  UpdateLocalRuleDocument,
} from "../../gql/operations";
import { Check } from "../../ui/Check";
import { Select } from "../../ui/Select";
import { Text } from "../../ui/Text";
import { Editor, Part } from "../Editor";
import { EditorPage, stateOf } from "../Page";
import { NEW, openConfiguration } from "../place";
import { useWriting, type WritingProps } from "../use-writing";
import { LOCAL_RULE_FIELDS, localRuleDraft, localRuleInput, NO_LOCAL_RULE } from "./local-rule-draft";
import { ACTIONS } from "./local-rule-words";
import { type LocalRulePartProps, named, TriggerFields } from "./TriggerFields";

/** One local rule, or a new one. */
export function LocalRuleScreen({ id, writable }: { id: string; writable: boolean }) {
  const [{ data, error }, ask] = useWhole({
    query: LocalRuleListDocument,
    complete: true,
    requestPolicy: "cache-and-network",
    pause: id === NEW,
  });
  const rule = data?.localRules.find((each) => each.id === id);
  return (
    <EditorPage
      section="local-rules"
      title={id === NEW ? "New local rule" : (rule?.name ?? "Local rule")}
      error={error}
      state={id === NEW ? "found" : stateOf(data, rule)}
    >
      {(onSaved) => (
        <LocalRuleEditor
          key={rule?.version ?? NEW}
          rule={rule ?? null}
          writable={writable}
          onSaved={onSaved}
          onReload={() => ask({ requestPolicy: "network-only" })}
        />
      )}
    </EditorPage>
  );
}

interface LocalRuleEditorProps extends WritingProps {
  rule: LocalRuleRowFragment | null;
  writable: boolean;
}

function LocalRuleEditor({ rule, writable, ...writing }: LocalRuleEditorProps) {
  const api = useClient();
  const { saving, save } = useWriting("local-rules", LOCAL_RULE_FIELDS, writing);
  const [draft, setDraft] = useState(() => (rule === null ? NO_LOCAL_RULE : localRuleDraft(rule)));
  const change = (part: Partial<typeof draft>): void => setDraft((was) => ({ ...was, ...part }));
  const [{ data: choices }] = useWhole({ query: LocalRuleChoicesDocument, requestPolicy: "cache-and-network" });
  const { fields } = saving.problems;

  const submit = (): Promise<void> =>
    save(rule === null ? "create" : "change", async () => {
      const input = localRuleInput(draft);
      const { payload, problems } =
        rule === null
          ? await send(api, CreateLocalRuleDocument, { input })
          : await send(api, UpdateLocalRuleDocument, { input: { id: rule.id, expectedVersion: rule.version, ...input } });
      return { problems, id: payload?.localRule?.id ?? null };
    });

  const parts = { draft, change, problems: fields, choices };
  return (
    <Editor
      saving={saving}
      action={rule === null ? "Create the rule" : "Save"}
      writable={writable}
      onSubmit={submit}
      onCancel={() => openConfiguration("local-rules")}
      onReload={writing.onReload}
      removal={
        rule === null
          ? undefined
          : {
              name: rule.name,
              consequence: "What it has switched on is switched off.",
              remove: async () =>
                (await send(api, DeleteLocalRuleDocument, { id: rule.id, expectedVersion: rule.version })).problems,
              onRemoved: () => openConfiguration("local-rules"),
            }
      }
    >
      <Part title="Rule">
        <Text label="Name" required value={draft.name} onChange={(name) => change({ name })} problem={fields.name} />
        <Check
          label="In force"
          hint="A rule that is not takes back what it had switched on."
          checked={draft.enabled}
          onChange={(enabled) => change({ enabled })}
        />
      </Part>
      <Part title="When">
        <TriggerFields {...parts} />
      </Part>
      <Part title="Then">
        <ActionFields {...parts} />
      </Part>
    </Editor>
  );
}

function ActionFields({ draft, change, problems, choices }: LocalRulePartProps) {
  const actions = draft.kind === "EVENT" ? ACTIONS.filter(([action]) => action !== "FOLLOW") : ACTIONS;
  return (
    <>
      <Select
        label="Output"
        hint="It hangs on the same controller as what the rule goes by."
        value={draft.outputId}
        options={named("Choose an output", choices?.auxOutputs)}
        onChange={(outputId) => change({ outputId })}
        problem={problems.outputId}
      />
      <Select
        label="The output"
        value={draft.action}
        options={actions}
        onChange={(action) => change({ action })}
        problem={problems.action}
      />
      {draft.action === "PULSE" && (
        <Text
          label="For how long, seconds"
          hint="0.1 to 3600."
          required
          value={draft.pulseSeconds}
          onChange={(pulseSeconds) => change({ pulseSeconds })}
          problem={problems.pulseMs}
        />
      )}
      {choices?.auxOutputs.length === 0 && (
        <p className="note-problem">There is no auxiliary output yet. Make one first, under Auxiliary outputs.</p>
      )}
    </>
  );
}
