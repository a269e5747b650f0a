import { chanceFunctions } from '../../chance.ts';
import type { GeneratedSchema } from '../../source-database.ts';

/**
 * Tables of the Join Order Benchmark (V. Leis et al., "How good are query optimizers, really?", VLDB
 * 2015), which is IMDb's, with data of our own: few titles have most of the cast, keywords and
 * companies; genre, country and keywords of a title go together; ratings rise with votes. Primary
 * keys, nothing else.
 *
 * @param scale 1 is 150,000 titles, 900,000 parts played
 */
export function movies(scale: number): GeneratedSchema {
  const many = (rows: number): number => Math.round(rows * scale);
  const titles = many(150_000);
  const names = many(120_000);
  return {
    name: 'the join-order-like schema',
    statements: [
      chanceFunctions,
      ...kinds('kind_type', 'kind', ['movie', 'tv series', 'video', 'episode', 'video game']),
      ...kinds('company_type', 'kind', ['production companies', 'distributors', 'effects']),
      ...kinds('role_type', 'role', [
        'actor',
        'actress',
        'producer',
        'writer',
        'director',
        'editor',
      ]),
      ...kinds('link_type', 'link', [
        'follows',
        'followed by',
        'remake of',
        'features',
        'references',
      ]),
      ...kinds('info_type', 'info', [
        'genres',
        'countries',
        'languages',
        'release dates',
        'budget',
        'rating',
        'votes',
        'height',
        'birth date',
      ]),
      `CREATE TABLE title (id int PRIMARY KEY, title text NOT NULL, kind_id int NOT NULL,
        production_year int, episode_nr int, phonetic_code text)`,
      // The genre of a title is its number modulo 20; popular titles have small numbers.
      `INSERT INTO title
       SELECT i, (ARRAY['The ', 'A ', 'Return of ', 'Night of ', ''])[uniform(i, 1, 5)] || initcap(md5(i::text)),
              kind, CASE WHEN uniform(i, 3, 25) > 1 THEN 2023 - skewed(i, 4, 110, 2.2) END,
              CASE WHEN kind = 4 THEN uniform(i, 5, 400) END, upper(left(md5((i % 9000)::text), 5))
       FROM (SELECT i, skewed(i, 2, 5, 1.3) AS kind FROM generate_series(1, ${titles}) i) t`,
      'CREATE TABLE name (id int PRIMARY KEY, name text NOT NULL, gender text, surname_pcode text)',
      `INSERT INTO name
       SELECT i, chr(65 + skewed(i, 11, 26, 1.3) - 1) || left(md5(i::text), 9) || ', ' || initcap(left(md5((i % 700)::text), 6)),
              CASE WHEN uniform(i, 12, 10) < 6 THEN 'm' WHEN uniform(i, 12, 10) < 10 THEN 'f' END, left(md5((i % 4000)::text), 4)
       FROM generate_series(1, ${names}) i`,
      'CREATE TABLE aka_name (id int PRIMARY KEY, person_id int NOT NULL, name text NOT NULL)',
      `INSERT INTO aka_name SELECT i, skewed(i, 21, ${names}, 1.5), left(md5(i::text), 14) FROM generate_series(1, ${many(40_000)}) i`,
      `CREATE TABLE cast_info (id int PRIMARY KEY, person_id int NOT NULL, movie_id int NOT NULL,
        role_id int NOT NULL, nr_order int, note text)`,
      `INSERT INTO cast_info
       SELECT i, skewed(i, 31, ${names}, 1.7), skewed(i, 32, ${titles}, 1.5), skewed(i, 33, 6, 1.7),
              CASE WHEN uniform(i, 34, 3) > 1 THEN skewed(i, 35, 60, 2) END,
              CASE uniform(i, 36, 12) WHEN 1 THEN '(voice)' WHEN 2 THEN '(uncredited)' WHEN 3 THEN '(producer)'
                WHEN 4 THEN '(executive producer)' END
       FROM generate_series(1, ${many(900_000)}) i`,
      'CREATE TABLE movie_info (id int PRIMARY KEY, movie_id int NOT NULL, info_type_id int NOT NULL, info text NOT NULL)',
      `INSERT INTO movie_info
       SELECT i, m, t, CASE t
         WHEN 1 THEN (ARRAY['Drama', 'Comedy', 'Horror', 'Action', 'Thriller', 'Sci-Fi', 'Romance', 'Crime', 'Western', 'War'])[1 + m % 20 / 2]
         WHEN 2 THEN (ARRAY['USA', 'Germany', 'France', 'UK', 'Japan', 'India', 'Sweden', 'Italy'])[1 + (m % 20 + uniform(i, 43, 3)) % 8]
         WHEN 3 THEN (ARRAY['English', 'German', 'French', 'Japanese', 'Hindi'])[1 + (m % 20 + uniform(i, 44, 2)) % 5]
         WHEN 4 THEN (ARRAY['USA', 'Germany', 'Japan'])[uniform(i, 45, 3)] || ':' || 2023 - skewed(m, 4, 110, 2.2)
         ELSE '$' || uniform(i, 46, 2000) * 50000 END
       FROM (SELECT i, skewed(i, 41, ${titles}, 1.2) AS m, skewed(i, 42, 5, 1.2) AS t FROM generate_series(1, ${many(450_000)}) i) info`,
      'CREATE TABLE movie_info_idx (id int PRIMARY KEY, movie_id int NOT NULL, info_type_id int NOT NULL, info text NOT NULL)',
      `INSERT INTO movie_info_idx
       SELECT i, 1 + (i - 1) / 2, 6 + i % 2,
              CASE i % 2 WHEN 0 THEN round((4 + 5 * chance(1 + (i - 1) / 2, 51) + chance(i, 52))::numeric, 1)::text
                ELSE lpad(floor(${titles}.0 / (1 + (i - 1) / 2) * 5)::text, 8, '0') END
       FROM generate_series(1, ${many(100_000)}) i`,
      'CREATE TABLE keyword (id int PRIMARY KEY, keyword text NOT NULL)',
      `INSERT INTO keyword SELECT i, CASE WHEN i % 50 = 1 THEN 'superhero-' WHEN i % 50 = 2 THEN 'murder-' ELSE '' END || left(md5(i::text), 9)
       FROM generate_series(1, ${many(8_000)}) i`,
      'CREATE TABLE movie_keyword (id int PRIMARY KEY, movie_id int NOT NULL, keyword_id int NOT NULL)',
      // Keywords belong to genres: of a title's keywords nine in ten have its number modulo 20.
      `INSERT INTO movie_keyword
       SELECT i, m, CASE WHEN uniform(i, 63, 10) = 1 THEN k
                ELSE least(${many(8_000)}, greatest(1, k - k % 20 + m % 20)) END
       FROM (SELECT i, skewed(i, 61, ${titles}, 1.6) AS m, skewed(i, 62, ${many(8_000)}, 2) AS k
             FROM generate_series(1, ${many(300_000)}) i) mk`,
      'CREATE TABLE company_name (id int PRIMARY KEY, name text NOT NULL, country_code text)',
      `INSERT INTO company_name
       SELECT i, initcap(left(md5(i::text), 10)) || (ARRAY[' Film', ' Pictures', ' Entertainment', ' Productions', ''])[uniform(i, 71, 5)],
              (ARRAY['[us]', '[de]', '[fr]', '[gb]', '[jp]', '[in]', '[se]', '[it]', '[ru]', '[nl]', '[dk]', '[no]'])[skewed(i, 72, 12, 1.8)]
       FROM generate_series(1, ${many(12_000)}) i`,
      `CREATE TABLE movie_companies (id int PRIMARY KEY, movie_id int NOT NULL, company_id int NOT NULL,
        company_type_id int NOT NULL, note text)`,
      `INSERT INTO movie_companies
       SELECT i, skewed(i, 81, ${titles}, 1.3), skewed(i, 82, ${many(12_000)}, 2.5), skewed(i, 83, 3, 1.5),
              CASE uniform(i, 84, 6) WHEN 1 THEN '(2006) (worldwide)' WHEN 2 THEN '(co-production)' WHEN 3 THEN '(as ' || left(md5(i::text), 8) || ')' END
       FROM generate_series(1, ${many(180_000)}) i`,
      'CREATE TABLE movie_link (id int PRIMARY KEY, movie_id int NOT NULL, linked_movie_id int NOT NULL, link_type_id int NOT NULL)',
      `INSERT INTO movie_link SELECT i, skewed(i, 91, ${titles}, 2), skewed(i, 92, ${titles}, 2), uniform(i, 93, 5) FROM generate_series(1, ${many(6_000)}) i`,
    ],
  };
}

function kinds(table: string, column: string, values: readonly string[]): readonly string[] {
  const rows = values.map((value, at) => `(${at + 1}, '${value}')`).join(', ');
  return [
    `CREATE TABLE ${table} (id int PRIMARY KEY, ${column} text NOT NULL)`,
    `INSERT INTO ${table} VALUES ${rows}`,
  ];
}
