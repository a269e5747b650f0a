/**
 * Chance that is the same on every run and every version of PostgreSQL: the number `i` of a row and
 * the number of the draw, hashed, as a fraction from 0 to 1. `skewed` prefers small numbers: with
 * power 3 half of the draws fall into the first eighth.
 */
export const chanceFunctions = `
CREATE FUNCTION chance(i bigint, draw bigint) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT (hashint8extended(i, draw) & 1073741823)::float8 / 1073741824 $$;
CREATE FUNCTION uniform(i bigint, draw bigint, n bigint) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT 1 + floor(n * chance(i, draw))::int $$;
CREATE FUNCTION skewed(i bigint, draw bigint, n bigint, power float8) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT 1 + floor(n * power(chance(i, draw), power))::int $$;
`;
