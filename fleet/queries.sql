-- What the tables answer, for DuckDB. `results` is the folder of the sweep's tables; to read them from S3, say
-- `INSTALL httpfs; LOAD httpfs;` first and put the URL there.
--
--     duckdb -c "SET VARIABLE results = 'RESULTS'" -f queries.sql

CREATE OR REPLACE VIEW artifacts AS
SELECT * FROM read_parquet(getvariable('results') || '/artifacts/*/*/*.parquet', hive_partitioning = true, union_by_name = true);

-- A batch counts once its artifacts are there: what a killed worker left of another is no finding.
CREATE OR REPLACE VIEW findings AS
SELECT f.* FROM read_parquet(getvariable('results') || '/findings/*/*/*.parquet', hive_partitioning = true, union_by_name = true) f
SEMI JOIN artifacts a USING (part, packgate_version, policy_digest);

-- Of each URI what is in it now, by the newest version and settings.
CREATE OR REPLACE VIEW latest AS
SELECT * FROM artifacts
QUALIFY row_number() OVER (PARTITION BY uri ORDER BY audited_at DESC) = 1;

CREATE OR REPLACE VIEW latest_findings AS
SELECT a.name, a.version, a.kind, a.published_at, f.*
FROM findings f JOIN latest a USING (uri, part, packgate_version, policy_digest);

-- Which releases ever shipped a source map with text in it?
-- name: maps
SELECT name, version, exposed_files AS files, exposed_lines AS lines, published_at, uri
FROM latest WHERE exposed_files > 0
ORDER BY lines DESC, uri;

-- Since when, and until when?
-- name: since
SELECT kind, name, count(*) AS releases,
       arg_min(version, published_at) AS first_release, min(published_at) AS since,
       arg_max(version, published_at) AS last_release, max(published_at) AS until
FROM latest WHERE exposed_files > 0
GROUP BY kind, name ORDER BY since, name;

-- Which rule on secrets found something where?
-- name: secrets
SELECT rule, count(*) AS findings, count(DISTINCT uri) AS artifacts, count(DISTINCT name) AS packages,
       min(published_at) AS since, list(DISTINCT name || ' ' || version ORDER BY name || ' ' || version)[:5] AS releases
FROM latest_findings WHERE rule LIKE 'secret-%' AND waived IS NULL
GROUP BY rule ORDER BY findings DESC, rule;

-- Which packages grew from one release to the next?
-- name: growth
SELECT kind, name, version, earlier, unpacked_bytes, round(unpacked_bytes / earlier_bytes, 1) AS times
FROM (
    SELECT *, lag(version) OVER release AS earlier, lag(unpacked_bytes) OVER release AS earlier_bytes
    FROM latest WHERE error IS NULL AND name IS NOT NULL
    WINDOW release AS (PARTITION BY kind, name ORDER BY published_at, uri)
)
WHERE earlier_bytes > 0 AND unpacked_bytes >= 2 * earlier_bytes
ORDER BY times DESC, name, version;

-- What was never examined, and why?
-- name: unexamined
SELECT coalesce(error, skipped[1].why) AS why, count(*) AS artifacts, min(uri) AS example
FROM latest WHERE error IS NOT NULL OR NOT complete
GROUP BY why ORDER BY artifacts DESC, why;
