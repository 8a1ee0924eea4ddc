import { execFileSync } from 'node:child_process';
import { ALLOCATE_YOUNG } from './allocate-young';

it('is asked for by a flag that the V8 of the pinned Node knows', () => {
  const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  expect(known).toContain(` ${ALLOCATE_YOUNG.replace('--no-', '--')} `);
});
