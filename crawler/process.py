"""The crawl process: ``python -m crawler.process`` with a job on its standard input."""

from __future__ import annotations

import gc
import logging
import os
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy import signals
from scrapy.crawler import CrawlerProcess
from sqlalchemy.exc import SQLAlchemyError
from twisted.internet.task import LoopingCall

from archive.catalogue.engine import Catalogue, open_catalogue
from archive.listings import PastListing, past_listings
from archive.recorder import Recorder
from archive.site_reports import SiteReports
from archive.times import utc_now
from archive.warc.writer import ArchiveUnwritable
from crawler.archiving import attach
from crawler.hosts import Hosts, attach_hosts
from crawler.job import CrawlJob, Outcome, Progress, message
from crawler.log_lines import log_into
from crawler.nightly import Almanac, attach_almanac
from crawler.pace import with_jitter
from crawler.spider import ReportSpider
from crawler.stopping import stop_after, stop_without
from crawler.trouble import first_line

MEMORY_LIMIT_MB = 2048
PROGRESS_SECONDS = 0.5
#: Each costs every page a signal, or the start a second; two listen on a port, for anyone on the machine.
_UNUSED_EXTENSIONS = tuple(
    f"scrapy.extensions.{name}"
    for name in (
        "corestats.CoreStats",
        "logcount.LogCount",
        "logstats.LogStats",
        "telnet.TelnetConsole",
        "memdebug.MemoryDebugger",
        "closespider.CloseSpider",
        "feedexport.FeedExporter",
        "spiderstate.SpiderState",
        "throttle.AutoThrottle",
        "remote_control.RemoteControl",
    )
)


def settings_for(job: CrawlJob) -> dict[str, Any]:
    """Scrapy's settings; each that differs from its default has its reason here."""
    delay, jitter = with_jitter(job.delay)
    return {
        "USER_AGENT": job.user_agent,
        "ROBOTSTXT_OBEY": job.robots,
        "DOWNLOAD_DELAY": delay,
        "DOWNLOAD_DELAY_JITTER": jitter,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "CONCURRENT_REQUESTS": 8,
        "DOWNLOADER": "crawler.wire.OneAtATime",
        "CONCURRENT_ITEMS": 1,  # 100 tasks a response cost a third of the speed
        "DOWNLOAD_HANDLERS": {
            "http": "crawler.wire.WireDownloadHandler",
            "https": "crawler.wire.WireDownloadHandler",
            "file": None,
            "ftp": None,
            "s3": None,
            "data": None,
        },
        "DOWNLOADER_MIDDLEWARES": {
            "crawler.nightly.Nightly": 80,
            "crawler.courtesy.Gate": 90,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
            "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
            "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
            "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
            "crawler.robots.Redirects": 600,
            "crawler.robots.Robots": 100,
            "crawler.trust.TrustMiddleware": 640,
            "crawler.courtesy.Courtesy": 645,
            "crawler.browser.middleware.BrowserMiddleware": 648,
            "crawler.archiving.ArchiveMiddleware": 650,
        },
        # what these do is done elsewhere, or not at all, and each costs every page a task
        "SPIDER_MIDDLEWARES": {
            "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
            "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
            "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
            "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
        },
        "METAREFRESH_ENABLED": False,  # a refresh is a link like others
        "COMPRESSION_ENABLED": False,  # the archive decodes, bounded, in one place
        "DOWNLOAD_MAXSIZE": job.max_bytes,
        "DOWNLOAD_TIMEOUT": job.timeout,
        "RETRY_TIMES": 2,
        "RETRY_PRIORITY_ADJUST": -1,
        "REDIRECT_MAX_TIMES": 8,
        "REFERER_ENABLED": False,
        "HTTPPROXY_ENABLED": True,
        "MEMUSAGE_ENABLED": True,
        "MEMUSAGE_LIMIT_MB": MEMORY_LIMIT_MB,
        "EXTENSIONS": dict.fromkeys(_UNUSED_EXTENSIONS, None),
        "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",  # the spider counts what is told
        "WARN_ON_GENERATOR_RETURN_VALUE": False,  # it reads the callback's source at every response
        "LOG_LEVEL": "INFO",
        "LOG_INSTALL_ROOT_HANDLER": job.log_file is None,  # crawler.log_lines writes the file
        "ROBOTSTXT_USER_AGENT": job.user_agent,  # the browser's own name before ours would hide it
        "NIANBAO_ALLOW_PRIVATE": job.allow_private,
        "NIANBAO_BROWSER": job.browser,
        "NIANBAO_MAX_DRAWN": job.max_drawn,
        "NIANBAO_HOME_URL": None if job.given else job.start[0],
    }


def run(job: CrawlJob) -> Outcome:
    """Crawl, blocking until it is over. Can be called once a process."""
    catalogue = open_catalogue(job.catalogue_url)
    host = urlsplit(job.start[0]).netloc.lower()
    software = job.user_agent
    recorder = Recorder(
        catalogue, job.home_path, run_id=job.run_id, host=host, software=software, site_id=job.site_id
    )
    hosts = Hosts(catalogue, job.home_path, delay=job.delay, ask_again=job.ask_again)
    past = past_listings(catalogue, job.site_id, job.run_id) if job.site_id is not None else ()
    reports = _known_reports(job, catalogue)
    outcome = _crawl(job, recorder, hosts, Almanac(job, catalogue, recorder), past, reports)
    try:
        hosts.close()
        recorder.close()
    except (ArchiveUnwritable, SQLAlchemyError) as error:
        # what is on disk without its row gets it back by `mend`, which the next crawl begins with
        outcome = replace(outcome, problem=outcome.problem or f"the crawl stopped early: {first_line(error)}")
    catalogue.close()
    return outcome


def _known_reports(job: CrawlJob, catalogue: Catalogue) -> SiteReports | None:
    """What the crawl of a whole site asks for besides what the site names."""
    if job.site_id is None or job.given or job.sample is not None:
        return None
    return SiteReports(catalogue, job.site_id)


def _crawl(
    job: CrawlJob,
    recorder: Recorder,
    hosts: Hosts,
    almanac: Almanac,
    past: tuple[PastListing, ...],
    reports: SiteReports | None,
) -> Outcome:
    process = CrawlerProcess(settings_for(job))
    logging.getLogger("scrapy").setLevel(logging.INFO)  # else a record is made for each page, and dropped
    crawler = process.create_crawler(ReportSpider)
    attach(crawler, recorder)
    attach_hosts(crawler, hosts)
    attach_almanac(crawler, almanac)
    # what was imported never goes, and pages come and go whole: looking for cycles cost a tenth of the time
    gc.freeze()
    gc.set_threshold(20_000, 10, 50)
    reasons: list[str] = []
    crawler.signals.connect(lambda reason, **_: reasons.append(reason), signals.spider_closed, weak=False)
    crawler.signals.connect(_tell_while_open, signals.spider_opened)
    if job.stop_at is not None:
        seconds = (datetime.fromisoformat(job.stop_at) - utc_now()).total_seconds()
        stop_after(crawler, seconds)
    if job.parent is not None:
        stop_without(crawler, job.parent)
    known = {"past": past, "reports": reports}
    process.crawl(crawler, job=job, recorder=recorder, hosts=hosts, almanac=almanac, **known)
    process.start()
    spider = crawler.spider
    if not isinstance(spider, ReportSpider):
        return Outcome(name=job.name, problem="the crawl did not start; see the log")
    return spider.outcome(reasons[0] if reasons else "shutdown")


def _tell_while_open(spider: ReportSpider) -> None:
    """Report progress until the spider closes. (Made here: a LoopingCall needs the reactor.)"""
    ticker = LoopingCall(lambda: tell(spider.progress()))
    ticker.start(PROGRESS_SECONDS, now=False)
    spider.crawler.signals.connect(
        lambda **_: ticker.stop() if ticker.running else None, signals.spider_closed, weak=False
    )


def tell(event: Progress | Outcome) -> None:
    """Say it to whoever started the crawl, if there is still anyone to hear it."""
    try:
        print(message(event), flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> int:
    job = CrawlJob.from_json(sys.stdin.read())
    if job.log_file:
        log_into(Path(job.log_file), run=job.run_id, site=job.name)
    logging.captureWarnings(True)
    outcome = run(job)
    tell(outcome)
    return 1 if outcome.problem else 0


if __name__ == "__main__":
    sys.exit(main())
