"""The drawn portraits."""

import io

import numpy as np
from PIL import Image

from doorward.demo.cast import CAST
from doorward.demo.portraits import SIZE, draw_portrait


def test_portraits_are_jpegs_of_the_stated_size_and_the_same_every_time() -> None:
    person = CAST[0]
    content = draw_portrait(person.look, person.card)
    picture = Image.open(io.BytesIO(content))
    assert (picture.format, picture.size) == ("JPEG", (SIZE, SIZE))
    assert draw_portrait(person.look, person.card) == content


def test_no_two_people_of_the_demo_look_alike() -> None:
    pictures = [
        np.asarray(Image.open(io.BytesIO(draw_portrait(person.look, person.card))).resize((64, 64)), int)
        for person in CAST
    ]
    for index, one in enumerate(pictures):
        for other in pictures[:index]:
            visibly_different = (np.abs(one - other).max(axis=2) > 40).mean()
            assert visibly_different > 0.05
