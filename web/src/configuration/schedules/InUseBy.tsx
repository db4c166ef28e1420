import { configurationHref, inConfiguration, type Section } from "../place";

const SECTION_OF: Record<string, Section> = {
  "access rule": "rules",
  schedule: "schedules",
  "override schedule": "overrides",
  door: "doors",
  "identification profile": "profiles",
};

/** What uses a schedule; each thing leads to its own place. */
export function InUseBy({ uses }: { uses: readonly { kind: string; id: string; name: string }[] }) {
  if (uses.length === 0) return <p className="quiet">Nothing uses it; it can be deleted.</p>;
  return (
    <ul>
      {uses.map(({ kind, id, name }) => {
        const section = SECTION_OF[kind];
        return (
          <li key={`${kind} ${id}`}>
            {section ? <a href={configurationHref(inConfiguration(section, id))}>{name}</a> : name}{" "}
            <span className="quiet">({kind})</span>
          </li>
        );
      })}
    </ul>
  );
}
