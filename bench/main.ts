import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { delivery, deliveryDistributed } from './benchmarks/delivery';
import { guardedGet } from './benchmarks/guarded-get';
import { guardedShared } from './benchmarks/guarded-shared';
import { keyVerification } from './benchmarks/key-verification';
import { memory } from './benchmarks/memory';
import { receiving, receivingDistributed } from './benchmarks/receiving';
import { rpcGet } from './benchmarks/rpc-get';
import { start } from './benchmarks/start';
import type { Benchmark } from './kit/benchmark';
import { endAll, endWhenAsked } from './kit/lifetime';
import { hotSpots } from './kit/profile';
import { machine, writeResult } from './kit/readme';
import { Reporter } from './kit/reporter';

const BENCHMARKS: readonly Benchmark[] = [
  delivery,
  deliveryDistributed,
  guardedGet,
  guardedShared,
  keyVerification,
  rpcGet,
  receiving,
  receivingDistributed,
  start,
  memory,
];
const PROFILES = join(__dirname, '../profiles');

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, profile: { type: 'boolean', default: false } },
});

async function main(): Promise<void> {
  const unknown = names.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0) {
    const list = BENCHMARKS.map(({ name, about }) => `  ${name.padEnd(22)}${about}`).join('\n');
    throw new Error(
      `There is no ${unknown.join(', ')}; there are\n${list}\nOptions: --quick (few short rounds, not kept), --profile (where the hub's time goes, not kept)`,
    );
  }
  for (const benchmark of BENCHMARKS) {
    if (names.length === 0 || names.includes(benchmark.name)) await run(benchmark);
  }
}

async function run(benchmark: Benchmark): Promise<void> {
  const profiles = options.profile ? join(PROFILES, benchmark.name) : undefined;
  if (profiles !== undefined) {
    rmSync(profiles, { recursive: true, force: true });
    mkdirSync(profiles, { recursive: true });
  }
  const report = new Reporter();
  console.log(`\n=== ${benchmark.name}: ${benchmark.about}\n`);
  const on = machine();
  try {
    await benchmark.run(report, { quick: options.quick, profiles });
  } finally {
    await endAll();
  }
  if (profiles !== undefined) console.log(`\n${hotSpots(profiles)}`);
  // A profiled hub is slower, and short rounds say little.
  if (!options.quick && !options.profile) writeResult(benchmark.name, `${on}\n\n${report.text}`);
}

endWhenAsked();
main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
