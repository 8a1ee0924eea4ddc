import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark } from '../kit/benchmark';
import { startHub } from '../kit/hub';
import { memoryOf } from '../kit/processes';
import { setStage } from '../kit/stage';
import { mib, table, verdict, whole } from '../kit/table';
import { startWorker } from '../kit/worker';
import type { BareHttp } from '../workers/bare-http';

const STEPS = 5;
const IDLE_MS = 10_000;
const FLAT = 1.15;

/** Whether the hub keeps more the more it delivers. */
export const memory: Benchmark = {
  name: 'memory',
  about: 'resident memory idle and over 100 000 delivered events',
  async run(report, { quick, profiles }) {
    const step = quick ? 4_000 : 20_000;
    const bare = startWorker<BareHttp>('bare-http');
    await bare.call('listen', {});
    const hub = await startHub({ profiles });
    await sleep(quick ? 1_000 : IDLE_MS);
    const sample = () => ({ hub: memoryOf('hub') ?? NaN, postgres: memoryOf('PostgreSQL') ?? NaN });
    const [idle, bareIdle] = [sample(), memoryOf('bare-http')];
    if (bareIdle === undefined) return report.print('Not measured: only Linux tells it in /proc.');

    const stage = await setStage(hub);
    const samples: ReturnType<typeof sample>[] = [];
    for (let n = 1; n <= STEPS; n += 1) {
      await stage.deliver(step);
      samples.push(sample());
      report.progress(`${whole(n * step)} events: ${mib(samples.at(-1)?.hub ?? NaN)}`);
    }
    await sleep(quick ? 1_000 : IDLE_MS);
    const rested = sample();
    const row = (name: string, { hub: own, postgres }: typeof idle) => [name, mib(own), mib(postgres)];
    report.print('Memory of the hub’s process and of its PostgreSQL (shared pages counted once):\n');
    report.print(
      table(
        ['', 'hub', 'PostgreSQL'],
        [
          ['bare Nest and Fastify, idle', mib(bareIdle), ''],
          row('idle', idle),
          ...samples.map((at, index) => row(`after ${whole((index + 1) * step)} events`, at)),
          row('10 s later', rested),
        ],
      ),
    );
    const growth = (samples.at(-1)?.hub ?? NaN) / (samples[0]?.hub ?? NaN);
    report.print(
      `\n${growth.toFixed(2)} × from the first step to the last, ${verdict(`flat (≤ ${FLAT})`, growth <= FLAT)}`,
    );
    await Promise.all([bare.stop(), stage.load.stop(), stage.receiver.stop()]);
    await hub.stop();
  },
};
