import type { CustomFieldRowFragment } from "../gql/operations";
import { Icon } from "../ui/Icon";
import { kindWords } from "./kinds";

interface CustomFieldRowProps {
  field: CustomFieldRowFragment;
  writable: boolean;
  first: boolean;
  last: boolean;
  /** Moves it one place up (-1) or down (1). */
  onMove: (step: -1 | 1) => void;
  onEdit: () => void;
  onDelete: () => void;
}

export function CustomFieldRow({ field, writable, first, last, onMove, onEdit, onDelete }: CustomFieldRowProps) {
  const { name, kind, choices, required, valueCount } = field;
  return (
    <li data-testid="custom-field">
      <span className="card-name">{name}</span>
      <span className="quiet">{choices.length === 0 ? kindWords(kind) : choices.join(", ")}</span>
      {required && <span className="tag">Required</span>}
      <span className="quiet numbers">{valueCount === 1 ? "1 value" : `${valueCount} values`}</span>
      {writable && (
        <span className="row-actions">
          <button type="button" className="icon-button" aria-label={`Move ${name} up`} disabled={first} onClick={() => onMove(-1)}>
            <Icon name="up" />
          </button>
          <button type="button" className="icon-button" aria-label={`Move ${name} down`} disabled={last} onClick={() => onMove(1)}>
            <Icon name="down" />
          </button>
          <button type="button" aria-label={`Edit ${name}`} onClick={onEdit}>
            Edit
          </button>
          <button type="button" className="danger" aria-label={`Delete ${name}`} onClick={onDelete}>
            Delete
          </button>
        </span>
      )}
    </li>
  );
}
