import { useState } from "react";
import { useClient, useQuery } from "urql";

import { PreviewEffect } from "../../access-check/PreviewEffect";
import { send } from "../../api/send";
import {
  CreateRuleDocument,
  DeleteRuleDocument,
  type DraftChangeInput,
  RuleDocument,
  type RuleRowFragment,
  UpdateRuleDocument,
} from "../../gql/operations";
import { may, type Viewer } from "../../session/permission";
import { Check } from "../../ui/Check";
import { Text } from "../../ui/Text";
import { Editor, Part } from "../Editor";
import { EditorPage, stateOf } from "../Page";
import { NEW, openConfiguration } from "../place";
import { useWriting, type WritingProps } from "../use-writing";
import { NO_RULE, RULE_FIELDS, ruleDraft, ruleInput } from "./rule-draft";
import { RuleStatus } from "./RuleList";
import { When, Where, Who } from "./RuleParts";

interface RuleScreenProps {
  id: string;
  writable: boolean;
  viewer: Viewer;
}

/** One access rule, or a new one. */
export function RuleScreen({ id, writable, viewer }: RuleScreenProps) {
  const [{ data, error }, ask] = useQuery({
    query: RuleDocument,
    variables: { id },
    requestPolicy: "cache-and-network",
    pause: id === NEW,
  });
  const rule = data?.accessRule;
  return (
    <EditorPage
      section="rules"
      title={id === NEW ? "New access rule" : (rule?.name ?? "Access rule")}
      watched={{ kind: "ACCESS_RULE", id, onReload: () => ask({ requestPolicy: "network-only" }) }}
      error={error}
      state={id === NEW ? "found" : stateOf(data, rule)}
    >
      {(onSaved) => (
        <RuleEditor
          key={rule?.version ?? NEW}
          rule={rule ?? null}
          writable={writable}
          seesPeople={may(viewer, "cardholder.view")}
          onSaved={onSaved}
          onReload={() => ask({ requestPolicy: "network-only" })}
        />
      )}
    </EditorPage>
  );
}

interface RuleEditorProps extends WritingProps {
  rule: RuleRowFragment | null;
  writable: boolean;
  seesPeople: boolean;
}

function RuleEditor({ rule, writable, seesPeople, ...writing }: RuleEditorProps) {
  const api = useClient();
  const { saving, save } = useWriting("rules", RULE_FIELDS, writing);
  const [draft, setDraft] = useState(() => (rule === null ? NO_RULE : ruleDraft(rule)));
  const change = (part: Partial<typeof draft>): void => setDraft((was) => ({ ...was, ...part }));
  const { fields } = saving.problems;

  const drafted = (): DraftChangeInput[] => [
    rule === null
      ? { createAccessRule: { ...NOBODY, ...ruleInput(draft) } }
      : { updateAccessRule: { id: rule.id, expectedVersion: rule.version, ...ruleInput(draft) } },
  ];

  const submit = (): Promise<void> =>
    save(rule === null ? "create" : "change", async () => {
      const { payload, problems } =
        rule === null
          ? await send(api, CreateRuleDocument, { input: { ...NOBODY, ...ruleInput(draft) } })
          : await send(api, UpdateRuleDocument, { input: { id: rule.id, expectedVersion: rule.version, ...ruleInput(draft) } });
      return { problems, id: payload?.accessRule?.id ?? null };
    });

  return (
    <Editor
      saving={saving}
      action={rule === null ? "Create the rule" : "Save"}
      writable={writable}
      onSubmit={submit}
      onCancel={() => openConfiguration("rules")}
      onReload={writing.onReload}
      tools={seesPeople && <PreviewEffect draft={drafted} />}
      removal={
        rule === null
          ? undefined
          : {
              name: rule.name,
              consequence: "Who passes by this rule alone will pass no longer. Past events stay.",
              remove: async () =>
                (await send(api, DeleteRuleDocument, { id: rule.id, expectedVersion: rule.version })).problems,
              onRemoved: () => openConfiguration("rules"),
              ...(seesPeople && {
                children: (
                  <div>
                    <PreviewEffect label="Who would lose access?" draft={() => [{ deleteAccessRule: { id: rule.id } }]} />
                  </div>
                ),
              }),
            }
      }
    >
      <Part title="Rule" end={rule && <RuleStatus rule={rule} />}>
        <Text label="Name" required value={draft.name} onChange={(name) => change({ name })} problem={fields.name} />
        <Check label="Enabled" checked={draft.enabled} onChange={(enabled) => change({ enabled })} />
        <div className="form-pair">
          <Text
            label="Valid from"
            type="datetime-local"
            value={draft.validFrom}
            onChange={(validFrom) => change({ validFrom })}
            problem={fields.validFrom}
          />
          <Text
            label="Valid to"
            type="datetime-local"
            hint="Empty: it has no end."
            value={draft.validTo}
            onChange={(validTo) => change({ validTo })}
            problem={fields.validTo}
          />
        </div>
      </Part>
      <Who draft={draft} change={change} problems={fields} seesPeople={seesPeople} />
      <Where draft={draft} change={change} problems={fields} />
      <When draft={draft} change={change} problems={fields} />
    </Editor>
  );
}

/** What a new rule sends in the place of people that its author may not see. */
const NOBODY = { cardholderIds: [] as string[] };
