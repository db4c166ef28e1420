"""Motion detection through the API: set, seen at work, and its findings searched."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from doorward.acs.actor import Role
from doorward.acs.cameras.live import MotionCondition
from doorward.video.index import Index
from doorward.video.motion.detector import Motion
from doorward.video.motion.grid import COLUMNS, ROWS
from doorward.video.motion.heat import HeatLog
from doorward.video.wall_time import to_us
from tests.api import serve_api
from tests.world import START, make_site, open_world

pytestmark = pytest.mark.anyio

TOP_LEFT = {"points": [{"x": 0, "y": 0}, {"x": 0.5, "y": 0}, {"x": 0.5, "y": 0.5}, {"x": 0, "y": 0.5}]}
BOTTOM = {"points": [{"x": 0, "y": 0.5}, {"x": 1, "y": 0.5}, {"x": 0.5, "y": 1}]}
SEARCH = """query($camera: ID!, $area: MotionAreaInput!, $from: DateTime!, $to: DateTime!, $share: Float! = 0) {
  motionSearch(cameraId: $camera, area: $area, since: $from, until: $to, minShare: $share) {
    startsAt endsAt share } }"""
LEVELS = """query($camera: ID!, $from: DateTime!, $to: DateTime!, $step: Duration!) {
  motionLevels(cameraId: $camera, since: $from, until: $to, step: $step) { startsAt step levels } }"""
SET = """mutation($input: SetMotionDetectionInput!) { setMotionDetection(input: $input) {
  motionDetection { enabled sensitivity include { points { x y } } version state moving cpuShare picturesPerSecond }
  errors { code path message } } }"""
AT_WORK = MotionCondition("watching", "", True, 0.02, 2.0)


def times(begin_s: float, end_s: float) -> dict[str, str]:
    return {
        "from": (START + timedelta(seconds=begin_s)).isoformat(),
        "to": (START + timedelta(seconds=end_s)).isoformat(),
    }


def recorded(root: Path, camera_id: str) -> None:
    """Motion at the top left from second 10 to 12."""
    heat = np.zeros((ROWS, COLUMNS), np.bool_)
    heat[0, :4] = True
    index = Index(root)
    log = HeatLog(index)
    for second in (10, 11, 12):
        log.add(camera_id, to_us(START + timedelta(seconds=second)), Motion(True, 0.5, heat))
    log.flush()
    index.close()


async def test_motion_is_found_where_it_was_and_drawn(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world:
        camera = (await make_site(world)).camera.id
        async with serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
            await api.sign_in(Role.ADMINISTRATOR)
            recorded(tmp_path, camera)
            found = (await api.data(SEARCH, camera=camera, area=TOP_LEFT, **times(0, 60)))["motionSearch"]
            (one,) = found
            assert one["startsAt"].startswith("2026-11-23T12:00:10")
            assert one["endsAt"].startswith("2026-11-23T12:00:13")
            assert one["share"] == pytest.approx(4 / (COLUMNS * ROWS / 4))
            for nothing in ({"area": BOTTOM}, {"share": 0.5}, times(20, 60)):
                asked = {"camera": camera, "area": TOP_LEFT, **times(0, 60), **nothing}
                assert (await api.data(SEARCH, **asked))["motionSearch"] == []
            levels = (await api.data(LEVELS, camera=camera, step="PT5S", **times(0, 20)))["motionLevels"]
            assert levels["levels"] == [0, 0, pytest.approx(0.5, abs=0.01), 0]
            minutes = (await api.data(LEVELS, camera=camera, step="PT1M", **times(30, 150)))["motionLevels"]
            assert minutes["startsAt"].startswith("2026-11-23T12:00:00")
            assert minutes["levels"] == [pytest.approx(0.5, abs=0.01), None]


async def test_what_cannot_be_searched_is_refused_in_words(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world:
        camera = (await make_site(world)).camera.id
        async with serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
            await api.sign_in(Role.ADMINISTRATOR)
            line = {"points": [{"x": 0, "y": 0}, {"x": 1, "y": 1}, {"x": 0.5, "y": 0.5}]}
            for wrong in ({"area": line}, {"share": 2.0}, times(60, 0), {"camera": "nothing"}):
                asked = {"camera": camera, "area": TOP_LEFT, **times(0, 60), **wrong}
                (error,) = (await api.ask(SEARCH, **asked))["errors"]
                assert error["extensions"]["code"] in {"VALIDATION", "NOT_FOUND"}
            for step, end_s in (("PT0S", 60), ("PT1S", 20_000)):
                (error,) = (await api.ask(LEVELS, camera=camera, step=step, **times(0, end_s)))["errors"]
                assert "step" in error["message"]


async def test_settings_are_set_and_the_recorder_s_words_are_shown(database_url: str, tmp_path: Path) -> None:
    async with open_world(database_url) as world:
        camera = (await make_site(world)).camera.id
        world.domain.cameras.motion[camera] = AT_WORK
        async with serve_api(world, tmp_path, Role.ADMINISTRATOR) as api:
            await api.sign_in(Role.ADMINISTRATOR)
            given = {"cameraId": camera, "settings": {"sensitivity": 70, "include": [TOP_LEFT]}, "expectedVersion": 1}
            done = (await api.data(SET, input=given))["setMotionDetection"]
            assert done["errors"] == []
            shown = done["motionDetection"]
            assert (shown["enabled"], shown["sensitivity"], shown["include"], shown["version"]) == (
                True,
                70,
                [TOP_LEFT],
                2,
            )
            assert (shown["state"], shown["moving"], shown["cpuShare"]) == ("WATCHING", True, 0.02)
            (error,) = (await api.data(SET, input=given))["setMotionDetection"]["errors"]
            assert error["path"] == ["expectedVersion"]
            given = {"cameraId": camera, "settings": {"sensitivity": 101}}
            (error,) = (await api.data(SET, input=given))["setMotionDetection"]["errors"]
            assert (error["code"], error["path"]) == ("VALIDATION", ["settings", "sensitivity"])
