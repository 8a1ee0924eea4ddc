import { shares, type Benchmark, type Round } from '../kit/benchmark';
import { median } from '../kit/stats';
import { table, verdict, whole } from '../kit/table';
import { startWorker } from '../kit/worker';
import type { KeyVerification } from '../workers/key-verification';

const KEYS = 10_000;
const TARGET = 200_000;

/** What an API key costs the gateway once it is known. */
export const keyVerification: Benchmark = {
  name: 'key-verification',
  about: 'API keys verified in memory by one thread, beside making their keyed hashes and nothing else',
  async run(report, { quick }) {
    const worker = startWorker<KeyVerification>('key-verification');
    await worker.call('make', KEYS);
    const [rounds, seconds] = quick ? [2, 1] : [5, 3];
    report.progress('warming up');
    await worker.call('hub', 1);
    await worker.call('limit', 1);
    const results: Round[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const result = {
        limit: await worker.call('limit', seconds),
        hub: await worker.call('hub', seconds),
      };
      results.push(result);
      report.progress(`round ${round}: ${whole(result.hub)} of ${whole(result.limit)} a second`);
    }
    const verified = median(results.map(({ hub }) => hub));
    report.print(
      `${whole(KEYS)} known keys in turns, each with an expiry and an address list, each asked for again every five seconds as in real life: the whole verification beside \`createHmac\` of the key:\n`,
    );
    report.print(
      table(
        ['keys a second of one core', 'hub', 'limit', 'share'],
        [
          ...results.map(({ hub, limit }, index) => [
            `round ${index + 1}`,
            whole(hub),
            whole(limit),
            (hub / limit).toFixed(2),
          ]),
          [
            'median',
            whole(verified),
            whole(median(results.map(({ limit }) => limit))),
            median(shares(results)).toFixed(2),
          ],
        ],
      ),
    );
    report.print(`\n${verdict(`≥ ${whole(TARGET)} a second`, verified >= TARGET)}`);
    await worker.stop();
  },
};
