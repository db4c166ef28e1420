"""What every test may ask for: a database of either kind, migrated or empty, and a browser."""

import asyncio
import itertools
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import hypothesis
import pytest
from tortoise.apps import Apps

from doorward.acs.database import open_database, sqlite_url
from tests.postgres import PostgresServer

ENGINES = ("sqlite", "postgres")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TEMPLATE = "doorward_migrated"

# How long an example takes, or making one up, is the machine's affair: what is to be quick is measured, and says so.
hypothesis.settings.register_profile("doorward", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("doorward")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=[*ENGINES, "both"],
        default="both",
        help="run the tests that touch storage on this database only",
    )
    parser.addoption(
        "--no-skips",
        action="store_true",
        help="a test that would be skipped fails: everything it needs is meant to be installed",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever asks for a database runs once on each kind."""
    if "database_engine" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        metafunc.parametrize("database_engine", ENGINES if chosen == "both" else (chosen,), scope="session")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    # An expected failure is reported as a skip too, but says why in an attribute of its own.
    if not hasattr(report, "wasxfail"):
        _fail_if_skipped(report, item.config)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_if_skipped(report, collector.config)
    return report


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport, config: pytest.Config) -> None:
    if report.skipped and config.getoption("--no-skips"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
        report.outcome = "failed"
        report.longrepr = f"--no-skips allows none, but {report.nodeid} would be skipped. {reason}"


@pytest.fixture
def anyio_backend() -> str:
    """Doorward runs on asyncio; trio is not its business."""
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def models_prepared_once() -> Iterator[None]:
    """Tortoise prepares all models for a dialect each time it opens a database: here only when the dialect changes.

    Thousands of tests open a database, and preparing takes most of the time of it.
    """
    prepare = Apps._build_initial_querysets
    prepared: list[object] = []

    def prepare_once(apps: Apps) -> None:
        models = [model for app in apps.values() for model in app.values()]
        wanted = [*models, *{model._meta.db.executor_class for model in models}]
        if wanted != prepared:
            prepare(apps)
            prepared[:] = wanted

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Apps, "_build_initial_querysets", prepare_once)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """PostgreSQL, started by the first test of the session that needs it."""
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("migrated") / "doorward.db"
    asyncio.run(_migrate(sqlite_url(str(path))))
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> str:
    """The name of a migrated PostgreSQL database to copy."""
    asyncio.run(_migrate(postgres.create_database(TEMPLATE)))
    return TEMPLATE


async def _migrate(url: str) -> None:
    async with open_database(url):
        pass


@pytest.fixture(scope="session")
def database_names() -> Iterator[str]:
    """Names for PostgreSQL databases, each used once."""
    return (f"doorward_{number}" for number in itertools.count(1))


@pytest.fixture(scope="session")
def postgres_copies(postgres: PostgresServer, migrated_postgres: str, database_names: Iterator[str]) -> Iterator[str]:
    """Names of migrated PostgreSQL databases; while a test uses one, the next is being made."""

    def begin() -> tuple[str, int]:
        name = next(database_names)
        return name, postgres.begin_database(name, migrated_postgres)

    def copies() -> Iterator[str]:
        name, begun = begin()
        while True:
            postgres.finish_database(begun)
            made, (name, begun) = name, begin()
            yield made

    return copies()


@pytest.fixture
def database_url(database_engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a new database that is migrated and otherwise empty: SQLite, then PostgreSQL."""
    if database_engine == "sqlite":
        path = tmp_path / "database" / "doorward.db"
        path.parent.mkdir()
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), path)
        yield sqlite_url(str(path))
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = next(request.getfixturevalue("postgres_copies"))
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def empty_database_url(
    database_engine: str, database_names: Iterator[str], request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """The URL of a new database without any table: SQLite (no file yet), then PostgreSQL."""
    if database_engine == "sqlite":
        yield sqlite_url(str(tmp_path / "empty.db"))
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = next(database_names)
    yield server.create_database(name)
    server.drop_database(name)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser for `executable_path` of Playwright's `launch`; skips where there is none."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("needs a browser: apt-get install chromium")
    return found
