import type { QueryFunction } from '../sql/explain.ts';
import type { Candidate } from './candidates.ts';
import { plannerRole } from './lab-session.ts';

/**
 * The planner does not see an index that is marked invalid. Candidates are, until an experiment
 * shows some inside a transaction that is rolled back.
 */

/** Makes the role that plans, and gives it the database. */
export async function prepareLab(admin: QueryFunction): Promise<void> {
  await admin(`CREATE ROLE ${plannerRole} LOGIN`);
  await admin(`GRANT CREATE ON DATABASE postgres TO ${plannerRole}`);
  await admin(`ALTER SCHEMA public OWNER TO ${plannerRole}`);
  await admin('CREATE SCHEMA amdahl_lab');
}

/** Hides the candidates, and lets the planning role show them: only a superuser writes catalogs. */
export async function grantVisibility(
  admin: QueryFunction,
  candidates: readonly Candidate[],
): Promise<void> {
  await admin('UPDATE pg_index SET indisvalid = false WHERE indexrelid = ANY ($1::oid[])', [
    candidates.flatMap(({ oids }) => oids),
  ]);
  await admin(`CREATE FUNCTION amdahl_lab.show(oid[]) RETURNS void LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog
    AS 'UPDATE pg_index SET indisvalid = true WHERE indexrelid = ANY ($1)'`);
  await admin(`GRANT USAGE ON SCHEMA amdahl_lab TO ${plannerRole}`);
}
