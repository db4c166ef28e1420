import { useEffect, useRef } from "react";

/** Codes that are shown this once, to be kept where the phone is not. */
export function RecoveryCodes({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className="form" data-testid="recovery-codes">
      <h3 ref={heading} tabIndex={-1}>
        Your recovery codes
      </h3>
      <p>
        Print them or write them down: each lets you in once without your phone. They are not shown again.
      </p>
      <ul className="recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="form-end">
        <button type="button" className="primary" onClick={onDone}>
          I have them
        </button>
      </div>
    </div>
  );
}
