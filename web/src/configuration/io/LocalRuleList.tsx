
import { useWhole } from "../../api/use-whole";
import { LocalRuleListDocument } from "../../gql/operations";
import { Badge } from "../../ui/Badge";
import { Cell, ListPage, NameCell, Rows } from "../Page";
import { ruleWords } from "./local-rule-words";

/** All rules by which controllers switch outputs by themselves. */
export function LocalRuleList({ writable }: { writable: boolean }) {
  const [{ data, error }] = useWhole({ query: LocalRuleListDocument, requestPolicy: "cache-and-network" });
  return (
    <ListPage
      section="local-rules"
      create={writable ? "New local rule" : undefined}
      error={error}
      count={data?.localRules.length}
      empty="There are no local rules yet. By one a controller switches an output by itself, without the server too."
    >
      <Rows caption="Local rules" columns={["Name", "What it does", "In force"]}>
        {data?.localRules.map((rule) => (
          <tr key={rule.id}>
            <NameCell section="local-rules" id={rule.id} name={rule.name} />
            <Cell label="What it does">{ruleWords(rule)}</Cell>
            <Cell label="In force">
              <Badge tone={rule.enabled ? "calm" : "off"} word={rule.enabled ? "In force" : "Disabled"} />
            </Cell>
          </tr>
        ))}
      </Rows>
    </ListPage>
  );
}
