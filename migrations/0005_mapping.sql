-- What a person has said of the columns of a file, for the next file with the same
-- headings; and what a batch's file says nothing of.

CREATE TABLE onemap.mapping (
    layer   text NOT NULL,
    headers text NOT NULL,                  -- SHA-256 in hex of the columns' names, in plain form and in order
    columns jsonb NOT NULL,                 -- field -> column; an empty column leaves the field out
    who     text NOT NULL,
    at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (layer, headers)
);

ALTER TABLE onemap.batch ADD COLUMN kept text[] NOT NULL DEFAULT '{}';
