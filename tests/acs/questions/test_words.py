"""Every step of every trace becomes a sentence, also of traces that are older or newer than this server."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorward.acs.decision.compiled import CompiledPolicy
from doorward.acs.decision.decide import decide
from doorward.acs.decision.reason import Reason
from doorward.acs.questions.words import reason_words, told
from tests.acs.decision.scenes import Scene


@settings(max_examples=60)
@given(st.integers(0, 100_000))
def test_each_step_of_any_decision_is_a_sentence(seed: int) -> None:
    scene = Scene(seed)
    policy = CompiledPolicy(scene.policy)
    for world, read, now in scene.reads(4):
        decision = decide(policy, world, read, now)
        for step, shown in zip(decision.trace, told(decision.trace), strict=True):
            assert (shown.check, shown.passed, shown.saw) == (step.check, step.passed, step.detail)
            assert shown.sentence[0].isupper() or not shown.sentence[0].isalpha()
            assert shown.sentence.endswith(".")
            assert "{" not in shown.sentence
            assert "_" not in shown.name


@pytest.mark.parametrize(
    "step, sentence",
    [
        (("lockdown", True, "exempt"), "The door is in lockdown, but the cardholder is exempt."),
        (("method", True, "dynamic_qr and pin"), "Dynamic QR code and PIN is accepted here."),
        (("method", False, "holds card"), "What they hold is not accepted here at this time: card."),
        (("credential", False, "credential_lost"), "The credential was reported lost."),
        (("credential", False, "unknown"), "What was shown belongs to nobody."),
        (("together", False, "1 of them here"), "More people are needed; 1 of them here."),
        (("of_tomorrow", False, "something"), "Of tomorrow: something."),
    ],
)
def test_a_stored_step_is_told(step: tuple[str, bool, str], sentence: str) -> None:
    assert told([list(step)])[0].sentence == sentence


def test_reasons_are_told_and_unknown_ones_kept() -> None:
    assert reason_words(Reason.CARD_UNKNOWN) == "This card belongs to nobody."
    assert reason_words("of_tomorrow") == "of_tomorrow"
