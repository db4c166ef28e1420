import { useState } from "react";
import { useClient } from "urql";

import { send } from "../api/send";
import {
  type CardDetailFragment,
  type CardholderDetailFragment,
  type CredentialStatus,
  type ProblemFragment,
  UpdateCardDocument,
} from "../gql/operations";
import { FormProblems } from "../ui/Field";
import { AddCard } from "./AddCard";
import { CARD_STATUSES } from "./standing";
import { StandingBadge } from "./StandingBadge";

interface CardsProps {
  cardholder: CardholderDetailFragment;
  writable: boolean;
  refresh: () => void;
}

/** The cards of one cardholder. */
export function Cards({ cardholder, writable, refresh }: CardsProps) {
  const api = useClient();
  const [adding, setAdding] = useState(false);
  const [problems, setProblems] = useState<readonly ProblemFragment[]>([]);

  const setStatus = async (card: CardDetailFragment, status: CredentialStatus): Promise<void> => {
    const input = { id: card.id, expectedVersion: card.version, status };
    const sent = await send(api, UpdateCardDocument, { input });
    setProblems(sent.problems);
    refresh();
  };

  return (
    <section className="panel cards" aria-labelledby="cards-title">
      <header className="panel-head">
        <h2 id="cards-title">Cards</h2>
        {writable && (
          <button type="button" onClick={() => setAdding(true)} data-testid="add-card">
            Add a card
          </button>
        )}
      </header>
      <FormProblems sentences={problems.map((problem) => problem.message)} />
      {cardholder.cards.length === 0 && <p className="quiet pad">No cards.</p>}
      <ul className="card-rows">
        {cardholder.cards.map((card) => (
          <li key={card.id} data-testid="card" data-status={card.status}>
            <span className="card-name">{card.name}</span>
            <span className="quiet">{cardNumber(card)}</span>
            <StandingBadge standing={CARD_STATUSES[card.status]} />
            {writable && (
              <label className="card-status">
                <span className="heard-only">Status of {card.name}</span>
                <select
                  value={card.status}
                  onChange={(change) => void setStatus(card, change.currentTarget.value as CredentialStatus)}
                >
                  {Object.entries(CARD_STATUSES).map(([status, { word }]) => (
                    <option key={status} value={status}>
                      {word}
                    </option>
                  ))}
                </select>
              </label>
            )}
          </li>
        ))}
      </ul>
      {adding && (
        <AddCard
          cardholderId={cardholder.id}
          onClose={() => setAdding(false)}
          onAdded={() => {
            setAdding(false);
            refresh();
          }}
        />
      )}
    </section>
  );
}

/** The format and, for those who may see it, the number. */
export function cardNumber({ format, facilityCode, number }: Pick<CardDetailFragment, "format" | "facilityCode" | "number">): string {
  if (number === null) return `${format}, number hidden`;
  return `${format}, facility ${facilityCode ?? "none"}, number ${number}`;
}
