"""The public views: names and columns that scripts rely on. A column is added, never renamed.

They are made anew after every migration, so this module is their one definition. The SQL is what
SQLite and PostgreSQL both understand.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Figure:
    """A cell of a report in SQL, as corrected: what to join, on which condition, and what it then says.

    CROSS JOIN makes SQLite begin with the report: else it takes all figures of a table first, and sorts them.
    Views that compare figures join them so and not the view of them: PostgreSQL chooses the order of eight
    joins, and takes what is more as it is written.
    """

    name: str
    report: str

    @property
    def joins(self) -> str:
        f, r = self.name, self.report
        codes = " AND ".join(f"{f}_o.{c} = {f}.{c}" for c in ("table_code", "row_code", "column_code"))
        return f"""\
 CROSS JOIN fact {f}
  LEFT JOIN override {f}_o ON {f}_o.extraction_id = {f}.extraction_id AND {f}_o.report_id = {r}.report_id
       AND {codes}
  LEFT JOIN correction {f}_k ON {f}_k.correction_id = {f}_o.correction_id"""

    @property
    def is_its(self) -> str:
        return f"{self.name}.extraction_id = {self.report}.extraction_id"

    @property
    def value(self) -> str:
        return self._corrected("value")

    @property
    def state(self) -> str:
        return self._corrected("state")

    def _corrected(self, column: str) -> str:
        f = self.name
        return f"CASE WHEN {f}_k.correction_id IS NULL THEN {f}.{column} ELSE {f}_k.{column} END"


_FIGURES = {"f": _Figure("f", "r"), "i": _Figure("i", "r"), "d": _Figure("d", "r"), "p": _Figure("p", "q")}
"""Of a report ``r`` and of that of the year before, ``q``."""

REPORTS = """
SELECT r.report_id, a.name AS agency, a.division_code, r.year, r.title, e.edition, r.published_on,
       r.status, f.url AS url, p.url AS page_url, e.media_type, e.sha256,
       (SELECT COUNT(DISTINCT COALESCE(x.content_sha256, x.sha256)) FROM version v
          JOIN extraction x ON x.extraction_id = v.extraction_id
         WHERE v.report_id = r.report_id AND v.resource_id = r.resource_id) AS versions,
       r.first_seen, r.last_seen
  FROM report r
  LEFT JOIN agency a ON a.agency_id = r.agency_id
  JOIN extraction e ON e.extraction_id = r.extraction_id
  JOIN resource f ON f.resource_id = r.resource_id
  LEFT JOIN resource p ON p.resource_id = r.page_id
"""

# A LEFT JOIN whose columns nobody asks for costs nothing: both databases leave it out.
FACTS = """
SELECT r.report_id, a.name AS agency, r.year, e.edition, f.table_code, f.row_code, f.column_code,
       {f.value} AS value,
       {f.state} AS state,
       f.raw, f.locator, e.sha256, f.certainty, f.evidence, f.value AS read_value, f_k.correction_id,
       a.division_code, r.agency_id, r.published_on, r.status, s.url
  FROM report r
{f.joins}
  LEFT JOIN agency a ON a.agency_id = r.agency_id
  LEFT JOIN extraction e ON e.extraction_id = r.extraction_id
  LEFT JOIN resource s ON s.resource_id = r.resource_id
 WHERE {f.is_its}
""".format(**_FIGURES)

SECTIONS = """
SELECT r.report_id, s.ordinal, s.heading, s.text
  FROM report r JOIN section s ON s.extraction_id = r.extraction_id
"""

CHECKS = """
SELECT r.report_id, a.name AS agency, r.year, c.rule, c.scope, c.passed, c.expected, c.actual, c.detail,
       c.fault
  FROM report r
  LEFT JOIN agency a ON a.agency_id = r.agency_id
  JOIN finding c ON c.extraction_id = r.extraction_id
 WHERE NOT EXISTS (SELECT 1 FROM reckoning g
                    WHERE g.report_id = r.report_id AND g.extraction_id = r.extraction_id)
UNION ALL
SELECT r.report_id, a.name AS agency, r.year, c.rule, c.scope, c.passed, c.expected, c.actual, c.detail,
       c.fault
  FROM report r
  LEFT JOIN agency a ON a.agency_id = r.agency_id
  JOIN reckoning c ON c.report_id = r.report_id AND c.extraction_id = r.extraction_id
UNION ALL
SELECT r.report_id, a.name AS agency, r.year, 'copies.agree' AS rule,
       d.table_code || '/' || d.row_code || '/' || d.column_code AS scope, 0 AS passed,
       NULL AS expected, NULL AS actual,
       'this file says ' || COALESCE(d.taken, 'nothing') || ', ' || s.url || ' says '
         || COALESCE(d.other, 'nothing') AS detail, 'office' AS fault
  FROM report r
  JOIN disagreement d ON d.report_id = r.report_id
  LEFT JOIN agency a ON a.agency_id = r.agency_id
  JOIN resource s ON s.resource_id = d.resource_id
UNION ALL
SELECT report_id, agency, year, 'requests.carry_over' AS rule, 'requests/carried_in/' || column_code AS scope,
       CASE WHEN stated IS NULL OR prior IS NULL THEN NULL WHEN stated = prior THEN 1 ELSE 0 END AS passed,
       prior AS expected, stated AS actual,
       'left over at the end of the year before = taken over into this year' AS detail,
       CASE WHEN stated <> prior THEN 'office' END AS fault
  FROM (
SELECT r.report_id, a.name AS agency, r.year, f.column_code, {f.value} AS stated, {p.value} AS prior
  FROM report r
  JOIN agency a ON a.agency_id = r.agency_id
  JOIN report q ON q.agency_id = r.agency_id AND q.year = r.year - 1
{f.joins}
{p.joins}
 WHERE {f.is_its} AND {p.is_its} AND {f.state} <> 'absent' AND {p.state} <> 'absent'
   AND f.table_code = 'requests' AND f.row_code = 'carried_in'
   AND p.table_code = 'requests' AND p.row_code = 'carried_out' AND p.column_code = f.column_code
       ) AS carried
UNION ALL
SELECT report_id, agency, year, 'disclosure.in_force' AS rule,
       'disclosure/' || row_code || '/in_force' AS scope,
       CASE WHEN stated IS NULL OR in_force IS NULL THEN NULL
            WHEN stated = in_force THEN 1 ELSE 0 END AS passed,
       in_force AS expected, stated AS actual,
       'in force the year before + issued - repealed = in force; documents that lapse are counted nowhere'
         AS detail,
       CASE WHEN stated <> in_force THEN 'scope' END AS fault
  FROM (
SELECT r.report_id, a.name AS agency, r.year, f.row_code, {f.value} AS stated,
       {p.value} + {i.value} - {d.value} AS in_force
  FROM report r
  JOIN agency a ON a.agency_id = r.agency_id
  JOIN report q ON q.agency_id = r.agency_id AND q.year = r.year - 1
{f.joins}
{i.joins}
{d.joins}
{p.joins}
 WHERE {f.is_its} AND {i.is_its} AND {d.is_its} AND {p.is_its}
   AND {f.state} <> 'absent' AND {p.state} <> 'absent'
   AND f.table_code = 'disclosure' AND f.column_code = 'in_force'
   AND i.table_code = 'disclosure' AND i.row_code = f.row_code AND i.column_code = 'issued'
   AND d.table_code = 'disclosure' AND d.row_code = f.row_code AND d.column_code = 'repealed'
   AND p.table_code = 'disclosure' AND p.row_code = f.row_code AND p.column_code = 'in_force'
       ) AS kept
UNION ALL
SELECT report_id, agency, year, 'plausible.tenfold' AS rule,
       table_code || '/' || row_code || '/' || column_code AS scope, 0 AS passed,
       prior AS expected, stated AS actual,
       'ten times the figure of the year before, or a tenth of it' AS detail, 'office' AS fault
  FROM (
SELECT r.report_id, a.name AS agency, r.year, f.table_code, f.row_code, f.column_code, {f.value} AS stated,
       {p.value} AS prior
  FROM report r
  JOIN agency a ON a.agency_id = r.agency_id
  JOIN report q ON q.agency_id = r.agency_id AND q.year = r.year - 1
{f.joins}
{p.joins}
 WHERE {f.is_its} AND {p.is_its}
   AND (f.table_code = 'disclosure' OR (f.table_code = 'requests' AND f.column_code = 'total'))
   AND p.table_code = f.table_code AND p.row_code = f.row_code AND p.column_code = f.column_code
       ) AS compared
 WHERE prior > 0 AND stated > 0 AND ABS(stated - prior) >= 100
   AND (stated >= 10 * prior OR prior >= 10 * stated)
""".format(**_FIGURES)

NARRATIVE = """
SELECT r.report_id, a.name AS agency, r.year, s.code, s.value, s.unit, s.sentence, s.locator
  FROM report r
  LEFT JOIN agency a ON a.agency_id = r.agency_id
  JOIN stated s ON s.extraction_id = r.extraction_id
"""

CONTACTS = """
SELECT r.report_id, a.name AS agency, r.year, m.kind, m.value, m.locator
  FROM report r
  LEFT JOIN agency a ON a.agency_id = r.agency_id
  JOIN mention m ON m.extraction_id = r.extraction_id
 WHERE m.kind IN ('address', 'postcode', 'telephone', 'fax', 'email')
"""

CITATIONS = """
SELECT r.report_id, a.name AS agency, r.year, m.value AS document, m.locator
  FROM report r
  LEFT JOIN agency a ON a.agency_id = r.agency_id
  JOIN mention m ON m.extraction_id = r.extraction_id
 WHERE m.kind = 'document'
"""

ALIASES = """
SELECT DISTINCT a.name AS agency, m.value AS alias, r.report_id
  FROM report r
  JOIN agency a ON a.agency_id = r.agency_id
  JOIN mention m ON m.extraction_id = r.extraction_id
 WHERE m.kind = 'alias'
"""

CHANGES = """
SELECT c.change_id, c.report_id, a.name AS agency, r.year, c.layer, c.cause, c.kind, c.table_code,
       c.row_code, c.column_code, c.old_value, c.new_value, c.run_id, c.window_from, c.window_to,
       c.recorded_at, s.url, c.old_sha256, c.new_sha256, CASE WHEN c.flicker THEN 1 ELSE 0 END AS flicker,
       a.division_code
  FROM change c
  JOIN report r ON r.report_id = c.report_id
  JOIN resource s ON s.resource_id = c.resource_id
  LEFT JOIN agency a ON a.agency_id = r.agency_id
"""

CAPTURES = """
SELECT c.capture_id, c.run_id, s.url, c.fetched_at, c.via, c.status, c.verdict, c.sha256, c.media_type,
       c.size, c.warc_file, c.warc_offset, c.reason, c.record_type, c.recorded_at, c.location
  FROM capture c JOIN resource s ON s.resource_id = c.resource_id
"""

RUNS = """
SELECT u.run_id, u.kind, u.started_at, u.finished_at, u.status,
       (SELECT COUNT(*) FROM capture c WHERE c.run_id = u.run_id AND c.status IS NOT NULL) AS fetched,
       (SELECT COUNT(*) FROM change h WHERE h.run_id = u.run_id AND h.layer = 'presence'
          AND h.kind = 'appeared') AS new,
       (SELECT COUNT(DISTINCT h.report_id) FROM change h
         WHERE h.run_id = u.run_id AND h.cause = 'source' AND h.layer IN ('content', 'field')) AS changed,
       (SELECT COUNT(DISTINCT v.report_id) FROM version v
          JOIN capture c ON c.resource_id = v.resource_id AND c.run_id = u.run_id
               AND c.verdict IN ('ok', 'not_modified')
         WHERE NOT EXISTS (SELECT 1 FROM change h WHERE h.run_id = u.run_id
                 AND h.report_id = v.report_id AND h.layer IN ('presence', 'content', 'field'))) AS unchanged,
       (SELECT COUNT(*) FROM change h WHERE h.run_id = u.run_id AND h.layer = 'presence'
          AND h.kind = 'gone') AS gone,
       (SELECT COUNT(*) FROM capture c WHERE c.run_id = u.run_id
          AND c.verdict IN ('error', 'truncated', 'too_large')) AS failed,
       (SELECT COUNT(*) FROM capture c WHERE c.run_id = u.run_id
          AND c.verdict IN ('blocked', 'challenge')
          AND NOT EXISTS (SELECT 1 FROM capture d WHERE d.resource_id = c.resource_id
                AND d.run_id = c.run_id AND d.verdict IN ('ok', 'not_modified'))) AS blocked
  FROM run u
"""

JOB_RUNS = """
SELECT job_run_id, job, due_at, attempt, started_at, finished_at, status, exit_code, reason, log_file,
       cpu_seconds, peak_mb
  FROM job_run
"""

SITE_RUNS = """
SELECT r.run_id, u.kind, s.name AS site, s.title, s.division_code, u.started_at, r.finished_at, r.status,
       r.message, t.found, t.lists, t.lists_cut, t.fetched, t.new, t.changed, t.unchanged, t.gone, t.blocked,
       t.failed, t.bytes, t.stored, t.seconds
  FROM site_run r
  JOIN run u ON u.run_id = r.run_id
  JOIN site s ON s.site_id = r.site_id
  LEFT JOIN tally t ON t.run_id = r.run_id AND t.site_id = r.site_id
"""

ALARMS = """
SELECT alarm_id, kind, subject, division_code,
       CASE WHEN closed_at IS NOT NULL THEN 'closed' WHEN acknowledged_at IS NOT NULL THEN 'acknowledged'
            ELSE 'open' END AS state,
       raised_on, raised_at, seen_at, closed_at, acknowledged_at, acknowledged_by, weight, details
  FROM alarm
"""

# Regulation on Open Government Information (国务院令第711号), article 49: departments by 31 January.
# A people's government publishes by 31 March (article 50 governs the content). A body that was renamed or
# merged owes no report on that year or later ones: its successor does.
COVERAGE = """
WITH RECURSIVE span(agency_id, year, last_year) AS (
    SELECT agency_id, MIN(year), CAST(SUBSTR(CAST(CURRENT_DATE AS VARCHAR(10)), 1, 4) AS INTEGER) - 1
      FROM report WHERE agency_id IS NOT NULL AND year IS NOT NULL AND TRUE GROUP BY agency_id
    UNION ALL
    SELECT agency_id, year + 1, last_year FROM span WHERE year < last_year
), due AS (
    SELECT a.agency_id, a.name, a.division_code, s.year,
           CAST(s.year + 1 AS VARCHAR(4)) || CASE WHEN a.name LIKE '%人民政府' THEN '-03-31' ELSE '-01-31' END
             AS due_on
      FROM span s JOIN agency a ON a.agency_id = s.agency_id
     WHERE NOT EXISTS (SELECT 1 FROM decision d
                        WHERE d.subject = a.key AND d.kind IN ('renamed', 'merged')
                          AND d.withdrawn_at IS NULL AND CAST(SUBSTR(d.since, 1, 4) AS INTEGER) <= s.year)
)
SELECT d.division_code, d.name AS agency, d.year,
       CASE WHEN r.status = 'gone' THEN 'gone'
            WHEN r.report_id IS NOT NULL
                 AND EXISTS (SELECT 1 FROM fact f WHERE f.extraction_id = r.extraction_id)
                 THEN CASE WHEN EXISTS (SELECT 1 FROM finding c WHERE c.extraction_id = r.extraction_id
                                           AND c.rule IN ('requests.balance', 'requests.handled',
                                                          'requests.applicants', 'review.total')
                                           AND (c.passed = 0 OR c.passed IS NULL)
                                           AND NOT EXISTS (SELECT 1 FROM reckoning g
                                                            WHERE g.report_id = r.report_id
                                                              AND g.extraction_id = r.extraction_id))
                             OR EXISTS (SELECT 1 FROM reckoning c
                                         WHERE c.report_id = r.report_id
                                           AND c.extraction_id = r.extraction_id
                                           AND c.rule IN ('requests.balance', 'requests.handled',
                                                          'requests.applicants', 'review.total')
                                           AND (c.passed = 0 OR c.passed IS NULL))
                           THEN 'parsed' ELSE 'verified' END
            WHEN r.report_id IS NOT NULL THEN 'found'
            WHEN d.due_on < CAST(CURRENT_DATE AS VARCHAR(10)) THEN 'overdue'
            WHEN CAST(d.year + 1 AS VARCHAR(4)) = SUBSTR(CAST(CURRENT_DATE AS VARCHAR(10)), 1, 4) THEN 'due'
            ELSE 'not_due' END AS state,
       d.due_on, r.published_on,
       CASE WHEN r.published_on IS NULL THEN NULL WHEN r.published_on > d.due_on THEN 1 ELSE 0 END AS late,
       r.first_seen, r.report_id, d.agency_id
  FROM due d
  LEFT JOIN report r ON r.agency_id = d.agency_id AND r.year = d.year
"""

VIEWS = {
    "reports": REPORTS,
    "facts": FACTS,
    "sections": SECTIONS,
    "checks": CHECKS,
    "narrative": NARRATIVE,
    "contacts": CONTACTS,
    "citations": CITATIONS,
    "aliases": ALIASES,
    "changes": CHANGES,
    "captures": CAPTURES,
    "runs": RUNS,
    "job_runs": JOB_RUNS,
    "site_runs": SITE_RUNS,
    "alarms": ALARMS,
    "coverage": COVERAGE,
}
