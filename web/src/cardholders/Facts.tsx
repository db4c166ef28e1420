import { dateWords } from "../app/clock";
import type { CardholderDetailFragment } from "../gql/operations";
import { peopleHref } from "../people/place";
import { FLAGS } from "./cardholder-draft";

/** What is known of a cardholder, to be read. */
export function Facts({ cardholder }: { cardholder: CardholderDetailFragment }) {
  const { number, email, phone, groups, validFrom, validTo, customFields, notes } = cardholder;
  const facts: [term: string, value: string][] = [
    ["Number", number],
    ["E-mail", email || "none"],
    ["Phone", phone || "none"],
    ["Groups", groups.map((group) => group.name).join(", ") || "none"],
    ["Valid from", validFrom === null ? "always" : dateWords(Date.parse(validFrom))],
    ["Valid to", validTo === null ? "no end" : dateWords(Date.parse(validTo))],
    ...customFields.map(({ name, value }): [string, string] => [name, value]),
  ];
  return (
    <div className="person-facts">
      <Marks cardholder={cardholder} />
      <dl className="facts">
        {facts.map(([term, value], index) => (
          // A custom field may be called like a field that everybody has.
          // oxlint-disable-next-line react/no-array-index-key
          <div key={index}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {notes !== "" && <p className="notes">{notes}</p>}
    </div>
  );
}

function Marks({ cardholder }: { cardholder: CardholderDetailFragment }) {
  const marks = FLAGS.filter(([flag]) => flag !== "suspended" && cardholder[flag]).map(([, label]) => label);
  const { visitor, host, directory } = cardholder;
  if (marks.length === 0 && !visitor && directory === "") return null;
  return (
    <p className="badges">
      {visitor && (
        <span className="tag">
          Visitor
          {host && (
            <>
              {" of "}
              <a href={peopleHref({ screen: "cardholder", id: host.id })}>{host.name}</a>
            </>
          )}
        </span>
      )}
      {marks.map((mark) => (
        <span key={mark} className="tag">
          {mark}
        </span>
      ))}
      {directory !== "" && <span className="tag">From the directory {directory}</span>}
    </p>
  );
}
