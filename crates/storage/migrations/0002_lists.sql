-- Lists of dialogs: who may join what, and search.

-- Both extensions are trusted: the owner of the database may make them.
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- A rule is found by the first of its levels that asks for anything; the other levels are compared in the row. So each rule
-- stands in exactly one of these, and a caller's candidates are four look-ups at any size of the table.
CREATE INDEX access_rules_level0 ON access_rules USING gin (app, level0) WHERE level0 <> '{}';
CREATE INDEX access_rules_level1 ON access_rules USING gin (app, level1) WHERE level0 = '{}' AND level1 <> '{}';
CREATE INDEX access_rules_level2 ON access_rules USING gin (app, level2)
    WHERE level0 = '{}' AND level1 = '{}' AND level2 <> '{}';
CREATE INDEX access_rules_open ON access_rules (app, dialog) WHERE level0 = '{}' AND level1 = '{}' AND level2 = '{}';

-- Substrings of titles and companies, whatever the case.
CREATE INDEX dialogs_title ON dialogs USING gin (app, title gin_trgm_ops) WHERE NOT deleted AND title IS NOT NULL;
CREATE INDEX participants_company ON participants USING gin (app, company gin_trgm_ops) WHERE present AND company IS NOT NULL;
