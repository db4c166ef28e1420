"""A cardholder as others name them."""

import strawberry


@strawberry.type(description="A cardholder, by name.")
class CardholderName:
    """A cardholder's id, the site's own number for them, and name."""

    id: strawberry.ID
    number: str
    """The site's own id for the person."""
    name: str
    """First and last name."""
