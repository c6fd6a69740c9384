# ruff: noqa: ANN401 - arguments of urllib3 are passed on unread
"""Connections that are kept alive, by the origin that they lead to.

In: a Dialler. Out: what requests' adapter sends through: one GET on a connection to its
origin, idle or new, which is kept for the next one once its answer is read to the end.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager
from urllib3.response import HTTPResponse

from aggregator.fetching.connections import Connection, NoBody, TLSConnection
from aggregator.fetching.dialling import Dialler
from aggregator.fetching.tls import Sessions

_IDLE_PER_HOST = 4


def pools(dialler: Dialler, *, hosts: int) -> PoolManager:
    """Return connection pools that dial through `dialler` and remember `hosts` hosts."""
    manager = PoolManager(num_pools=hosts, maxsize=_IDLE_PER_HOST)
    manager.pool_classes_by_scheme = {
        "http": partial(_Pool, dial=dialler.dial),  # type: ignore[dict-item] # called like
        "https": partial(_TLSPool, dial=dialler.dial, sessions=Sessions()),  # type: ignore[dict-item] # a class
    }
    return manager


class _Pool(HTTPConnectionPool):
    ConnectionCls: type[Connection] = Connection

    def urlopen(  # type: ignore[override] # what requests' adapter calls it with
        self, *, headers: Mapping[str, str | bytes], **_: Any
    ) -> HTTPResponse | NoBody:
        """Return the answer to one GET; what breaks is raised as it came.

        The connection goes back to the pool when the answer is read to its end.
        """
        connection: Any = self._get_conn()
        try:
            answer: HTTPResponse | NoBody = connection.exchange(headers)
        except BaseException:
            connection.close()
            raise
        if isinstance(answer, NoBody):
            self._put_conn(connection)
            return answer
        answer._connection, answer._pool = connection, self  # noqa: SLF001 - as urllib3
        return answer


class _TLSPool(_Pool, HTTPSConnectionPool):
    ConnectionCls = TLSConnection
