"""What others may ask a running schedule over HTTP: ``/healthz`` for people and supervisors, ``/metrics``
for Prometheus.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import create_connection
from threading import Thread

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from archive.catalogue.engine import Catalogue
from archive.times import Clock, utc_now
from scheduler.health import LEAST_FREE_BYTES, Trouble, troubles
from scheduler.heartbeat import Heartbeat

_POLL_SECONDS = 60.0
"""It waits for connections; there is nothing else to look at."""
_PATIENCE = 5.0
_COUNTED = ("found", "new", "changed", "unchanged", "gone", "blocked", "failed", "fetched", "bytes")
_LAST_RUN = f"""
SELECT r.run_id, {", ".join(f"SUM(t.{name}) AS {name}" for name in _COUNTED)}
  FROM run r JOIN tally t ON t.run_id = r.run_id
 WHERE r.run_id = (SELECT MAX(u.run_id) FROM run u JOIN tally c ON c.run_id = u.run_id WHERE u.kind = 'crawl')
 GROUP BY r.run_id
"""
_ALARMS = "SELECT kind, COUNT(*) AS number FROM alarm WHERE closed_at IS NULL GROUP BY kind"
_STARTS = "SELECT job, status, COUNT(*) AS number FROM job_run GROUP BY job, status"


class Watch:
    """Answers about one home, on one address, for as long as the schedule runs."""

    def __init__(
        self,
        catalogue: Catalogue,
        home: Path,
        heartbeat: Heartbeat,
        host: str,
        port: int,
        clock: Clock = utc_now,
    ) -> None:
        """Raises OSError when the address cannot be had."""
        self._catalogue = catalogue
        self._home = home
        self._heartbeat = heartbeat
        self._clock = clock
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._registry.register(_Figures(catalogue, home, heartbeat))
        self._server = _Server((host, port), self)
        address, number = self._server.server_address[:2]
        self._address = (str(address), int(number))
        heartbeat.listens = f"{address!s}:{number}"
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(_Closing):
            self._server.serve_forever(poll_interval=_POLL_SECONDS)

    def close(self) -> None:
        """End the thread too: left waiting, it would go round on whatever got its socket's number next."""
        self._server.closing = True
        with suppress(OSError):
            create_connection(self._address, _PATIENCE).close()  # wakes it
        self._thread.join(_PATIENCE)
        self._server.server_close()

    def health(self) -> tuple[bool, dict[str, object]]:
        """Whether all is well, and what is to be said of it."""
        found = [*troubles(self._heartbeat, self._clock()), *self._storage()]
        listed = [{"what": one.what, "fix": one.fix} for one in found]
        return not found, {"ok": not found, "troubles": listed}

    def metrics(self) -> bytes:
        return generate_latest(self._registry)

    def _storage(self) -> Iterator[Trouble]:
        try:
            with self._catalogue.reading() as session:
                session.execute(text("SELECT 1"))
        except SQLAlchemyError as error:
            reason = str(error).partition("\n")[0]
            yield Trouble(f"the database cannot be reached: {reason}", "start it, or correct `database`")
        free = shutil.disk_usage(self._home).free
        if free < LEAST_FREE_BYTES:
            yield Trouble(f"{free / 1e9:.1f} GB of disk are free", "free some space, or move the home")


class _Figures(Collector):
    """What is counted, looked up when it is asked for."""

    def __init__(self, catalogue: Catalogue, home: Path, heartbeat: Heartbeat) -> None:
        self._catalogue = catalogue
        self._home = home
        self._heartbeat = heartbeat

    def collect(self) -> Iterator[Metric]:
        yield from self._schedule()
        free = shutil.disk_usage(self._home).free
        yield GaugeMetricFamily("nianbao_free_bytes", "Free space where the home is.", value=free)
        reachable = True
        try:
            yield from self._catalogued()
        except SQLAlchemyError:
            reachable = False
        yield GaugeMetricFamily("nianbao_database_up", "Whether the catalogue answers.", value=reachable)

    def _schedule(self) -> Iterator[Metric]:
        beat = self._heartbeat
        at = beat.beat_at.timestamp() if beat.beat_at else 0.0
        yield GaugeMetricFamily("nianbao_schedule_beat_timestamp_seconds", "The last heartbeat.", value=at)
        coming = GaugeMetricFamily("nianbao_job_next_timestamp_seconds", "When it is due.", labels=["job"])
        for job, due in beat.next.items():
            coming.add_metric([job], due.timestamp())
        ended = GaugeMetricFamily(
            "nianbao_job_last_timestamp_seconds", "When it last ended, and how.", labels=["job", "status"]
        )
        for job, last in beat.last.items():
            ended.add_metric([job, last.status], last.finished.timestamp())
        doing = GaugeMetricFamily("nianbao_job_running", "1 while it is being done.", labels=["job"])
        for job in beat.next:
            doing.add_metric([job], float(job == beat.doing))
        yield from (coming, ended, doing)

    def _catalogued(self) -> Iterator[Metric]:
        with self._catalogue.reading() as session:
            starts = session.execute(text(_STARTS)).all()
            alarms = session.execute(text(_ALARMS)).all()
            run = session.execute(text(_LAST_RUN)).mappings().first()
        started = GaugeMetricFamily(
            "nianbao_job_starts", "Starts of each job so far, by how they ended.", labels=["job", "status"]
        )
        for job, status, number in starts:
            started.add_metric([job, status], number)
        yield started
        wrong = GaugeMetricFamily("nianbao_alarms_open", "Alarms that are not over.", labels=["kind"])
        for kind, number in alarms:
            wrong.add_metric([kind], number)
        yield wrong
        counted = GaugeMetricFamily("nianbao_last_crawl", "Counts of the last crawl.", labels=["count"])
        for name, number in run.items() if run is not None else ():
            if name in _COUNTED:
                counted.add_metric([name], float(number or 0))
        yield counted


class _Closing(Exception):
    """Ends the loop that serves."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    closing = False

    def service_actions(self) -> None:
        """Called after each connection."""
        if self.closing:
            raise _Closing

    def __init__(self, address: tuple[str, int], watch: Watch) -> None:
        self.watch = watch
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10.0
    server_version = "nianbao"
    sys_version = ""

    def do_GET(self) -> None:
        if self.path == "/healthz":
            well, told = self.server.watch.health()
            body = json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"
            status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
            self._send(status, body, "application/json; charset=utf-8")
        elif self.path == "/metrics":
            self._send(HTTPStatus.OK, self.server.watch.metrics(), CONTENT_TYPE_LATEST)
        else:
            self._send(HTTPStatus.NOT_FOUND, b"there are /healthz and /metrics\n", "text/plain")

    def _send(self, status: HTTPStatus, body: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent: who asks, and how often, is no event of the schedule."""
