-- The base of the database: schemas, world coordinates, editions, change feed.

CREATE SCHEMA IF NOT EXISTS onemap;  -- base tables and functions
CREATE SCHEMA IF NOT EXISTS layer;   -- one table a layer: the records as of now
CREATE SCHEMA IF NOT EXISTS history; -- one table a layer: superseded versions
CREATE SCHEMA IF NOT EXISTS staging; -- surveys on their way in

-- Web Mercator world coordinates: the square of EPSG:3857 in 2^32 steps a side, x from
-- 180 degrees west eastward, y from the north edge southward. The tile of zoom z that a
-- point belongs to is (x >> (32 - z), y >> (32 - z)), half-open.
CREATE FUNCTION onemap.world_x(lon double precision) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT greatest(0, least(4294967295, floor((lon + 180) / 360 * 4294967296)))::bigint
$$;

CREATE FUNCTION onemap.world_y(lat double precision) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT greatest(0, least(4294967295, floor((1 - ln(tan(pi() / 4
        + greatest(-85.06, least(85.06, lat)) * (pi() / 180) / 2)) / pi()) / 2 * 4294967296)))::bigint
$$;

-- An edition is one publication of a survey, all or nothing.
CREATE TABLE onemap.edition (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    layer        text NOT NULL,
    scope        text NOT NULL,            -- 'layer', or 'source:NAME': what it replaced
    source       text NOT NULL,
    file_hash    text,                     -- SHA-256 of the file it came from
    added        bigint NOT NULL DEFAULT 0,
    changed      bigint NOT NULL DEFAULT 0,
    gone         bigint NOT NULL DEFAULT 0,
    unchanged    bigint NOT NULL DEFAULT 0,
    published_at timestamptz NOT NULL DEFAULT now(),
    published_by text NOT NULL
);
CREATE INDEX edition_layer ON onemap.edition (layer, id);

-- The change feed. Every write to a layer writes here in the same transaction. A reader
-- asks for the rows whose transaction is visible in a new snapshot and was not in its
-- last one (see data.Feed); seq orders rows within one reading.
CREATE TABLE onemap.change (
    seq     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid     xid8 NOT NULL DEFAULT pg_current_xact_id(),
    layer   text NOT NULL,
    feature bigint,                        -- null: many, see edition and the boxes
    old_box double precision[4],           -- west, south, east, north; null: nothing was there
    new_box double precision[4],
    edition bigint NOT NULL,
    who     text NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX change_xid ON onemap.change (xid);
