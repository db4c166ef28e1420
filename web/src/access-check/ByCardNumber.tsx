import { useState } from "react";
import { useClient } from "urql";

import { sentenceOf } from "../api/client";
import { CardsNumberedDocument, type CardsNumberedQuery } from "../gql/operations";
import { Text } from "../ui/Text";

interface ByCardNumberProps {
  onFound: (cardholderId: string, credentialId: string) => void;
}

/** Finds whose a card is by the number on it. Of several with that number one is chosen. */
export function ByCardNumber({ onFound }: ByCardNumberProps) {
  const api = useClient();
  const [number, setNumber] = useState("");
  const [cards, setCards] = useState<CardsNumberedQuery["cardsNumbered"]["nodes"]>([]);
  const [told, setTold] = useState("");

  const find = async (): Promise<void> => {
    setTold("Looking…");
    const { data, error } = await api.query(CardsNumberedDocument, { number }, { requestPolicy: "network-only" }).toPromise();
    const found = data?.cardsNumbered.nodes ?? [];
    setCards(found);
    if (error) return setTold(sentenceOf(error));
    const [only] = found;
    if (found.length === 1 && only) return onFound(only.cardholder.id, only.credentialId);
    setTold(found.length === 0 ? "No card has this number." : "More than one card has this number. Choose one.");
  };

  return (
    <div className="rows">
      <div className="inline-fields">
        <Text label="Or the number of their card" type="search" value={number} onChange={setNumber} />
        <button type="button" disabled={number.trim() === ""} onClick={() => void find()}>
          Find the card
        </button>
      </div>
      <p className="field-hint" role="status">
        {told}
      </p>
      {cards.length > 1 && (
        <ul className="offered" aria-label="Cards with this number">
          {cards.map(({ credentialId, credentialName, facilityCode, cardholder }) => (
            <li key={credentialId}>
              <button type="button" onClick={() => onFound(cardholder.id, credentialId)}>
                {cardholder.name}: {credentialName}
                {facilityCode !== null && `, facility code ${facilityCode}`}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
