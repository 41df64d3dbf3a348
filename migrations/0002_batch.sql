-- Surveys on their way from a file to an edition.

-- A batch is one file brought for one layer. Its rows are staged in staging.b<id>, a
-- table shaped like the layer's; its file is kept by hash outside the database.
CREATE TABLE onemap.batch (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    layer      text NOT NULL,
    state      text NOT NULL CHECK (state IN ('uploaded', 'parsed', 'checked', 'self_checked', 'city_checked',
                   'accepted', 'published', 'superseded', 'rejected', 'withdrawn')),
    source     text NOT NULL,
    scope      text NOT NULL,
    file_name  text NOT NULL,
    file_hash  text NOT NULL,               -- SHA-256 in hex
    file_size  bigint NOT NULL,
    options    jsonb NOT NULL DEFAULT '{}', -- what the person said: encoding, crs, shift, mapping
    reading    jsonb,                       -- how the file was understood, and what is open
    tally      jsonb,                       -- rows, good, bad, findings by severity
    staged     bigint,                      -- rows in the staging table
    before     bigint REFERENCES onemap.batch, -- the batch of the same source that was brought before
    edition    bigint REFERENCES onemap.edition,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX batch_layer ON onemap.batch (layer, id);
CREATE INDEX batch_hash ON onemap.batch (file_hash);

-- Every step of a batch, who took it and why.
CREATE TABLE onemap.batch_step (
    id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch bigint NOT NULL REFERENCES onemap.batch ON DELETE CASCADE,
    state text NOT NULL,
    note  text NOT NULL DEFAULT '',
    who   text NOT NULL,
    at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX batch_step_batch ON onemap.batch_step (batch, id);

-- What checking found.
CREATE TABLE onemap.finding (
    batch    bigint NOT NULL REFERENCES onemap.batch ON DELETE CASCADE,
    number   bigint NOT NULL,
    rule     text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('error', 'warning', 'notice')),
    row      bigint NOT NULL,               -- 0: the file as a whole
    field    text NOT NULL,
    value    text NOT NULL,
    allowed  text NOT NULL,
    place    geometry(Point, 4490),
    zh       text NOT NULL,
    en       text NOT NULL,
    hint_zh  text NOT NULL,
    hint_en  text NOT NULL,
    area     text NOT NULL,                 -- county of the record, for the error rate
    object   text NOT NULL,                 -- the record's key
    PRIMARY KEY (batch, number)
);
CREATE INDEX finding_rule ON onemap.finding (batch, rule, field);

-- An edition may stand for taking another back, and be taken back itself.
ALTER TABLE onemap.edition ADD COLUMN batch bigint;
ALTER TABLE onemap.edition ADD COLUMN reverts bigint REFERENCES onemap.edition;
ALTER TABLE onemap.edition ADD COLUMN reverted_by bigint REFERENCES onemap.edition;
