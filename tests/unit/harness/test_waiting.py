"""`harness.waiting`: it is looked at again when something has happened, and at the end."""

import asyncio

from harness.waiting import Waiting

LONG = 30.0


def test_it_is_looked_at_when_woken_and_not_before() -> None:
    async def main() -> None:
        waiting, true, looks = Waiting(), False, 0

        def done() -> bool:
            nonlocal looks
            looks += 1
            return true

        task = asyncio.create_task(waiting.until(done, LONG))
        await asyncio.sleep(0)
        waiting.wake()
        waiting.wake()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert looks == 2
        true = True
        waiting.wake()
        assert await task

    asyncio.run(main())


def test_all_who_wait_are_woken() -> None:
    async def main() -> None:
        waiting, true = Waiting(), False
        tasks = [asyncio.create_task(waiting.until(lambda: true, LONG)) for _ in range(3)]
        await asyncio.sleep(0)
        true = True
        waiting.wake()
        assert await asyncio.gather(*tasks) == [True, True, True]

    asyncio.run(main())


def test_nobody_waits_for_ever_or_for_what_is_so() -> None:
    async def main() -> None:
        assert not await Waiting().until(lambda: False, 0.01)
        assert await Waiting().until(lambda: True, 0.0)

    asyncio.run(main())
