-- The database itself keeps apps apart. What edges ask about an app is asked as a role that sees the rows of the app that was named
-- on the connection (`mtchat.app`) and no others; where none was named it sees nothing. It owns nothing and may write only what edges
-- write. Workers apply the log of all apps, as a role of their own that may not change the schema.
--
-- Roles belong to the whole server, so another database of it may have made them already, or be doing so just now.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['mtchat_edge', 'mtchat_worker'] LOOP
        BEGIN
            IF to_regrole(name) IS NULL THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS', name);
            END IF;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION 'the role % is missing and % may not make it', name, current_user
                    USING HINT = format('As an administrator: CREATE ROLE %I NOLOGIN; GRANT %I TO %I;', name, name, current_user);
        END;
        -- A superuser is a member of every role.
        WHILE NOT pg_has_role(current_user, name, 'USAGE') LOOP
            BEGIN
                EXECUTE format('GRANT %I TO CURRENT_USER', name);
            EXCEPTION WHEN unique_violation OR internal_error THEN NULL;
            END;
        END LOOP;
    END LOOP;
END $$;

DO $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO mtchat_edge, mtchat_worker', current_schema());
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO mtchat_worker', current_schema());
    EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %I TO mtchat_worker', current_schema());
END $$;

GRANT SELECT ON dialogs, participants, access_rules, messages, message_versions, reactions, revocations, audit_log, audit_heads,
    last_seen, erasures, projection TO mtchat_edge;
GRANT INSERT, UPDATE ON revocations, audit_heads, last_seen, erasures TO mtchat_edge;
GRANT INSERT ON audit_log TO mtchat_edge;
GRANT SELECT ON message_words_no TO mtchat_edge;

-- The setting is read once a statement, not once a row.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['dialogs', 'participants', 'access_rules', 'messages', 'message_versions', 'reactions', 'message_words',
        'revocations', 'audit_log', 'audit_heads', 'last_seen', 'erasures'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY of_all_apps ON %I TO mtchat_worker USING (true) WITH CHECK (true)', name);
        EXECUTE format('CREATE POLICY of_one_app ON %I TO mtchat_edge USING (app = (SELECT current_setting(''mtchat.app'', true)))
            WITH CHECK (app = (SELECT current_setting(''mtchat.app'', true)))', name);
    END LOOP;
END $$;

-- An index of words or of lists can not be asked below row security: its operators might tell of rows that are not shown. So the two
-- questions that need one are functions that compare the app themselves. Who calls them sees ids, and then, as ever, the rows of
-- their own app only.

-- Some of the own dialogs' messages with these words, newest first. The index finds words and, for whoever is in a few dialogs only,
-- those dialogs at once; who is in more finds the app's messages with these words, and of them those of the own dialogs. `IS TRUE`
-- keeps that a look into a hash table, whatever the planner guesses. An empty window costs
-- nothing. Each window is looked through only while the page is not full.
CREATE FUNCTION search_windows(
    of_app text, of_user text, in_dialog uuid, words text, most bigint,
    edges bigint[], stretches text[]
) RETURNS TABLE (dialog uuid, message uuid, no bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
#variable_conflict use_column
BEGIN
    IF of_app IS DISTINCT FROM current_setting('mtchat.app', true) THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH mine AS MATERIALIZED (
        SELECT p.dialog FROM participants p
        WHERE p.app = of_app AND p.user_id = of_user AND p.present AND p.dialog = coalesce(in_dialog, p.dialog)
    ), few AS (
        SELECT dialog FROM mine LIMIT 65
    ), asked AS MATERIALIZED (
        SELECT CASE WHEN count(*) <= 64
            THEN string_agg('''' || ':' || dialog || '''', '|')::tsquery && words::tsquery
            ELSE words::tsquery END AS query
        FROM few
    )
    (SELECT w.dialog, w.message, w.no
    FROM asked JOIN message_words w ON w.words @@ coalesce(asked.query && stretches[1]::tsquery, asked.query)
    WHERE w.app = of_app AND (w.dialog IN (SELECT dialog FROM mine)) IS TRUE AND w.no >= edges[2] AND w.no < edges[1]
        AND edges[2] < edges[1]
    ORDER BY w.no DESC LIMIT most)
    UNION ALL
    (SELECT w.dialog, w.message, w.no
    FROM asked JOIN message_words w ON w.words @@ coalesce(asked.query && stretches[2]::tsquery, asked.query)
    WHERE w.app = of_app AND (w.dialog IN (SELECT dialog FROM mine)) IS TRUE AND w.no >= edges[3] AND w.no < edges[2]
        AND edges[3] < edges[2]
    ORDER BY w.no DESC LIMIT most)
    UNION ALL
    (SELECT w.dialog, w.message, w.no
    FROM asked JOIN message_words w ON w.words @@ coalesce(asked.query && stretches[3]::tsquery, asked.query)
    WHERE w.app = of_app AND (w.dialog IN (SELECT dialog FROM mine)) IS TRUE AND w.no >= edges[4] AND w.no < edges[3]
        AND edges[4] < edges[3]
    ORDER BY w.no DESC LIMIT most)
    UNION ALL
    (SELECT w.dialog, w.message, w.no
    FROM asked JOIN message_words w ON w.words @@ coalesce(asked.query && stretches[4]::tsquery, asked.query)
    WHERE w.app = of_app AND (w.dialog IN (SELECT dialog FROM mine)) IS TRUE AND w.no >= edges[5] AND w.no < edges[4]
        AND edges[5] < edges[4]
    ORDER BY w.no DESC LIMIT most)
    UNION ALL
    (SELECT w.dialog, w.message, w.no
    FROM asked JOIN message_words w ON w.words @@ coalesce(asked.query && stretches[5]::tsquery, asked.query)
    WHERE w.app = of_app AND (w.dialog IN (SELECT dialog FROM mine)) IS TRUE AND w.no >= edges[6] AND w.no < edges[5]
        AND edges[6] < edges[5]
    ORDER BY w.no DESC LIMIT most)
    LIMIT most;
END $$;

-- Dialogs that these scopes let in, and since when their rules are so. Each rule is looked for where its first level that asks for
-- anything is indexed.
CREATE FUNCTION joinable(of_app text, of_level0 text[], of_level1 text[], of_level2 text[])
RETURNS TABLE (dialog uuid, seq bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
#variable_conflict use_column
BEGIN
    IF of_app IS DISTINCT FROM current_setting('mtchat.app', true) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT r.dialog, r.seq FROM access_rules r
    WHERE app = of_app AND level0 <> '{}' AND level0 && of_level0
        AND (level1 = '{}' OR level1 && of_level1) AND (level2 = '{}' OR level2 && of_level2)
    UNION
    SELECT r.dialog, r.seq FROM access_rules r
    WHERE app = of_app AND level0 = '{}' AND level1 <> '{}' AND level1 && of_level1 AND (level2 = '{}' OR level2 && of_level2)
    UNION
    SELECT r.dialog, r.seq FROM access_rules r
    WHERE app = of_app AND level0 = '{}' AND level1 = '{}' AND level2 <> '{}' AND level2 && of_level2
    UNION
    SELECT r.dialog, r.seq FROM access_rules r
    WHERE app = of_app AND level0 = '{}' AND level1 = '{}' AND level2 = '{}';
END $$;

DO $$
DECLARE
    signature text;
BEGIN
    FOREACH signature IN ARRAY ARRAY['search_windows(text, text, uuid, text, bigint, bigint[], text[])',
        'joinable(text, text[], text[], text[])'] LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, %I', signature, current_schema());
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO mtchat_edge', signature);
    END LOOP;
END $$;
