"""Who may pass where and when, and the policy that is compiled from it."""
