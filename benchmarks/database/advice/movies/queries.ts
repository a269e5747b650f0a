/** Questions of the Join Order Benchmark's kind: many joins, few columns, least values of the result. */
export const movieQueries: readonly string[] = [
  `SELECT min(mc.note), min(t.title), min(t.production_year)
   FROM company_type ct, info_type it, movie_companies mc, movie_info_idx mi, title t
   WHERE ct.kind = 'production companies' AND it.info = 'rating' AND mi.info > '8.9'
   AND mc.note LIKE '%(co-production)%' AND ct.id = mc.company_type_id AND t.id = mc.movie_id
   AND t.id = mi.movie_id AND mc.movie_id = mi.movie_id AND it.id = mi.info_type_id`,
  `SELECT min(t.title) FROM company_name cn, keyword k, movie_companies mc, movie_keyword mk, title t
   WHERE cn.country_code = '[de]' AND k.keyword LIKE 'superhero-1%' AND cn.id = mc.company_id
   AND mc.movie_id = t.id AND t.id = mk.movie_id AND mk.keyword_id = k.id AND mc.movie_id = mk.movie_id`,
  `SELECT min(t.title) FROM keyword k, movie_info mi, movie_keyword mk, title t
   WHERE k.keyword LIKE 'murder-%' AND mi.info IN ('Sweden', 'Germany', 'Japan') AND t.production_year > 2015
   AND t.id = mi.movie_id AND t.id = mk.movie_id AND mk.movie_id = mi.movie_id AND k.id = mk.keyword_id`,
  `SELECT min(mi.info), min(t.title) FROM info_type it, keyword k, movie_info_idx mi, movie_keyword mk, title t
   WHERE it.info = 'rating' AND k.keyword LIKE 'superhero-%' AND mi.info > '7.0' AND t.production_year > 2010
   AND t.id = mi.movie_id AND t.id = mk.movie_id AND mk.movie_id = mi.movie_id
   AND k.id = mk.keyword_id AND it.id = mi.info_type_id`,
  `SELECT min(k.keyword), min(n.name), min(t.title) FROM cast_info ci, keyword k, movie_keyword mk, name n, title t
   WHERE k.keyword LIKE 'superhero-%' AND n.name LIKE 'B%' AND t.production_year > 2019
   AND k.id = mk.keyword_id AND t.id = mk.movie_id AND t.id = ci.movie_id AND ci.movie_id = mk.movie_id
   AND n.id = ci.person_id`,
  `SELECT min(n.name), min(t.title) FROM aka_name an, cast_info ci, link_type lt, movie_link ml, name n, title t
   WHERE lt.link = 'features' AND n.gender = 'm' AND n.name LIKE 'C%' AND t.production_year BETWEEN 1980 AND 1995
   AND n.id = an.person_id AND n.id = ci.person_id AND ci.movie_id = t.id AND t.id = ml.linked_movie_id
   AND lt.id = ml.link_type_id AND an.person_id = ci.person_id AND ci.movie_id = ml.linked_movie_id`,
  `SELECT min(an.name), min(t.title) FROM aka_name an, cast_info ci, company_name cn, movie_companies mc, name n, role_type rt, title t
   WHERE ci.note = '(voice)' AND cn.country_code = '[jp]' AND n.gender = 'f' AND rt.role = 'actress'
   AND an.person_id = n.id AND n.id = ci.person_id AND ci.movie_id = t.id AND t.id = mc.movie_id
   AND ci.movie_id = mc.movie_id AND mc.company_id = cn.id AND ci.role_id = rt.id`,
  `SELECT min(t.title) FROM cast_info ci, company_name cn, company_type ct, movie_companies mc, role_type rt, title t
   WHERE ci.note LIKE '%(producer)%' AND cn.country_code = '[ru]' AND rt.role = 'producer' AND t.production_year > 2010
   AND t.id = mc.movie_id AND t.id = ci.movie_id AND ci.movie_id = mc.movie_id AND rt.id = ci.role_id
   AND cn.id = mc.company_id AND ct.id = mc.company_type_id`,
  `SELECT min(cn.name), min(lt.link), min(t.title)
   FROM company_name cn, company_type ct, keyword k, link_type lt, movie_companies mc, movie_keyword mk, movie_link ml, title t
   WHERE cn.country_code <> '[us]' AND ct.kind = 'production companies' AND k.keyword LIKE 'murder-%'
   AND lt.link LIKE '%follow%' AND mc.note IS NULL AND t.production_year BETWEEN 1990 AND 2020
   AND lt.id = ml.link_type_id AND ml.movie_id = t.id AND t.id = mk.movie_id AND mk.keyword_id = k.id
   AND t.id = mc.movie_id AND mc.company_type_id = ct.id AND mc.company_id = cn.id
   AND ml.movie_id = mk.movie_id AND ml.movie_id = mc.movie_id AND mk.movie_id = mc.movie_id`,
  `SELECT min(cn.name), min(mi_idx.info), min(t.title)
   FROM company_name cn, company_type ct, info_type it1, info_type it2, movie_companies mc, movie_info mi, movie_info_idx mi_idx, title t
   WHERE cn.country_code = '[us]' AND ct.kind = 'distributors' AND it1.info = 'genres' AND it2.info = 'rating'
   AND mi.info IN ('Drama', 'Horror') AND mi_idx.info > '9.0' AND t.production_year BETWEEN 2005 AND 2010
   AND t.id = mi.movie_id AND t.id = mi_idx.movie_id AND mi.info_type_id = it1.id AND mi_idx.info_type_id = it2.id
   AND t.id = mc.movie_id AND ct.id = mc.company_type_id AND cn.id = mc.company_id`,
  `SELECT min(mi.info), min(t.title) FROM company_name cn, company_type ct, info_type it, kind_type kt, movie_companies mc, movie_info mi, title t
   WHERE cn.country_code = '[de]' AND ct.kind = 'production companies' AND it.info = 'release dates' AND kt.kind = 'movie'
   AND mi.movie_id = t.id AND it.id = mi.info_type_id AND kt.id = t.kind_id AND mc.movie_id = t.id
   AND cn.id = mc.company_id AND ct.id = mc.company_type_id AND t.production_year = 2001`,
  `SELECT min(mi_idx.info), min(t.title)
   FROM info_type it1, info_type it2, keyword k, kind_type kt, movie_info mi, movie_info_idx mi_idx, movie_keyword mk, title t
   WHERE it1.info = 'countries' AND it2.info = 'rating' AND k.keyword LIKE 'murder-%' AND kt.kind = 'movie'
   AND mi.info IN ('Sweden', 'Germany') AND mi_idx.info < '8.5' AND t.production_year > 2010
   AND kt.id = t.kind_id AND t.id = mi.movie_id AND t.id = mk.movie_id AND t.id = mi_idx.movie_id
   AND k.id = mk.keyword_id AND it1.id = mi.info_type_id AND it2.id = mi_idx.info_type_id`,
  `SELECT min(t.title) FROM company_name cn, info_type it, keyword k, movie_companies mc, movie_info mi, movie_keyword mk, title t
   WHERE cn.country_code = '[us]' AND it.info = 'release dates' AND mc.note LIKE '%(worldwide)%'
   AND mi.info LIKE 'USA:202%' AND t.production_year > 2019 AND t.id = mi.movie_id AND t.id = mk.movie_id
   AND t.id = mc.movie_id AND k.id = mk.keyword_id AND it.id = mi.info_type_id AND cn.id = mc.company_id`,
  `SELECT min(an.name), min(t.title)
   FROM aka_name an, cast_info ci, company_name cn, keyword k, movie_companies mc, movie_keyword mk, name n, title t
   WHERE cn.country_code = '[se]' AND k.keyword LIKE 'superhero-2%' AND t.episode_nr BETWEEN 50 AND 100
   AND an.person_id = n.id AND n.id = ci.person_id AND ci.movie_id = t.id AND t.id = mk.movie_id
   AND mk.keyword_id = k.id AND t.id = mc.movie_id AND mc.company_id = cn.id`,
  `SELECT min(n.name) FROM cast_info ci, company_name cn, keyword k, movie_companies mc, movie_keyword mk, name n, title t
   WHERE k.keyword LIKE 'superhero-%' AND n.name LIKE 'Z%' AND n.id = ci.person_id AND ci.movie_id = t.id
   AND t.id = mk.movie_id AND mk.keyword_id = k.id AND t.id = mc.movie_id AND mc.company_id = cn.id`,
  `SELECT min(mi.info), min(mi_idx.info), min(t.title)
   FROM cast_info ci, info_type it1, info_type it2, movie_info mi, movie_info_idx mi_idx, name n, title t
   WHERE ci.note IN ('(producer)', '(executive producer)') AND it1.info = 'budget' AND it2.info = 'votes'
   AND n.gender = 'm' AND n.name LIKE '%Tim%' AND t.id = mi.movie_id AND t.id = mi_idx.movie_id
   AND t.id = ci.movie_id AND n.id = ci.person_id AND it1.id = mi.info_type_id AND it2.id = mi_idx.info_type_id`,
  `SELECT min(n.name), min(t.title)
   FROM cast_info ci, company_name cn, info_type it, movie_companies mc, movie_info mi, name n, role_type rt, title t
   WHERE ci.note = '(voice)' AND cn.country_code = '[us]' AND it.info = 'release dates' AND mi.info LIKE 'Japan:201%'
   AND n.gender = 'f' AND n.name LIKE '%An%' AND rt.role = 'actress' AND t.production_year BETWEEN 2010 AND 2015
   AND t.id = mi.movie_id AND t.id = mc.movie_id AND t.id = ci.movie_id AND cn.id = mc.company_id
   AND it.id = mi.info_type_id AND n.id = ci.person_id AND rt.id = ci.role_id`,
  `SELECT min(t1.title), min(t2.title) FROM kind_type kt1, kind_type kt2, link_type lt, movie_companies mc1, movie_companies mc2,
     company_name cn1, movie_info_idx mi1, movie_info_idx mi2, movie_link ml, title t1, title t2
   WHERE cn1.country_code = '[us]' AND kt1.kind = 'tv series' AND kt2.kind = 'tv series' AND lt.link IN ('follows', 'followed by')
   AND mi2.info < '6.0' AND t2.production_year BETWEEN 2005 AND 2020 AND lt.id = ml.link_type_id
   AND t1.id = ml.movie_id AND t2.id = ml.linked_movie_id AND mi1.movie_id = t1.id AND mi2.movie_id = t2.id
   AND kt1.id = t1.kind_id AND kt2.id = t2.kind_id AND mc1.movie_id = t1.id AND mc2.movie_id = t2.id AND cn1.id = mc1.company_id`,
  `SELECT t.title, t.production_year FROM title t WHERE t.title LIKE 'Return of %' AND t.kind_id = 1
   ORDER BY t.production_year DESC NULLS LAST LIMIT 20`,
  `SELECT n.name, count(*) FROM cast_info ci, name n WHERE n.id = ci.person_id AND ci.movie_id = 4711 GROUP BY n.name`,
];
