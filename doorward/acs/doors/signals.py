"""The signals of the site's readers: asked for and set."""

import msgspec

from doorward.acs import check
from doorward.acs.actor import Actor, Permission
from doorward.acs.events.catalogue import EventType
from doorward.acs.operation import SITE_ID, Work, operation
from doorward.acs.policy_part import PolicyPart
from doorward.acs.signals import DEFAULT_SIGNALS, Signals, check_signals
from doorward.acs.site.models import Site


async def signals_of_site() -> Signals:
    """What readers show and sound."""
    site = await Site.get_or_none(id=SITE_ID)
    return _signals(site) if site is not None else DEFAULT_SIGNALS


async def reader_signals(actor: Actor) -> tuple[Signals, int]:
    """The same for somebody who may see the configuration, and its version."""
    actor.require(Permission.CONFIGURATION_VIEW)
    site = await Site.get_or_none(id=SITE_ID)
    return (_signals(site), site.signals_version) if site is not None else (DEFAULT_SIGNALS, 1)


@operation(Permission.CONFIGURATION_WRITE)
async def set_reader_signals(work: Work, signals: Signals, expected_version: int | None = None) -> Signals:
    """Say what readers show and sound from now on."""
    signals = check_signals(signals)
    site = await Site.select_for_update().using_db(work.connection).get(id=SITE_ID)
    check.version(site.signals_version, expected_version)
    before = _signals(site)
    if signals == before:
        return signals
    site.reader_signals = msgspec.to_builtins(signals)
    site.signals_version += 1
    await site.save(using_db=work.connection, update_fields=["reader_signals", "signals_version"])
    work.changed(PolicyPart.DEVICE, SITE_ID)
    work.audit(
        EventType.READER_SIGNALS_CHANGED,
        of=site,
        before=msgspec.to_builtins(before),
        after=msgspec.to_builtins(signals),
    )
    return signals


def _signals(site: Site) -> Signals:
    return DEFAULT_SIGNALS if site.reader_signals is None else msgspec.convert(site.reader_signals, Signals)
