import { setTimeout as sleep } from 'node:timers/promises';
import { LineBatches } from './line-batches';

describe('LineBatches', () => {
  const collecting = () => {
    const written: string[] = [];
    let flushed = 0;
    return {
      written,
      get flushed() {
        return flushed;
      },
      write: (text: string) => void written.push(text),
      flushSync: () => void (flushed += 1),
    };
  };

  it('hands lines on together, in order, once there are enough', () => {
    const output = collecting();
    const batches = new LineBatches(output, 6);
    batches.write('a\n');
    batches.write('b\n');
    expect(output.written).toEqual([]);
    batches.write('c\n');
    batches.write('d\n');
    expect(output.written).toEqual(['a\nb\nc\n']);
    batches.flushSync();
    expect(output).toMatchObject({ written: ['a\nb\nc\n', 'd\n'], flushed: 1 });
  });

  it('lets no line wait for ever', async () => {
    const output = collecting();
    const batches = new LineBatches(output, 1_000);
    batches.write('a\n');
    await sleep(200);
    expect(output.written).toEqual(['a\n']);
    batches.write('b\n');
    await sleep(200);
    expect(output.written).toEqual(['a\n', 'b\n']);
  });

  it('writes nothing when there is nothing', () => {
    const output = collecting();
    new LineBatches(output, 10).flushSync();
    expect(output).toMatchObject({ written: [], flushed: 1 });
  });
});
