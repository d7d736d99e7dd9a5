-- Search goes back through the messages in windows, so that a frequent word costs its newest messages and not all of them.
--
-- `no` counts messages as they are indexed. Each row says in two words of its own into which stretch of 4,096 and of 65,536 numbers
-- it falls, and a window is two such stretches: the rows of a stretch lie side by side, so the index finds a word's place there at
-- once. Words begin with five digits for their app, so no app's search walks over another's messages. The first three letters of a
-- word are a word too: going through all words that begin so would read the whole list of each.

CREATE FUNCTION search_stretches(no bigint) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(ARRAY['#12-' || (no >> 12), '#16-' || (no >> 16)])
$$;

CREATE FUNCTION search_app(app text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT left(encode(sha256(convert_to(app, 'UTF8')), 'hex'), 5)
$$;

CREATE FUNCTION search_lexemes(app text, word text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT search_app(app) || word
    UNION ALL
    SELECT search_app(app) || '^' || left(word, 3) WHERE length(word) >= 3
$$;

CREATE SEQUENCE message_words_no;
ALTER TABLE message_words ADD COLUMN no bigint;
DROP INDEX message_words_by_word;

UPDATE message_words w
SET no = numbered.no, words = search_stretches(numbered.no) || array_to_tsvector(ARRAY(
    SELECT DISTINCT lexeme
    FROM unnest(tsvector_to_array(w.words)) word,
        LATERAL (SELECT word AS lexeme WHERE word LIKE ':%' UNION ALL SELECT search_lexemes(w.app, word) WHERE word NOT LIKE ':%') l
    WHERE word NOT LIKE '@%'
))
FROM (SELECT app, dialog, message, row_number() OVER (ORDER BY sent_at, message) AS no FROM message_words) numbered
WHERE numbered.app = w.app AND numbered.dialog = w.dialog AND numbered.message = w.message;

SELECT setval('message_words_no', coalesce(max(no), 0) + 1, false) FROM message_words;
ALTER TABLE message_words ALTER COLUMN no SET NOT NULL;
ALTER SEQUENCE message_words_no OWNED BY message_words.no;
CREATE INDEX message_words_by_word ON message_words USING gin (words) WITH (gin_pending_list_limit = 512);
