import { expect, test } from 'vitest';
import { fixturePath, lineOf, startApp } from './support/child-app.ts';
import { Hub } from './support/socket-hub.ts';
import { startPostgres } from './support/postgres.ts';

const fixture = 'common-js.cjs';

test('an app of CommonJS modules is watched like one of ES modules', async () => {
  const postgres = await startPostgres();
  const hub = await new Hub().open();
  const app = await startApp(fixture, {
    hubPath: hub.path,
    env: { DATABASE_URL: postgres.url },
  });
  try {
    await hub.begin();
    expect((await app.get('/users')).body).toBe('[{"with_postgres":1}]');
    expect((await app.get('/users/17')).body).toBe('[{"with_pg":17}]');
    const { routes, statements, process } = await hub.collect();
    expect(routes.map(({ route }) => route)).toEqual(['/users', '/users/:id']);
    expect(statements).toMatchObject([
      {
        text: 'SELECT ? AS with_postgres',
        route: 'GET /users',
        callSite: { file: fixturePath(fixture), line: lineOf(fixture, 'AS with_postgres') },
      },
      {
        text: 'SELECT $1::int AS with_pg',
        route: 'GET /users/:id',
        callSite: { file: fixturePath(fixture), line: lineOf(fixture, 'AS with_pg') },
      },
    ]);
    expect(Object.keys(process.watched).toSorted()).toEqual([
      'express',
      'pg',
      'pg-pool',
      'postgres',
    ]);
  } finally {
    await app.stop();
    await hub.close();
    await postgres.stop();
  }
});
