-- What-ifs that questions can be asked in. The content is a scenario of the package ask.

CREATE TABLE onemap.scenario (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL UNIQUE,
    note       text NOT NULL DEFAULT '',
    content    jsonb NOT NULL,
    version    bigint NOT NULL DEFAULT 1,       -- counts up with each change
    made_by    text NOT NULL,
    made_at    timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now()
);
