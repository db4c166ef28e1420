"""The commands of a checkout, with programs that only write down what they were asked."""

from pathlib import Path

import pytest

from tests.scripts.checkout import PYTHON, Checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout on a machine with a Python and nothing else."""
    checkout = Checkout(tmp_path / "checkout")
    checkout.program("python3", PYTHON)
    return checkout
