"""What every operation and query works on, made once by the server."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from doorward.acs.attempts import Attempts
from doorward.acs.buckets import Buckets, Rate
from doorward.acs.cameras.live import LiveCameras
from doorward.acs.cameras.playbacks import Playbacks
from doorward.acs.controllers.live import LiveControllers
from doorward.acs.doors.live import LiveDoors
from doorward.acs.doors.orders import Orders
from doorward.acs.events.bus import Bus
from doorward.acs.events.feed import Feed
from doorward.acs.jobs.live import LiveJobs
from doorward.acs.local_io.live import LiveLines
from doorward.acs.questions.kept import Kept
from doorward.acs.sealing import Sealer
from doorward.acs.users.breached import Breached
from doorward.acs.users.oidc_client import OidcClient
from doorward.acs.users.pending import Pending
from doorward.acs.users.privileges import StandingPrivileges
from doorward.acs.users.standing import Standings
from doorward.acs.users.standing_rules import StandingRules
from doorward.acs.users.web_addresses import WebAddresses
from doorward.acs.webhooks.live import LiveWebhooks

if TYPE_CHECKING:
    from doorward.acs.users.oidc_sign_in import Errand
    from doorward.acs.users.passkeys import Challenge

MOST_SIGN_INS_FROM_ONE = 30
"""Failed sign-ins from one address in a quarter of an hour, whatever the names; then it waits."""
MOST_RUNS_TOLD = 60
"""Runs of failures whose beginning is told in that time. More are a flood, and told as one at the end."""

COMMAND_RATE = Rate(5, 1.0)
"""Commands of one user to one door, zone or output: so many at once, and then so many a second."""


@dataclass(slots=True)
class Domain:
    """The open database is Tortoise's; this is the rest: secrets, the clock (aware UTC), what is live, what is kept."""

    sealer: Sealer
    clock: Callable[[], datetime]
    bus: Bus = field(default_factory=Bus)
    doors: LiveDoors = field(default_factory=LiveDoors)
    lines: LiveLines = field(default_factory=LiveLines)
    controllers: LiveControllers = field(default_factory=LiveControllers)
    cameras: LiveCameras = field(default_factory=LiveCameras)
    playbacks: Playbacks = field(default_factory=Playbacks)
    """The recordings that are being watched."""
    orders: Orders = field(default_factory=Orders)
    kept: Kept = field(default_factory=Kept)
    rules: StandingRules = field(default_factory=StandingRules)
    webhooks: LiveWebhooks = field(default_factory=LiveWebhooks)
    jobs: LiveJobs = field(default_factory=LiveJobs)
    job_files: Path | None = None
    """Where the files of jobs are; None: there is no place for any."""
    privileges: StandingPrivileges = field(default_factory=StandingPrivileges)
    set_up_token: str | None = None
    """What the first administrator is made with, on an installation that has no user."""
    breached: Breached | None = None
    """Passwords that nobody may take, where the site has such a list."""
    web: WebAddresses = field(default_factory=WebAddresses)
    """Where browsers find this server; nowhere, until it is told."""
    ceremonies: "Pending[Challenge]" = field(init=False)
    """Challenges that passkeys are to answer."""
    oidc: OidcClient = field(default_factory=OidcClient)
    errands: "Pending[Errand]" = field(init=False)
    """Sign-ins that providers are to bring back."""
    sign_ins: Attempts = field(init=False)
    """Failed sign-ins by address."""
    sign_in_news: Attempts = field(init=False)
    """Runs of failed sign-ins that were told."""
    limit_news: Attempts = field(init=False)
    """Addresses that must wait, and of which that was told."""
    commands: Buckets = field(init=False)
    """Commands by who gave them and to what."""
    command_rate: Rate = COMMAND_RATE
    policy_changed: Callable[[], None] = lambda: None
    feed: Feed = field(init=False)
    """The end of the log, for all who follow it."""
    standings: Standings = field(default_factory=Standings)
    """Those whose subscriptions are open, as they stand."""

    def __post_init__(self) -> None:
        self.sign_ins = Attempts(self.clock, MOST_SIGN_INS_FROM_ONE)
        self.sign_in_news = Attempts(self.clock, MOST_RUNS_TOLD)
        self.limit_news = Attempts(self.clock, 1)
        self.commands = Buckets(self.clock, self.command_rate)
        self.ceremonies = Pending(self.clock)
        self.errands = Pending(self.clock, timedelta(minutes=10))
        self.feed = Feed(self.bus)
