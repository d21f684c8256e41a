"""What can go wrong with the graph database; the tree is drawn in `graphfraud.errors`."""

from pathlib import Path
from typing import Final

from graphfraud.errors import LONGEST_SHOWN, EnvironmentFault, UsageError

START_ONE: Final = "start one with `make neo4j`, or set NEO4J_URI to where yours is"


class QuestionRefused(UsageError):
    """There is no such question, or it does not take a parameter or value like this."""

    def __init__(self, question: str, problem: str) -> None:
        self.question = question
        super().__init__(f"question {question!r}: {problem}")


class NothingLoaded(UsageError):
    """No run is current in the graph database."""

    def __init__(self) -> None:
        super().__init__("the graph database holds no run: load one with `graphfraud neo4j load RUN`")


class UnknownId(UsageError):
    """The run that questions are answered from has no such subject, ring or means."""

    def __init__(self, parameter: str, kind: str, asked: str, run_id: str) -> None:
        self.parameter, self.asked = parameter, asked
        shown = asked if len(asked) <= LONGEST_SHOWN else f"{asked[:LONGEST_SHOWN]}..."
        hint = "list rings with `graphfraud neo4j ask riskiest-rings`" if kind == "ring" else "check the id"
        super().__init__(f"{parameter}: run {run_id} knows no {kind} {shown!r}: {hint}")


class ToolMissing(EnvironmentFault):
    """A program that graphfraud starts is absent, or not of a version that works."""

    def __init__(self, tool: str, problem: str) -> None:
        self.tool = tool
        super().__init__(f"{tool}: {problem}")


class ServerFailed(EnvironmentFault):
    """The local graph database did not start, stop or import."""

    def __init__(self, problem: str, log: Path | None = None) -> None:
        self.log = log
        super().__init__(f"{problem}; its log is {log}" if log else problem)


class DatabaseAway(EnvironmentFault):
    """No graph database answers."""

    def __init__(self, uri: str, problem: str = "no graph database answers", fix: str = START_ONE) -> None:
        self.uri = uri
        super().__init__(f"{uri}: {problem}: {fix}")


class LoginRefused(EnvironmentFault):
    """The graph database does not take the user and password."""

    def __init__(self, uri: str, user: str, password_source: str) -> None:
        self.uri, self.user, self.password_source = uri, user, password_source
        super().__init__(
            f"{uri}: user {user!r} is refused: the password comes from {password_source}: correct it there"
        )


class DatabaseTooOld(EnvironmentFault):
    """The graph database is older than what is supported."""

    def __init__(self, uri: str, found: str, needed: str) -> None:
        self.uri, self.found, self.needed = uri, found, needed
        super().__init__(f"{uri}: this is {found}, Neo4j {needed} or newer is needed: start one with `make neo4j`")


class DatabaseFull(EnvironmentFault):
    """The graph database has no disk or memory left."""

    def __init__(self, where: str, problem: str) -> None:
        self.where = where
        super().__init__(f"{where}: {problem}")


class WriteRefused(EnvironmentFault):
    """A question tried to write."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        super().__init__(f"{uri}: the query tried to write, and questions only read: leave out what writes")


class SchemaDiffers(EnvironmentFault):
    """The graph database was written with another version of labels, types and properties."""

    def __init__(self, found: object, wanted: int) -> None:
        self.found, self.wanted = found, wanted
        super().__init__(
            f"the graph database has schema version {found}, this graphfraud reads {wanted}: "
            "load the run again with `graphfraud neo4j load RUN --replace`"
        )


class AnswerNotReached(EnvironmentFault):
    """A question took too long, or the database kept changing under it."""

    def __init__(self, question: str, problem: str) -> None:
        self.question = question
        super().__init__(f"question {question!r}: {problem}")


class LoadBusy(EnvironmentFault):
    """Another load is writing the graph database."""

    def __init__(self, database: str) -> None:
        self.database = database
        super().__init__(f"another load is writing the database {database!r}: wait until it is done, and call again")


class AnotherGraph(EnvironmentFault):
    """The graph database holds something else."""

    def __init__(self, uri: str, problem: str) -> None:
        self.uri = uri
        super().__init__(
            f"{uri}: {problem}: name another database by NEO4J_URI, or pass --replace to remove all that it holds"
        )
