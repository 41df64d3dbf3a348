-- What a finding offers as a repair, the census table it counts for, and how many more
-- records it stands for.
ALTER TABLE onemap.finding ADD COLUMN repair text NOT NULL DEFAULT '';
ALTER TABLE onemap.finding ADD COLUMN survey_table text NOT NULL DEFAULT '';
ALTER TABLE onemap.finding ADD COLUMN more bigint NOT NULL DEFAULT 0;
