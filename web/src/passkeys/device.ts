import type { ProblemFragment } from "../gql/operations";

/** What a device answered (JSON as WebAuthn level 3 has it), or why it did not. */
export type Answer = { answer: string; problems: readonly [] } | { answer: null; problems: readonly ProblemFragment[] };

/** Whether this browser can use passkeys at all: it cannot without HTTPS, but for localhost. */
export function hasPasskeys(): boolean {
  return typeof window.PublicKeyCredential?.parseRequestOptionsFromJSON === "function";
}

/** Has a device make a passkey. The browser asks its user. */
export async function makePasskey(options: string): Promise<Answer> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(options) as PublicKeyCredentialCreationOptionsJSON);
  return answered(navigator.credentials.create({ publicKey }), "No passkey was made.");
}

/** Has a device sign with a passkey. The browser asks its user. */
export async function showPasskey(options: string): Promise<Answer> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(options) as PublicKeyCredentialRequestOptionsJSON);
  return answered(navigator.credentials.get({ publicKey }), "No passkey was shown.");
}

async function answered(asked: Promise<Credential | null>, otherwise: string): Promise<Answer> {
  try {
    const found = await asked;
    if (found instanceof PublicKeyCredential) return { answer: JSON.stringify(found.toJSON()), problems: [] };
  } catch (error) {
    const known = error instanceof DOMException && error.name === "InvalidStateError";
    if (known) return failed("This device has a passkey for this site already.");
  }
  return failed(otherwise);
}

function failed(message: string): Answer {
  return { answer: null, problems: [{ code: "VALIDATION", message, path: [] }] };
}
