"""The in-memory link: in order, from any thread, and closed for both when one closes it."""

import asyncio

import pytest

from doorward.acs.messages import Health, PolicyApplied, ToController, Welcome
from doorward.hardware.link import LinkClosed, memory_link


def test_messages_arrive_in_the_order_in_which_a_thread_sent_them() -> None:
    async def scenario() -> list[int]:
        controller, server = memory_link(asyncio.get_running_loop())

        def send() -> None:
            for version in range(100):
                controller.send(PolicyApplied(version))

        await asyncio.to_thread(send)
        received = [await server.receive() for _ in range(100)]
        return [message.version for message in received if isinstance(message, PolicyApplied)]

    assert asyncio.run(scenario()) == list(range(100))


def test_the_server_receives_what_was_sent_before_the_controller_closed() -> None:
    async def scenario() -> None:
        controller, server = memory_link(asyncio.get_running_loop())
        controller.send(Health(True))
        controller.close()
        assert await server.receive() == Health(True)
        for _ in range(2):
            with pytest.raises(LinkClosed):
                await server.receive()

    asyncio.run(scenario())


def test_a_controller_finds_out_that_the_server_closed() -> None:
    async def scenario() -> None:
        controller, server = memory_link(asyncio.get_running_loop())
        server.close()
        with pytest.raises(LinkClosed):
            controller.send(Health(True))

    asyncio.run(scenario())


def test_a_controller_finds_out_that_the_servers_loop_is_gone() -> None:
    loop = asyncio.new_event_loop()
    controller, _ = memory_link(loop)
    loop.close()
    with pytest.raises(LinkClosed):
        controller.send(Health(True))
    controller.close()


def test_messages_reach_the_controller_until_the_link_closes() -> None:
    async def scenario() -> list[ToController]:
        controller, server = memory_link(asyncio.get_running_loop())
        heard: list[ToController] = []
        controller.connect(heard.append)
        server.send(Welcome(1))
        controller.close()
        server.send(Welcome(2))
        return heard

    assert asyncio.run(scenario()) == [Welcome(1)]


def test_waiting_for_a_message_can_be_cancelled() -> None:
    async def scenario() -> None:
        controller, server = memory_link(asyncio.get_running_loop())
        waiting = asyncio.create_task(server.receive())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        controller.send(Health(True))
        assert await server.receive() == Health(True)

    asyncio.run(scenario())
