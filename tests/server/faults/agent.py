"""An agent as a process: it fetches syncs, uploads a picture for each, and says what it does.

It knows several addresses of the server and goes on at another when one is gone. Its lines are
"began", "uploaded", "finished" and "lost" with the id of a sync, and "chunk".
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TypeVar

import aiohttp
import grpc  # type: ignore[import-untyped]

from ostiary.baton.ids import new_ksuid
from tests.server.faults.fuse import Fuse
from tests.server.faults.pictures import picture
from tests.server.gateway.agent import Agent, Request, data, eof, metadata

T = TypeVar("T")
CHUNK = 400
PAUSE = 0.1
FINAL = {"FAILED_PRECONDITION", "NOT_FOUND"}
"""What the server says of a task that is not this agent's any more."""


class LostError(Exception):
    pass


class Working:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._addresses = Path(environment["FAULTS_ADDRESSES"])
        self._authority = Path(environment["SSL_CERT_FILE"])
        self._client_id = environment["BATON_CLIENT_ID"]
        self._secret = environment["BATON_CLIENT_SECRET"]
        self._host = environment["BATON_HOST_ID"]
        self._random = Random(self._host)
        self._fuse = Fuse()
        self._token = ""

    async def run(self) -> None:
        while True:
            answer = await self._insist(lambda agent: agent.get_task())
            if answer.HasField("task"):
                await self._sync(answer.task.id)
            else:
                await asyncio.sleep(answer.next_poll.ToTimedelta().total_seconds())

    async def _sync(self, task_id: str) -> None:
        sync_id = new_ksuid()
        content = _written(sync_id)
        self._say("began", sync_id)
        try:
            await self._insist(lambda agent: agent.heartbeat(task_id))
            await self._insist(lambda agent: self._upload(agent, task_id, content))
            self._say("uploaded", sync_id)
            await self._insist(lambda agent: agent.succeed(task_id))
            self._fuse.step()
            self._say("finished", sync_id)
        except LostError:
            self._say("lost", sync_id)

    async def _upload(self, agent: Agent, task_id: str, content: bytes) -> None:
        async def messages() -> AsyncIterator[Request]:
            yield metadata(agent.host, task_id)
            for chunk in data(content, CHUNK):
                self._say("chunk")
                yield chunk
            yield eof(content)

        await agent.stub().UploadAsset(messages(), metadata=agent.metadata)

    async def _insist(self, call: Callable[[Agent], Awaitable[T]]) -> T:
        while True:
            agent = self._agent()
            try:
                async with asyncio.timeout(20):
                    if not self._token:
                        await agent.sign_in(datetime.now(UTC))
                        self._token = agent.token
                    result = await call(agent)
            except grpc.aio.AioRpcError as error:
                if error.code().name in FINAL:
                    raise LostError from error
                if error.code().name == "UNAUTHENTICATED":
                    self._token = ""
            except (aiohttp.ClientError, AssertionError, OSError, TimeoutError):
                pass
            else:
                return result
            finally:
                await agent.close()
            await asyncio.sleep(PAUSE)

    def _agent(self) -> Agent:
        ports = sorted(int(file.read_text()) for file in self._addresses.glob("*.port"))
        port = self._random.choice(ports)
        return Agent(
            port, self._authority, self._client_id, self._secret, self._host, token=self._token
        )

    def _say(self, *words: str) -> None:
        sys.stdout.write(" ".join(words) + "\n")
        sys.stdout.flush()
        self._fuse.step()


def _written(sync_id: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return picture(sync_id).write(Path(folder) / "sync.c1z", sync_id=sync_id).read_bytes()


def work(environment: Mapping[str, str]) -> None:
    asyncio.run(Working(environment).run())
