import { execFileSync, spawnSync } from 'node:child_process';
import { GARBAGE_FLAGS } from './garbage';

/** Keeps 16 times 8 MB of buffers beside a heap of some size, and tells of the major collections that it took, if any within five seconds. */
const KEEP = `
  const { PerformanceObserver, constants } = require('node:perf_hooks');
  let majors = 0;
  new PerformanceObserver((list) => {
    for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) majors += 1;
  }).observe({ entryTypes: ['gc'] });
  const heap = Array.from({ length: 1_000_000 }, (_, n) => ({ n }));
  const kept = [];
  const step = () => {
    kept.push(Buffer.alloc(8 * 1024 * 1024));
    if (kept.length < 16) setTimeout(step, 20);
    else tell(50);
  };
  const tell = (more) => {
    if (majors > 0 || more === 0) console.log(majors, heap.length);
    else setTimeout(tell, 100, more - 1);
  };
  setTimeout(step, 500);
`;

it('is understood by the V8 of the pinned Node', () => {
  const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  for (const flag of GARBAGE_FLAGS) expect(known).toContain(`${flag.split('=')[0] ?? ''} `);
});

it('lets buffers gather without a major collection', () => {
  const [before = 0, after = 0] = [[], GARBAGE_FLAGS].map((flags) =>
    Number.parseInt(spawnSync(process.execPath, [...flags, '-e', KEEP], { encoding: 'utf8' }).stdout, 10),
  );
  expect(before).toBeGreaterThan(0);
  expect(after).toBeLessThan(before);
}, 60_000);
