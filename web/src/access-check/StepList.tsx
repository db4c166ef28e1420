import { configurationHref, inConfiguration, type Section } from "../configuration/place";
import type { StepFragment, StepSubjectKind } from "../gql/operations";
import { Icon } from "../ui/Icon";

const SECTION_OF: Record<StepSubjectKind, Section> = {
  ACCESS_RULE: "rules",
  SCHEDULE: "schedules",
  DOOR: "doors",
  ZONE: "zones",
  INTERLOCK: "interlocks",
};

/** The checks that led to a decision, in their order; each leads to what it names. */
export function StepList({ steps }: { steps: readonly StepFragment[] }) {
  return (
    <ol className="trace" data-testid="steps">
      {steps.map(({ check, name, passed, sentence, about }) => (
        <li key={`${check} ${sentence}`} className={passed ? "passed" : "failed"} data-check={check} data-passed={passed}>
          <Icon name={passed ? "good" : "bad"} />
          <div>
            <p className="trace-check">
              {name}
              <span className="trace-verdict">{passed ? "passed" : "stops here"}</span>
            </p>
            <p className="trace-detail">{sentence}</p>
            {about.length > 0 && (
              <p className="trace-about">
                {about.map((subject) => (
                  <a key={subject.id} href={configurationHref(inConfiguration(SECTION_OF[subject.kind], subject.id))}>
                    {subject.name}
                  </a>
                ))}
              </p>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}
