"""Small grey pictures for the tests: noise, and bright squares on it."""

import numpy as np

from doorward.video.motion.grid import HEIGHT, WIDTH, Picture

GREY = 100


def plain(noise: int = 0, seed: int = 0, shade: int = GREY) -> Picture:
    """One shade, every pixel of it up to `noise` levels brighter or darker."""
    dice = np.random.default_rng(seed)
    picture: Picture = (shade + dice.integers(-noise, noise + 1, (HEIGHT, WIDTH))).astype(np.uint8)
    return picture


def with_square(picture: Picture, left: float, top: float, width: float, height: float, shade: int = 255) -> Picture:
    """The same with a bright rectangle; all in shares of the picture."""
    drawn = picture.copy()
    x, y = round(left * WIDTH), round(top * HEIGHT)
    drawn[y : y + round(height * HEIGHT), x : x + round(width * WIDTH)] = shade
    return drawn
