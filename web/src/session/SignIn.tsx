import { type FormEvent, useEffect, useRef, useState } from "react";
import type { Client } from "urql";

import { sentenceOf } from "../api/client";
import { type FormProblems as Problems, noProblems, placeProblems } from "../api/problems";
import { type ProblemFragment, SignInChoicesDocument, type SignInChoicesQuery, SignInDocument, type SignInInput } from "../gql/operations";
import { hasPasskeys, showPasskey } from "../passkeys/device";
import { Field, FormProblems } from "../ui/Field";
import { focusFirstProblem } from "../ui/focus";
import { signInByPasskey } from "./by-passkey";
import { elsewhereWords } from "./elsewhere-words";
import type { Viewer } from "./permission";
import "./session.css";

interface SignInProps {
  api: Client;
  expired: boolean;
  onSignedIn: (viewer: Viewer) => void;
}

type Choice = SignInChoicesQuery["signInChoices"][number];

/** Somebody whose password was right. */
interface Known {
  name: string;
  password: string;
  codePossible: boolean;
  passkeyOptions: string | null;
}

export function SignIn({ api, expired, onSignedIn }: SignInProps) {
  const form = useRef<HTMLFormElement>(null);
  const [pending, setPending] = useState(false);
  const [problems, setProblems] = useState<Problems<"name" | "password" | "code">>(() => {
    const words = elsewhereWords(location.search);
    return words === null ? noProblems : { fields: {}, form: [words] };
  });
  const [choices, setChoices] = useState<readonly Choice[]>([]);
  const [known, setKnown] = useState<Known | null>(null);

  const asksForCode = known !== null;
  useEffect(() => {
    form.current?.querySelector<HTMLInputElement>(asksForCode ? "[name=code]" : "[name=name]")?.focus();
  }, [asksForCode]);

  useEffect(() => {
    // It is said now; who loads the page again is not told again.
    if (elsewhereWords(location.search) !== null) history.replaceState(null, "", location.pathname + location.hash);
    let over = false;
    const ask = async (): Promise<void> => {
      const { data } = await api.query(SignInChoicesDocument, {}).toPromise();
      if (!over && data) setChoices(data.signInChoices);
    };
    void ask();
    return () => {
      over = true;
    };
  }, [api]);

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const entered = new FormData(event.currentTarget);
    const { name, password } = known ?? { name: String(entered.get("name")), password: String(entered.get("password")) };
    await sendIt(known === null ? { name, password } : { name, password, code: String(entered.get("code")) });
  };

  const sendIt = async (input: SignInInput): Promise<void> => {
    setPending(true);
    const { data, error } = await api.mutation(SignInDocument, { input }).toPromise();
    setPending(false);
    if (data?.signIn.user) {
      onSignedIn(data.signIn.user);
      return;
    }
    if (data?.signIn.secondFactorNeeded === true) {
      const { codePossible, passkeyOptions } = data.signIn;
      setProblems(noProblems);
      setKnown({ name: input.name, password: input.password, codePossible, passkeyOptions: hasPasskeys() ? passkeyOptions : null });
      return;
    }
    setProblems(error ? { fields: {}, form: [sentenceOf(error)] } : placed(data?.signIn.errors ?? []));
    focusFirstProblem(form.current);
  };

  /** The passkey alone, of whoever they are. */
  const withPasskey = async (): Promise<void> => {
    setPending(true);
    setProblems(noProblems);
    const wrong = await signInByPasskey(api, onSignedIn);
    setPending(false);
    if (wrong.length > 0) setProblems(placed(wrong));
  };

  /** The passkey after the password. A challenge counts once, so a second attempt begins with the password again. */
  const addPasskey = async ({ name, password, passkeyOptions }: Known): Promise<void> => {
    const shown = await showPasskey(passkeyOptions ?? "{}");
    if (shown.answer === null) setProblems(placed(shown.problems));
    else {
      setKnown((was) => was && { ...was, passkeyOptions: null });
      await sendIt({ name, password, passkey: shown.answer });
    }
  };

  return (
    <main className="sign-in">
      <form ref={form} onSubmit={(event) => void submit(event)} noValidate data-testid="sign-in">
        <h1>
          <span className="brand-mark" aria-hidden="true" />
          Doorward
        </h1>
        <p className="quiet" role="status">
          {known !== null ? `One more step, ${known.name}.` : expired ? "Your session has ended. Sign in again." : "Sign in to see the doors."}
        </p>
        <FormProblems sentences={problems.form} />
        {known === null ? (
          <>
            <Field label="Name" name="name" autoComplete="username" autoCapitalize="none" required problem={problems.fields.name} />
            <Field
              label="Password"
              name="password"
              type="password"
              autoComplete="current-password"
              required
              problem={problems.fields.password}
            />
          </>
        ) : (
          <Field
            key="code"
            label="Code"
            name="code"
            autoComplete="one-time-code"
            autoCapitalize="none"
            required
            hint={known.codePossible ? "The one that your authenticator shows now, or one of your recovery codes." : "One of your recovery codes, if you do not have your passkey."}
            problem={problems.fields.code}
          />
        )}
        <button type="submit" className="primary" disabled={pending}>
          {pending ? "Signing in…" : "Sign in"}
        </button>
        {known === null && hasPasskeys() && (
          <button type="button" disabled={pending} onClick={() => void withPasskey()}>
            Sign in with a passkey
          </button>
        )}
        {known === null &&
          choices.map(({ id, name, startPath }) => (
            <a key={id} className="button" href={startPath}>
              Sign in with {name}
            </a>
          ))}
        {known !== null && known.passkeyOptions !== null && (
          <button type="button" disabled={pending} onClick={() => void addPasskey(known)}>
            Use a passkey
          </button>
        )}
        {known !== null && (
          <button
            type="button"
            onClick={() => {
              setKnown(null);
              setProblems(noProblems);
            }}
          >
            Sign in as somebody else
          </button>
        )}
      </form>
    </main>
  );
}

function placed(errors: readonly ProblemFragment[]): Problems<"name" | "password" | "code"> {
  const problems = placeProblems(errors, ["name", "password", "code"] as const);
  const silent = problems.form.length === 0 && Object.keys(problems.fields).length === 0;
  return silent ? { fields: {}, form: ["The server did not sign you in. Try again."] } : problems;
}
