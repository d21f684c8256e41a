"""What a local server is told: loopback only, no usage reports, memory that fits the machine."""

import os
import re
import socket
from contextlib import closing
from typing import Final

from graphfraud.errors import EnvironmentFault, SettingsError
from graphfraud.neo4j.server.home import LOOPBACK, Ports

BOLT_PORT: Final = 7_687
HTTP_PORT: Final = 7_474
HEAP_SWITCH: Final = "GRAPHFRAUD_NEO4J_HEAP"
PAGE_CACHE_SWITCH: Final = "GRAPHFRAUD_NEO4J_PAGECACHE"
ROOMY_BYTES: Final = 8 * 2**30
"""Memory of a machine from which the larger defaults are used."""
_SIZE: Final = re.compile(r"[1-9]\d*[kmg]", re.IGNORECASE)


def heap() -> str:
    """Memory for Java objects, as Java writes it."""
    return _size(HEAP_SWITCH, "2g" if _is_roomy() else "1g")


def collector(name: str) -> list[str]:
    """The option that chooses how Java collects garbage, unless the environment chooses: two are refused.

    Java's own choice is made for more processors than two: it takes a quarter of an import's time.
    """
    asked = " ".join(os.environ.get(switch, "") for switch in ("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"))
    return [] if re.search(r"-XX:\+Use\w+GC", asked) else [f"-XX:+Use{name}GC"]


def page_cache() -> str:
    """Memory for what is read from the disk, as Neo4j writes it."""
    return _size(PAGE_CACHE_SWITCH, "512m" if _is_roomy() else "256m")


def configuration(ports: Ports) -> str:
    """The text of neo4j.conf."""
    return f"""# written by graphfraud at each start
server.default_listen_address={LOOPBACK}
server.default_advertised_address={LOOPBACK}
server.bolt.listen_address={LOOPBACK}:{ports.bolt}
server.bolt.advertised_address={LOOPBACK}:{ports.bolt}
server.http.enabled=true
server.http.listen_address={LOOPBACK}:{ports.http}
server.http.advertised_address={LOOPBACK}:{ports.http}
server.https.enabled=false
dbms.security.auth_enabled=true
dbms.usage_report.enabled=false
client.allow_telemetry=false
server.memory.pagecache.size={page_cache()}
# nobody is left to wait for at the end: 2 s, not 10
internal.server.bolt.thread_pool_shutdown_wait_time=1s
# a projection can be made again: nothing is kept for a restore
db.tx_log.rotation.retention_policy=keep_none
db.tx_log.preallocate=false
"""


def chosen_ports(remembered: Ports | None, asked: int | None) -> Ports:
    """Ports to listen on: what is asked for, else the ones of last time, else the usual ones, else any free ones.

    Raises: EnvironmentFault when the port that is asked for is taken.
    """
    if asked is not None and not is_free(asked):
        raise EnvironmentFault(f"port {asked} is taken: stop what listens there, or choose another")
    wished = remembered or Ports(bolt=BOLT_PORT, http=HTTP_PORT)
    bolt = asked or (wished.bolt if is_free(wished.bolt) else any_free_port())
    return Ports(bolt=bolt, http=wished.http if is_free(wished.http) else any_free_port())


def is_free(port: int) -> bool:
    """Whether nothing listens on the port."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def any_free_port() -> int:
    """A port that nothing listens on."""
    with closing(socket.socket()) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _size(switch: str, default: str) -> str:
    value = os.environ.get(switch) or default
    if not _SIZE.fullmatch(value):
        raise SettingsError("environment", switch, f"{value!r} is no size: write it like {default}")
    return value


def _is_roomy() -> bool:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >= ROOMY_BYTES
