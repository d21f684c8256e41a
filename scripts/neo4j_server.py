"""The local graph database: `start`, `stop` or `status`; Java and Maven are enough, no Docker."""

import argparse
import sys

from graphfraud.errors import GraphfraudError
from graphfraud.neo4j.server.home import server_home
from graphfraud.neo4j.server.local import LocalServer
from graphfraud.printable import printable


def main() -> None:
    """Does what is asked; errors are one line, with graphfraud's exit codes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=("start", "stop", "status"))
    parser.add_argument("--port", type=int, help="for Bolt; else the last one, 7687, or a free one")
    asked = parser.parse_args()
    server = LocalServer(server_home())
    try:
        if asked.action == "start":
            started = server.start(port=asked.port, say=lambda text: print(f"{text} ...", flush=True))
            print(f"{'started' if started else 'running already'}\n{how_to_connect(server)}")
        elif asked.action == "stop":
            print("stopped" if server.stop() else "not running")
        else:
            print(f"running\n{how_to_connect(server)}" if server.is_running else "not running")
    except GraphfraudError as error:
        print(f"error: {printable(str(error))}", file=sys.stderr)
        sys.exit(error.exit_code)


def how_to_connect(server: LocalServer) -> str:
    """What a person needs to log in; the password itself stays where it is."""
    login, ports = server.login, server.home.ports
    lines = [
        f"  uri       {login.uri}",
        f"  user      {login.user}",
        f"  password  in {login.password_source}",
        f"  browser   http://127.0.0.1:{ports.http}/browser/" if ports else "",
        f"  home      {server.home.folder}",
        "graphfraud finds it by itself; Neo4j Desktop, Browser and cypher-shell connect to the uri",
    ]
    if server.import_was_interrupted:
        lines.append("an import was interrupted: what it holds is incomplete, load the run again")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
