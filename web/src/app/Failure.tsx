import { Component, type ReactNode } from "react";

interface FailureProps {
  /** What is shown: with another place it is tried anew. */
  place: string;
  children: ReactNode;
}

interface FailureState {
  failed: boolean;
  place: string;
}

/** Keeps a fault of one screen from taking the whole page away: the rest stays, and another screen can be opened. */
export class Failure extends Component<FailureProps, FailureState> {
  override state: FailureState = { failed: false, place: this.props.place };

  static getDerivedStateFromError(): Partial<FailureState> {
    return { failed: true };
  }

  static getDerivedStateFromProps({ place }: FailureProps, state: FailureState): FailureState | null {
    return place === state.place ? null : { failed: false, place };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="pad" role="alert" data-testid="failure">
        <p>This screen has failed. The doors are not touched by it.</p>
        <button type="button" onClick={() => this.setState({ failed: false })}>
          Try again
        </button>
      </div>
    );
  }
}
