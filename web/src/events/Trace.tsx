import { Icon } from "../ui/Icon";
import type { FeedEvent } from "./feed";

/** The steps that led to the decision, in order. */
export function Trace({ steps }: { steps: FeedEvent["trace"] }) {
  return (
    <ol className="trace" data-testid="trace">
      {steps.map(({ check, passed, detail }) => (
        <li key={`${check} ${detail}`} className={passed ? "passed" : "failed"} data-passed={passed}>
          <Icon name={passed ? "good" : "bad"} />
          <div>
            <p className="trace-check">
              {checkWords(check)}
              <span className="trace-verdict">{passed ? "passed" : "failed"}</span>
            </p>
            <p className="trace-detail">{detail}</p>
          </div>
        </li>
      ))}
    </ol>
  );
}

/** `access_rule` as a person would write it. */
export function checkWords(check: string): string {
  const words = check.replaceAll(/[_.]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
