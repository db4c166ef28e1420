import { Component, type ReactNode } from "react";

interface FailureProps {
  /** What is shown: with another place it is tried anew. */
  place: string;
  children: ReactNode;
}

/** Keeps a fault of one screen from taking the whole page away: the rest stays, and another screen can be opened. */
export class Failure extends Component<FailureProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidUpdate({ place }: FailureProps): void {
    if (this.state.failed && place !== this.props.place) this.setState({ failed: false });
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
