import { type FormEvent, useState } from "react";
import { useClient, useQuery } from "urql";

import { DAY_S, durationOf, secondsOf } from "../api/duration";
import { sentenceOf } from "../api/client";
import { send } from "../api/send";
import { useSaving } from "../configuration/saving";
import { type SignInRulesFragment, SignInRulesDocument, UpdateSignInRulesDocument } from "../gql/operations";
import { focusFirstProblem } from "../ui/focus";
import { Panel } from "../ui/Panel";
import { Refused } from "../ui/Refused";
import { Select } from "../ui/Select";
import { Text } from "../ui/Text";
import { usersHref } from "./place";
import { SECOND_FACTORS } from "./words";
import "../account/account.css";

/** What holds for everybody's passwords, second factors and sessions. */
export function SignInRules() {
  const [{ data, error }, reload] = useQuery({ query: SignInRulesDocument, requestPolicy: "cache-and-network" });
  const [saved, setSaved] = useState(false);
  const again = (): void => reload({ requestPolicy: "network-only" });
  return (
    <section className="screen account" aria-labelledby="rules-title" onInput={() => setSaved(false)}>
      <p className="crumb">
        <a href={usersHref({ screen: "users", id: null })}>Users</a>
      </p>
      <h1 id="rules-title">Rules of signing in</h1>
      <p className="saved" role="status">
        {saved ? "Saved." : ""}
      </p>
      {!data && (
        <p className="quiet" role={error ? "alert" : undefined}>
          {error ? sentenceOf(error) : "Loading…"}
        </p>
      )}
      {data && (
        <Panel title="For everybody">
          <RulesForm
            key={data.signInRules.version}
            rules={data.signInRules}
            onSaved={() => {
              setSaved(true);
              again();
            }}
            onReload={again}
          />
        </Panel>
      )}
    </section>
  );
}

interface RulesFormProps {
  rules: SignInRulesFragment;
  onSaved: () => void;
  onReload: () => void;
}

function RulesForm({ rules, onSaved, onReload }: RulesFormProps) {
  const api = useClient();
  const [length, setLength] = useState(String(rules.minPasswordLength));
  const [factor, setFactor] = useState(rules.secondFactor);
  const [minutes, setMinutes] = useState(rules.idleTimeout === null ? "" : String(secondsOf(rules.idleTimeout) / 60));
  const [days, setDays] = useState(String(secondsOf(rules.longestToken) / DAY_S));
  const { pending, problems, outdated, run } = useSaving([
    "minPasswordLength",
    "secondFactor",
    "idleTimeout",
    "longestToken",
  ] as const);
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget;
    const input = {
      expectedVersion: rules.version,
      minPasswordLength: Math.round(Number(length)),
      secondFactor: factor,
      idleTimeout: minutes.trim() === "" ? null : durationOf(Math.round(Number(minutes) * 60)),
      longestToken: durationOf(Math.round(Number(days)) * DAY_S),
    };
    if (await run(async () => (await send(api, UpdateSignInRulesDocument, { input })).problems)) onSaved();
    else focusFirstProblem(form);
  };
  return (
    <form className="form" onSubmit={(event) => void submit(event)} noValidate>
      <Text
        label="Shortest password (characters)"
        type="number"
        min={8}
        max={128}
        value={length}
        onChange={setLength}
        hint="Holds for passwords that are made from now on."
        problem={problems.fields.minPasswordLength}
      />
      <Select
        label="Who has a second factor"
        value={factor}
        options={SECOND_FACTORS}
        onChange={setFactor}
        hint="Whoever must have one and has none can do nothing else before it is set up."
        problem={problems.fields.secondFactor}
      />
      <Text
        label="End sessions that are not used for (minutes)"
        type="number"
        min={1}
        max={720}
        value={minutes}
        onChange={setMinutes}
        hint="Empty: they end after 12 hours only. Watching a screen that updates by itself is no use of it."
        problem={problems.fields.idleTimeout}
      />
      <Text
        label="Tokens last at most (days)"
        type="number"
        min={1}
        max={3650}
        value={days}
        onChange={setDays}
        hint="Holds for tokens that are made from now on."
        problem={problems.fields.longestToken}
      />
      <Refused sentences={problems.form} outdated={outdated} onReload={onReload} />
      <div className="form-end">
        <button type="submit" className="primary" disabled={pending}>
          {pending ? "Saving…" : "Save"}
        </button>
      </div>
    </form>
  );
}
