-- Whatever PostgreSQL 13 and later can hold that a copy may lose, a little of
-- each. Run by a superuser in an empty database of a server that has the roles
-- nasty_owner and nasty_reader.
\set ON_ERROR_STOP 1
SET client_min_messages = error;
SELECT :SERVER_VERSION_NUM >= 140000 AS v14, :SERVER_VERSION_NUM >= 150000 AS v15,
	:SERVER_VERSION_NUM >= 160000 AS v16, :SERVER_VERSION_NUM >= 180000 AS v18 \gset

CREATE SCHEMA "Na sty" AUTHORIZATION nasty_owner;
CREATE SCHEMA deep;
COMMENT ON SCHEMA deep IS 'below';
GRANT USAGE ON SCHEMA "Na sty" TO nasty_reader;
CREATE EXTENSION btree_gist SCHEMA deep;
CREATE EXTENSION citext SCHEMA deep;
COMMENT ON EXTENSION citext IS 'without case';
SET search_path = "Na sty", deep;

-- types, also those made of others
CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s', 'Ünï');
ALTER TYPE mood ADD VALUE 'between' AFTER 'sad';
CREATE TYPE pair AS (a int, "B b" text, m mood);
CREATE TYPE nest AS (p pair, ps pair[], at timestamptz);
CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = float8mi
\if :v14
	, multirange_type_name = multirange_of_span
\endif
);
CREATE DOMAIN posint AS int CHECK (VALUE > 0);
CREATE DOMAIN smallpos AS posint DEFAULT 7 NOT NULL CONSTRAINT below CHECK (VALUE < 1000);
CREATE DOMAIN ints AS int[] CHECK (array_length(VALUE, 1) < 10);
CREATE DOMAIN dpair AS pair CHECK ((VALUE).a <> 13);
CREATE DOMAIN word AS text COLLATE "C";
ALTER DOMAIN word ADD CONSTRAINT no_blank CHECK (VALUE !~ ' ') NOT VALID;
COMMENT ON TYPE mood IS 'how it is';
COMMENT ON COLUMN pair."B b" IS 'the second';
COMMENT ON DOMAIN ints IS 'few';
COMMENT ON CONSTRAINT below ON DOMAIN smallpos IS 'not too large';
GRANT USAGE ON TYPE mood TO nasty_reader;
REVOKE USAGE ON TYPE mood FROM PUBLIC;
CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE COLLATION german (provider = icu, locale = 'de-u-co-phonebk');

-- functions, operators, casts, text search
CREATE FUNCTION later(a int, OUT n bigint, OUT t text, VARIADIC b text[] DEFAULT '{x}') LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 7
	SET work_mem = '3MB' SET search_path = deep, pg_temp AS $f$ BEGIN n := a; t := array_to_string(b, E'\t\\'); END $f$;
CREATE FUNCTION who() RETURNS name LANGUAGE sql SECURITY DEFINER AS 'SELECT current_user';
ALTER FUNCTION who() OWNER TO nasty_owner;
REVOKE ALL ON FUNCTION who() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION who() TO nasty_reader;
CREATE FUNCTION many(n int) RETURNS TABLE (i int, j text) LANGUAGE sql ROWS 5 AS 'SELECT i, i::text FROM generate_series(1, n) i';
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN RETURN coalesce(NEW, OLD); END $f$;
CREATE FUNCTION one_up(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n + 1';
CREATE FUNCTION one_up(n text) RETURNS text LANGUAGE sql IMMUTABLE LEAKPROOF AS 'SELECT n || 1';
COMMENT ON FUNCTION one_up(text) IS 'of words';
CREATE PROCEDURE work(INOUT x int) LANGUAGE plpgsql AS 'BEGIN x := x + 1; END';
CREATE FUNCTION plus_pair(s int, p pair) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT s + p.a';
CREATE AGGREGATE sum_pair(pair) (SFUNC = plus_pair, STYPE = int, INITCOND = '5', PARALLEL = safe);
CREATE FUNCTION pair_eq(a pair, b pair) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT a.a = b.a';
CREATE OPERATOR === (LEFTARG = pair, RIGHTARG = pair, FUNCTION = pair_eq, COMMUTATOR = ===);
COMMENT ON OPERATOR === (pair, pair) IS 'alike';
CREATE FUNCTION mood_of(t int) RETURNS mood LANGUAGE sql IMMUTABLE AS $f$ SELECT CASE t WHEN 1 THEN 'ok' ELSE 'sad' END::"Na sty".mood $f$;
CREATE CAST (int AS mood) WITH FUNCTION mood_of(int) AS ASSIGNMENT;
COMMENT ON CAST (int AS mood) IS 'by number';
CREATE CAST (mood AS text) WITH INOUT;
CREATE FUNCTION rev(a int, b int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT btint4cmp(b, a)';
CREATE OPERATOR CLASS int_down FOR TYPE int USING btree AS OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 rev(int, int);
CREATE TEXT SEARCH CONFIGURATION plain (COPY = pg_catalog.simple);
CREATE TEXT SEARCH DICTIONARY short (TEMPLATE = pg_catalog.simple, STOPWORDS = 'english');
ALTER TEXT SEARCH CONFIGURATION plain ALTER MAPPING FOR asciiword WITH short;
COMMENT ON TEXT SEARCH CONFIGURATION plain IS 'words';
CREATE CONVERSION odd FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;

-- every value that is written in an odd way
CREATE TABLE "Values" (
	id bigint GENERATED ALWAYS AS IDENTITY (START 9007199254740993 INCREMENT 7) PRIMARY KEY,
	n numeric, f8 float8, f4 float4, m money, x xml, j json, jb jsonb, vb bit varying, b5 bit(5), tv tsvector, tq tsquery,
	lsn pg_lsn, i inet, c cidr, m8 macaddr8, iv interval, ivs interval day to second(2), d date, ts timestamp, tz timestamptz, tt timetz, ba bytea, ch "char", bp char(7), nm name,
	moods mood[], dp dpair, da ints, r int4range, dr daterange, sr span, nst nest, txt text COLLATE nocase, g text COLLATE german, w word, u uuid, oidv oidvector, pt point[], ci citext, xs xid8, h smallpos,
	cube int[][], jp jsonpath, rgn regclass, cis citext[], words word[]);
INSERT INTO "Values" (n, f8, f4, m, x, j, jb, vb, b5, tv, tq, lsn, i, c, m8, iv, ivs, d, ts, tz, tt, ba, ch, bp, nm, moods, dp, da, r, dr, sr, nst, txt, g, w, u, oidv, pt, ci, xs, cube, jp, rgn, cis, words)
SELECT (ARRAY['NaN', '-0.0', '1.10', '1.1', '1e-300', '-99999999999999999999.000000000000001', '0.000'])[k]::numeric,
	(ARRAY['-0', 'NaN', 'Infinity', '-Infinity', '4.9e-324', '0.1', '1.7976931348623157e308'])[k]::float8, (ARRAY['-0', 'NaN', 'Infinity', '1e-45', '0.1', '3.4028235e38', '16777217'])[k]::float4,
	(-k)::money, format('<a b="%s">&amp;<!-- c --><![CDATA[<]]></a>', k)::xml, E'{"a" : 1,\n "a": 2.50, "b":"\\u0041"}', '{"z": 1.50, "a": [null, "x\ty", {}], "n": 1e308}',
	(B'1011' || repeat('0', k)::bit varying)::bit varying, B'10101', 'a:1A b:2,3B ''c d'':4', '!(a & b) <-> c:*A',
	'FFFFFFFF/FFFFFFFF', (ARRAY['::1', '10.1.2.3/8', 'fe80::1/64', '255.255.255.255', '0.0.0.0/0', '::ffff:1.2.3.4', '192.168.1.1'])[k]::inet, '2001:db8::/32', '08:00:2b:01:02:03:04:05',
	(ARRAY['-178000000 years', '178000000 years 11 mons', '-1 mons +2 days -03:04:05.000006', '0', '1 year -1 day', '-00:00:00.000001', '99 days 99:59:59'])[k]::interval, '1 2:3:4.567',
	(ARRAY['infinity', '-infinity', '4713-01-01 BC', '5874897-12-31', '0001-01-01', '2024-02-29', '1970-01-01'])[k]::date,
	(ARRAY['infinity', '-infinity', '4713-11-24 00:00:00 BC', '294276-12-31 23:59:59.999999', '2000-01-01', '1999-12-31 23:59:59.9999995', '1900-02-28'])[k]::timestamp,
	(ARRAY['infinity', '-infinity', '4713-11-25 00:00:00 BC', '294276-12-31 23:59:59.999999', '2024-03-31 02:30+01', '1883-11-18 12:03:58-04:56', '2038-01-19 03:14:08Z'])[k]::timestamptz,
	(ARRAY['24:00:00+15:59', '00:00-15:59', '12:00:00.000001+00:30', '00:00+00', '23:59:59.999999-08', '12:34+05:45', '01:02:03+01'])[k]::timetz,
	decode('00ff5c270a0d' || md5(k::text), 'hex'), chr(64 + k)::"char", CASE WHEN k < 4 THEN 'pad  ' END, repeat('n', k * 9)::name,
	ARRAY['sad', NULL, 'it''s', 'Ünï']::mood[], ROW(k, 'a"b,\( )', 'between')::pair, CASE k WHEN 1 THEN '{}' WHEN 2 THEN '[-1:1]={1,NULL,3}' ELSE '{1}' END::int[],
	CASE k WHEN 1 THEN 'empty' WHEN 2 THEN '(,)' WHEN 3 THEN '[1,1]' ELSE '(,5]' END::int4range, '[2024-01-01,infinity)', span(0.1 * k, 'Infinity', '[]'),
	ROW(ROW(1, NULL, 'ok'), ARRAY[ROW(2, 'x', NULL)::pair, NULL], '2024-01-01Z')::nest, (ARRAY['abc', 'ABC', 'Äbc', 'äBC', '', ' ', E'tab\tnl\ncr\rbs\\'])[k], 'Müller', 'w' || k,
	md5(k::text)::uuid, '1 2 3', ARRAY[point(1, -0.0), point('NaN', 'Infinity')], 'Case' || k, '18446744073709551615', ARRAY[[1, 2], [NULL, 4]], '$."a b"[*] ? (@.x > 1)', 'pg_class', ARRAY['A', 'b,"']::citext[], ARRAY['x', NULL]::word[]
FROM generate_series(1, 7) k;
INSERT INTO "Values" DEFAULT VALUES;
CREATE TABLE nokey (txt text COLLATE nocase, b bytea, v "Values");
INSERT INTO nokey SELECT 'dup', '\x00', NULL FROM generate_series(1, 3);
INSERT INTO nokey SELECT 'DUP', '\x00', v FROM "Values" v;
ALTER TABLE nokey REPLICA IDENTITY FULL;

-- constraints of every kind
CREATE TABLE rooms (room int, during tsrange, cap posint, name text COLLATE nocase,
	CONSTRAINT "no two" EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (cap > 2) DEFERRABLE INITIALLY DEFERRED,
	CONSTRAINT "uni q" UNIQUE (room, cap) DEFERRABLE, CONSTRAINT caps CHECK (cap < 500) NO INHERIT, CHECK (room IS NOT NULL) NOT VALID);
INSERT INTO rooms SELECT i, tsrange('2024-01-01', '2024-01-02'), i, 'Room ' || i FROM generate_series(1, 20) i;
COMMENT ON CONSTRAINT "no two" ON rooms IS 'one at a time';
CREATE UNIQUE INDEX rooms_name ON rooms (name);
CREATE INDEX rooms_odd ON rooms USING btree (room int_down, (cap + 1) DESC NULLS LAST, lower(name COLLATE "C") text_pattern_ops) INCLUDE (during) WITH (fillfactor = 71) WHERE room > 3;
ALTER INDEX rooms_odd ALTER COLUMN 2 SET STATISTICS 44;
COMMENT ON INDEX rooms_odd IS 'a strange one';
CREATE INDEX rooms_brin ON rooms USING brin (cap) WITH (pages_per_range = 4, autosummarize = on);
CREATE INDEX rooms_hash ON rooms USING hash (name);
CREATE INDEX rooms_spgist ON rooms USING spgist (during);
ALTER TABLE rooms CLUSTER ON rooms_name;
CREATE TABLE a (id int PRIMARY KEY, b int, x int GENERATED ALWAYS AS (id * 2) STORED);
CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED, m text, UNIQUE (id, m));
ALTER TABLE a ADD CONSTRAINT "to b" FOREIGN KEY (b) REFERENCES b DEFERRABLE;
INSERT INTO b VALUES (1, NULL, 'x'), (2, NULL, 'y');
INSERT INTO a VALUES (1, 1), (2, 2);
UPDATE b SET a = id;
CREATE TABLE full_match (i int, m text, FOREIGN KEY (i, m) REFERENCES b (id, m) MATCH FULL ON DELETE RESTRICT);
INSERT INTO full_match VALUES (1, 'x'), (NULL, NULL);
CREATE TABLE broken (i int);
INSERT INTO broken VALUES (99);
ALTER TABLE broken ADD CONSTRAINT dangling FOREIGN KEY (i) REFERENCES a NOT VALID;

-- what comes out differently each time that it is parsed and written
CREATE DOMAIN state AS varchar(9) CHECK (VALUE IN ('new', 'old'));
CREATE TABLE states (s varchar(10) CHECK (s IN ('a', 'b')), t state, u varchar GENERATED ALWAYS AS (CASE WHEN s IN ('x', 'y') THEN 'z' END) STORED, d timestamp DEFAULT date_trunc('day', '2024-01-01'::date + interval '1 day'));
INSERT INTO states VALUES ('a', 'new');
CREATE INDEX states_some ON states (s, upper(s)) WHERE s IN ('a', 'c') AND t BETWEEN 'a' AND 'z';
CREATE TRIGGER t_some AFTER UPDATE ON states FOR EACH ROW WHEN (NEW.s IN ('a', 'd') AND OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch();
CREATE POLICY a_few ON states USING (s IN ('a', 'e')) WITH CHECK (s NOT IN ('f', 'g'));
CREATE VIEW states_view AS SELECT * FROM states WHERE s IN ('a', 'b') AND NOT (t = ANY ('{new,old}'));

-- partitions with identity and keys to and from, inheritance, typed, unlogged
CREATE TABLE parts (id bigint GENERATED BY DEFAULT AS IDENTITY, k text, at date NOT NULL, ref int REFERENCES a, g text GENERATED ALWAYS AS (upper(k)) STORED, PRIMARY KEY (id, at), UNIQUE (at, id)) PARTITION BY RANGE (at);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (MINVALUE) TO ('2024-01-01');
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY RANGE (id);
CREATE TABLE parts_2_a PARTITION OF parts_2 (k DEFAULT 'a', CONSTRAINT low CHECK (id < 20)) FOR VALUES FROM (MINVALUE) TO (20);
CREATE TABLE parts_2_d PARTITION OF parts_2 DEFAULT;
CREATE TABLE parts_3 (at date NOT NULL, junk int, ref int, id bigint NOT NULL, k text, g text GENERATED ALWAYS AS (upper(k)) STORED);
ALTER TABLE parts_3 DROP COLUMN junk;
ALTER TABLE parts ATTACH PARTITION parts_3 FOR VALUES FROM ('2025-01-01') TO (MAXVALUE);
INSERT INTO parts (k, at, ref) SELECT CASE i % 3 WHEN 0 THEN 'a' WHEN 1 THEN 'b' END, '2023-06-01'::date + i * 20, 1 + i % 2 FROM generate_series(1, 60) i;
CREATE INDEX parts_k ON parts (k);
CREATE INDEX parts_only ON ONLY parts (ref);
CREATE INDEX parts_1_alone ON parts_1 (ref);
CREATE TABLE to_parts (id bigint, at date, FOREIGN KEY (id, at) REFERENCES parts);
INSERT INTO to_parts SELECT id, at FROM parts LIMIT 5;
CREATE TABLE listed (m mood, i int) PARTITION BY LIST (m);
CREATE TABLE listed_a PARTITION OF listed FOR VALUES IN ('it''s', NULL);
CREATE TABLE listed_d PARTITION OF listed DEFAULT;
INSERT INTO listed VALUES (NULL, 1), ('it''s', 2), ('ok', 3);
CREATE TABLE hashed (h int, t text) PARTITION BY HASH (h, t);
CREATE TABLE hashed_0 PARTITION OF hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0) WITH (fillfactor = 80);
CREATE TABLE hashed_1 PARTITION OF hashed FOR VALUES WITH (MODULUS 4, REMAINDER 1);
CREATE TABLE hashed_3 PARTITION OF hashed FOR VALUES WITH (MODULUS 4, REMAINDER 3);
INSERT INTO hashed SELECT i, 't' || i FROM generate_series(1, 40) i;
CREATE TABLE mother (id serial, v text DEFAULT 'm' NOT NULL, CHECK (id < 10000));
CREATE TABLE father (w int);
CREATE TABLE child (v text DEFAULT 'c', z int) INHERITS (mother, father);
INSERT INTO mother (v) VALUES ('one'), ('two');
INSERT INTO child (w, z) VALUES (1, 2);
CREATE TABLE typed OF pair (a WITH OPTIONS PRIMARY KEY, m DEFAULT 'ok');
INSERT INTO typed VALUES (1, 'x', 'sad');
CREATE UNLOGGED TABLE quick (id int GENERATED BY DEFAULT AS IDENTITY (MINVALUE -5 START -5 CYCLE MAXVALUE 5), v int);
INSERT INTO quick (v) SELECT generate_series(1, 9);
CREATE TABLE tuned (a text, b text, c int) WITH (fillfactor = 55, autovacuum_enabled = off, toast.autovacuum_vacuum_scale_factor = 0.3, parallel_workers = 2);
ALTER TABLE tuned ALTER a SET STORAGE EXTERNAL, ALTER b SET STATISTICS 321, ALTER c SET (n_distinct = -0.5), REPLICA IDENTITY FULL;
CREATE TABLE empty_row ();
INSERT INTO empty_row DEFAULT VALUES;
CREATE TABLE "Q""uo.te'd\" (" x " int, "select" text);
INSERT INTO "Q""uo.te'd\" VALUES (1, E'\\.');
COMMENT ON TABLE "Q""uo.te'd\" IS E'it''s \\ "odd"';
COMMENT ON COLUMN "Q""uo.te'd\"." x " IS 'col';

-- names that a later version reserves
CREATE TABLE keywords ("system_user" int PRIMARY KEY, "merge_action" text, "json_table" int CHECK ("json_table" > 0), twice int GENERATED ALWAYS AS ("system_user" * 2) STORED, "within" int REFERENCES keywords);
INSERT INTO keywords VALUES (1, 'x', 2), (3, 'y', 4);
CREATE INDEX keywords_some ON keywords (("system_user" + 1)) WHERE "merge_action" > 'a';
CREATE VIEW "any_value" AS SELECT "system_user", "json_table" AS "json_array" FROM keywords;
CREATE TABLE "system_user" (LIKE keywords);
INSERT INTO "system_user" ("system_user") VALUES (5);

-- sequences
CREATE SEQUENCE down AS smallint INCREMENT -3 MINVALUE -30000 MAXVALUE 10 START 9 CACHE 4 CYCLE;
SELECT nextval('down') FROM generate_series(1, 5);
CREATE SEQUENCE fresh START 77;
CREATE SEQUENCE used_up MAXVALUE 3;
SELECT setval('used_up', 3);
CREATE SEQUENCE owned OWNED BY tuned.c;
ALTER TABLE tuned ALTER c SET DEFAULT nextval('owned');
COMMENT ON SEQUENCE fresh IS 'not used yet';
GRANT USAGE ON SEQUENCE fresh TO nasty_reader;

-- views, rules, triggers, policies
CREATE VIEW checked WITH (security_barrier) AS SELECT id, b FROM a WHERE id > 0 WITH CASCADED CHECK OPTION;
ALTER VIEW checked ALTER b SET DEFAULT 42;
CREATE VIEW over_checked AS SELECT c.id, l.* FROM checked c, later(c.id, VARIADIC ARRAY['v']) l;
CREATE RECURSIVE VIEW nums(n) AS VALUES (1) UNION ALL SELECT n + 1 FROM nums WHERE n < 5;
CREATE VIEW grouped AS SELECT id, v FROM mother GROUP BY id, v;
CREATE VIEW windowed AS SELECT id, sum(b) FILTER (WHERE b > 0) OVER w AS s, (SELECT m FROM b x WHERE x.id = a.b LIMIT 1) AS m, 'ok'::mood AS mood, v.x COLLATE "C" AS c FROM (SELECT *, 'q'::text AS q FROM a) a JOIN LATERAL (VALUES ('z')) AS v(x) ON true WINDOW w AS (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW);
CREATE VIEW by_key AS SELECT b.*, count(*) AS n FROM b JOIN a ON a.b = b.id GROUP BY b.id;
CREATE MATERIALIZED VIEW mv1 WITH (fillfactor = 60) AS SELECT k, count(*) AS n, max(g) AS g FROM parts GROUP BY k;
CREATE UNIQUE INDEX mv1_k ON mv1 (k);
CREATE MATERIALIZED VIEW a_mv2 AS SELECT sum(n) AS s FROM mv1;
CREATE MATERIALIZED VIEW never AS SELECT 1 AS x WITH NO DATA;
CREATE MATERIALIZED VIEW by_ambient AS SELECT id FROM a;
COMMENT ON MATERIALIZED VIEW mv1 IS 'kept';
COMMENT ON VIEW checked IS 'looked at';
CREATE RULE ins AS ON INSERT TO grouped DO INSTEAD INSERT INTO mother (v) VALUES (NEW.v) RETURNING id, v;
CREATE RULE del AS ON DELETE TO typed WHERE OLD.a = 1 DO INSTEAD NOTHING;
ALTER TABLE typed DISABLE RULE del;
COMMENT ON RULE ins ON grouped IS 'writes below';
CREATE TRIGGER t_cols BEFORE UPDATE OF b ON a FOR EACH ROW WHEN (OLD.b IS DISTINCT FROM NEW.b) EXECUTE FUNCTION touch('arg', E'\\x''');
CREATE CONSTRAINT TRIGGER t_def AFTER INSERT ON a DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER t_stmt AFTER UPDATE ON a REFERENCING OLD TABLE AS was NEW TABLE AS is_now FOR EACH STATEMENT EXECUTE FUNCTION touch();
CREATE TRIGGER t_inst INSTEAD OF INSERT ON over_checked FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TRIGGER t_part AFTER INSERT ON parts FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE parts_1 DISABLE TRIGGER t_part;
ALTER TABLE a ENABLE REPLICA TRIGGER t_cols;
ALTER TABLE a DISABLE TRIGGER t_stmt;
COMMENT ON TRIGGER t_cols ON a IS 'on b';
ALTER TABLE b ENABLE ROW LEVEL SECURITY;
ALTER TABLE b FORCE ROW LEVEL SECURITY;
CREATE POLICY two ON b AS RESTRICTIVE FOR UPDATE TO nasty_reader, nasty_owner USING (m <> 'z') WITH CHECK (a > 0);
CREATE POLICY all_of ON b USING (EXISTS (SELECT FROM a WHERE a.id = b.a));
COMMENT ON POLICY two ON b IS 'both';
CREATE STATISTICS st (ndistinct, mcv) ON room, cap FROM rooms;
COMMENT ON STATISTICS st IS 'together';
ALTER STATISTICS st SET STATISTICS 55;
CREATE FUNCTION on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION on_ddl();
ALTER EVENT TRIGGER watch ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER watch IS 'looks on';
CREATE PUBLICATION a_few FOR TABLE a, ONLY mother WITH (publish = 'insert, update');
CREATE PUBLICATION everything FOR ALL TABLES WITH (publish_via_partition_root = true);
CREATE FOREIGN DATA WRAPPER nowhere OPTIONS (debug 'true');
CREATE SERVER far FOREIGN DATA WRAPPER nowhere OPTIONS (host 'x');
CREATE USER MAPPING FOR nasty_reader SERVER far OPTIONS (user 'u');
CREATE FOREIGN TABLE away (i int OPTIONS (col 'j')) SERVER far OPTIONS (t 'y');

-- owners, privileges, settings
ALTER TABLE a OWNER TO nasty_owner;
ALTER TABLE parts OWNER TO nasty_owner;
GRANT SELECT (id, b), UPDATE (b) ON a TO nasty_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA "Na sty" TO nasty_reader;
GRANT INSERT ON b TO nasty_reader WITH GRANT OPTION;
REVOKE SELECT ON tuned FROM nasty_reader;
REVOKE DELETE ON mother FROM postgres;
ALTER DEFAULT PRIVILEGES IN SCHEMA "Na sty" GRANT SELECT ON TABLES TO nasty_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE nasty_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
DO $$ BEGIN
	EXECUTE format('ALTER DATABASE %I SET work_mem = ''5MB''', current_database());
	EXECUTE format('ALTER DATABASE %I SET search_path = "Na sty", "$user", deep', current_database());
	EXECUTE format('ALTER ROLE nasty_reader IN DATABASE %I SET statement_timeout = ''7s''', current_database());
	EXECUTE format('COMMENT ON DATABASE %I IS ''the whole''', current_database());
	EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO nasty_reader', current_database());
	EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', current_database());
END $$;
SELECT lo_from_bytea(70001, decode(repeat('00ff5c', 3000), 'hex')), lo_create(70002);
COMMENT ON LARGE OBJECT 70001 IS 'some bytes';
GRANT SELECT, UPDATE ON LARGE OBJECT 70001 TO nasty_reader WITH GRANT OPTION;
ALTER LARGE OBJECT 70002 OWNER TO nasty_owner;

-- what newer versions brought
\if :v14
CREATE TABLE ranges (m int4multirange, sm multirange_of_span, t text COMPRESSION pglz) WITH (toast_tuple_target = 256);
INSERT INTO ranges VALUES ('{[1,3),[5,7)}', '{[0.1,0.2],(3,Infinity]}', repeat('x', 3000));
CREATE FUNCTION body_of(a int) RETURNS int LANGUAGE sql IMMUTABLE BEGIN ATOMIC SELECT a + (SELECT count(*)::int FROM mother); END;
CREATE PROCEDURE out_only(OUT x int) LANGUAGE plpgsql AS 'BEGIN x := 1; END';
CREATE STATISTICS st_expr ON (room + 1), (cap * 2) FROM rooms;
\endif
\if :v15
CREATE TABLE nnd (a int, b numeric(4, -2), UNIQUE NULLS NOT DISTINCT (a), FOREIGN KEY (a) REFERENCES a ON DELETE SET NULL (a));
INSERT INTO nnd VALUES (1, 1234), (NULL, NULL);
CREATE VIEW invoker WITH (security_invoker = true) AS SELECT * FROM nnd;
CREATE PUBLICATION filtered FOR TABLE nnd (a, b) WHERE (a > 3);
CREATE PUBLICATION of_schema FOR TABLES IN SCHEMA deep;
\endif
\if :v16
CREATE TABLE stored (t text STORAGE MAIN COMPRESSION pglz, n numeric DEFAULT 0x_ff);
INSERT INTO stored DEFAULT VALUES;
\endif
\if :v18
CREATE TABLE virt (id int CONSTRAINT "must be" NOT NULL NO INHERIT, twice int GENERATED ALWAYS AS (id * 2) VIRTUAL, CHECK (id > 0) NOT ENFORCED);
INSERT INTO virt VALUES (-1);
CREATE TABLE period (i int4range, d daterange, PRIMARY KEY (i, d WITHOUT OVERLAPS));
\endif
RESET client_min_messages;
ANALYZE;
