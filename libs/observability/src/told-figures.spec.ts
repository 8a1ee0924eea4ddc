import type { ToldFigure } from '@signalbox/contracts';
import { counter, gauge, histogram, metricsText } from './metrics';
import { figuresNamed, metricsTextWith } from './told-figures';

/** As another process measures it: not under the names of this one. */
async function elsewhere(names: readonly string[]): Promise<ToldFigure[]> {
  const text = JSON.stringify(await figuresNamed(names)).replaceAll('told_here', 'told_there');
  return JSON.parse(text) as ToldFigure[];
}

const NAMES = ['told_here_rooms', 'told_here_doors', 'told_here_seconds', 'told_here_nobody'];

beforeAll(() => {
  gauge({ name: 'told_here_rooms', help: 'Rooms', labelNames: ['kind'] }).set({ kind: 'large' }, 3);
  counter({ name: 'told_here_doors', help: 'Doors', labelNames: ['to'] }).inc({ to: 'street' }, 2);
  histogram({ name: 'told_here_seconds', help: 'Seconds', buckets: [1] }).observe(0.5);
});

it('shows what others count of each of them, and a gauge once, as the first tells it', async () => {
  const figures = await elsewhere(NAMES);
  const older = figures.map((figure) =>
    figure.type === 'gauge' ? { ...figure, values: [{ labels: { kind: 'large' }, value: 9 }] } : figure,
  );
  const { body, contentType } = await metricsTextWith([
    { instance: 'a-1', figures },
    { instance: 'b-2', figures: older },
  ]);
  expect(contentType).toMatch(/^text\/plain/);
  const lines = body.split('\n').filter((line) => line.includes('told_there'));
  expect(lines.sort()).toEqual(
    [
      '# HELP told_there_rooms Rooms',
      '# TYPE told_there_rooms gauge',
      'told_there_rooms{kind="large"} 3',
      '# HELP told_there_doors Doors',
      '# TYPE told_there_doors counter',
      'told_there_doors{to="street",instance="a-1"} 2',
      'told_there_doors{to="street",instance="b-2"} 2',
      '# HELP told_there_seconds Seconds',
      '# TYPE told_there_seconds histogram',
      ...['a-1', 'b-2'].flatMap((instance) => [
        `told_there_seconds_bucket{le="1",instance="${instance}"} 1`,
        `told_there_seconds_bucket{le="+Inf",instance="${instance}"} 1`,
        `told_there_seconds_sum{instance="${instance}"} 0.5`,
        `told_there_seconds_count{instance="${instance}"} 1`,
      ]),
    ].sort(),
  );
  expect(body).toContain('told_here_rooms{kind="large"} 3');
});

it('shows its own figures where it has them, whatever others tell', async () => {
  const figures = await figuresNamed(NAMES);
  expect(figures.map(({ name }) => name)).toEqual(NAMES.slice(0, 3));
  const { body } = await metricsTextWith([{ instance: 'a-1', figures }]);
  expect(body.match(/^told_here_doors.*$/gm)).toEqual(['told_here_doors{to="street"} 2']);
  expect((await metricsText()).body).not.toContain('a-1');
});
