import { counter, gauge, histogram, metricsText } from './metrics';

describe('metrics', () => {
  it('gives everybody who asks for a metric the same one', async () => {
    counter({ name: 'spec_total', help: 'h', labelNames: ['kind'] }).inc({ kind: 'a' });
    counter({ name: 'spec_total', help: 'h', labelNames: ['kind'] }).inc({ kind: 'a' });
    gauge({ name: 'spec_depth', help: 'h' }).set(4);
    histogram({ name: 'spec_seconds', help: 'h', buckets: [1] }).observe(0.5);
    const { contentType, body } = await metricsText();
    expect(contentType).toContain('text/plain');
    expect(body).toContain('spec_total{kind="a"} 2');
    expect(body).toContain('spec_depth 4');
    expect(body).toContain('spec_seconds_bucket{le="1"} 1');
  });

  it('refuses the name of a metric of another kind', () => {
    counter({ name: 'spec_other_total', help: 'h' });
    expect(() => gauge({ name: 'spec_other_total', help: 'h' })).toThrow('spec_other_total');
  });

  it('measures the process too, however often it is asked', async () => {
    await metricsText();
    expect((await metricsText()).body).toMatch(/^process_cpu_seconds_total \d/m);
  });
});
