import { vi } from "vitest";

/** What a fake browser's device answers to everything, without looking at what is asked. */
export class FakeCredential {
  readonly id = "fake";
  static parseCreationOptionsFromJSON(options: unknown): unknown {
    return options;
  }
  static parseRequestOptionsFromJSON(options: unknown): unknown {
    return options;
  }
  toJSON(): unknown {
    return { id: this.id };
  }
}

/** Gives the page a browser with passkeys; `refuse` makes its user say no. */
export function fakeDevice({ refuse = false }: { refuse?: boolean } = {}) {
  const asked: unknown[] = [];
  const answer = async ({ publicKey }: { publicKey: unknown }): Promise<FakeCredential> => {
    asked.push(publicKey);
    if (refuse) throw new DOMException("no", "NotAllowedError");
    return new FakeCredential();
  };
  vi.stubGlobal("PublicKeyCredential", FakeCredential);
  Object.defineProperty(navigator, "credentials", { configurable: true, value: { create: answer, get: answer } });
  return asked;
}
